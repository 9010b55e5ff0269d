package trax

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"strconv"

	"siamtrack/bench/region"
	"siamtrack/tracker"
)

// maxLine bounds one message: pictures may come in it.
const maxLine = 1 << 28

// The versions of the protocol that are spoken.
const (
	MinVersion = 1
	MaxVersion = 4
)

// Options describes the server.
type Options struct {
	// Version is the protocol's, MinVersion to MaxVersion; 0 means MaxVersion. From 4 on the client sends a target
	// first and its frame after it; before, initialize carries both.
	Version int
	// Name and Identifier introduce the tracker.
	Name, Identifier string
	// ReadImage reads the file of a frame.
	ReadImage func(path string) (*image.RGBA, error)
}

// session is one conversation.
type session struct {
	Options
	t       tracker.Tracker
	out     *bufio.Writer
	pending *tracker.Box // a target that waits for its frame (version 4)
	running bool
}

// Serve speaks the protocol until the client quits or in ends, and then returns nil. A malformed message, one that
// does not fit the state of the session, and an error of the tracker end the session: the client is told to quit, and
// the error names the line. Cancelling ctx ends it between two messages.
func Serve(ctx context.Context, in io.Reader, out io.Writer, t tracker.Tracker, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // lets the reader go, whatever ends the session
	if o.Version == 0 {
		o.Version = MaxVersion
	}
	if o.Version < MinVersion || o.Version > MaxVersion {
		return fmt.Errorf("trax: version %d: %d to %d are spoken", o.Version, MinVersion, MaxVersion)
	}
	s := &session{Options: o, t: t, out: bufio.NewWriter(out)}
	if err := s.send(s.hello()); err != nil {
		return fmt.Errorf("trax: %w", err)
	}
	lines := readLines(ctx, in)
	for line := 1; ; line++ {
		var text received
		select {
		case <-ctx.Done():
			return ctx.Err()
		case text = <-lines:
		}
		if errors.Is(text.err, io.EOF) {
			return nil
		} else if text.err != nil {
			return fmt.Errorf("trax: read: %w", text.err)
		}
		quit, err := s.handle(text.line)
		if err != nil {
			err = fmt.Errorf("trax: line %d: %w", line, err)
			return errors.Join(err, s.send(Message{"quit", []string{"trax.reason=" + err.Error()}}))
		}
		if quit {
			return nil
		}
	}
}

// received is a line of the client, or the error that ended them: io.EOF at the end.
type received struct {
	line string
	err  error
}

// readLines reads lines in a goroutine, since a read of standard input cannot be cut short. It ends with in, or, once
// ctx is done, with the line that it waits for.
func readLines(ctx context.Context, in io.Reader) <-chan received {
	out := make(chan received)
	send := func(r received) bool {
		select {
		case out <- r:
			return true
		case <-ctx.Done():
			return false
		}
	}
	go func() {
		sc := bufio.NewScanner(in)
		sc.Buffer(make([]byte, 0, 1<<16), maxLine)
		for sc.Scan() {
			if !send(received{line: sc.Text()}) {
				return
			}
		}
		err := sc.Err()
		if err == nil {
			err = io.EOF
		}
		send(received{err: err})
	}()
	return out
}

// hello introduces the tracker. Channels came with version 2.
func (s *session) hello() Message {
	m := Message{"hello", []string{
		"trax.version=" + strconv.Itoa(s.Version), "trax.name=" + s.Name, "trax.identifier=" + s.Identifier,
		"trax.image=path;memory;data;", "trax.region=rectangle;",
	}}
	if s.Version >= 2 {
		m.Args = append(m.Args, "trax.channels=color;")
	}
	return m
}

// send writes one message at once.
func (s *session) send(m Message) error {
	if _, err := s.out.WriteString(m.String() + "\n"); err != nil {
		return err
	}
	return s.out.Flush()
}

// handle answers one line, and says whether the session is over.
func (s *session) handle(line string) (quit bool, err error) {
	m, ok, err := Parse(line)
	if err != nil || !ok {
		return false, err
	}
	switch m.Name {
	case "quit":
		return true, m.checkNamed(0)
	case "initialize":
		return false, s.initialize(m)
	case "frame":
		return false, s.frame(m)
	}
	return false, fmt.Errorf("%s is for the server to send: %w", m.Name, ErrMessage)
}

// initialize takes a target: with its frame, answered at once (versions 1 to 3), or ahead of it (version 4, in which
// an empty message makes the tracker forget).
func (s *session) initialize(m Message) error {
	if s.Version >= 4 {
		s.pending, s.running = nil, false
		if len(m.Args) == 0 {
			return nil
		}
		if err := m.checkNamed(1); err != nil {
			return fmt.Errorf("one target is tracked: %w", err)
		}
		box, err := target(m.Args[0])
		s.pending = &box
		return err
	}
	if len(m.Args) < 2 {
		return fmt.Errorf("initialize: image and region are expected: %w", ErrMessage)
	}
	if err := m.checkNamed(2); err != nil {
		return err
	}
	img, err := s.picture(m.Args[0])
	if err != nil {
		return err
	}
	box, err := target(m.Args[1])
	if err != nil {
		return err
	}
	return s.start(img, box)
}

// target reads a region as the box to start on.
func target(arg string) (tracker.Box, error) {
	r, err := region.Parse(arg)
	if err != nil {
		return tracker.Box{}, fmt.Errorf("region: %w: %w", err, ErrMessage)
	}
	return r.Upright(), nil
}

// start starts the tracker and confirms it.
func (s *session) start(img *image.RGBA, box tracker.Box) error {
	clipped, err := box.Trackable(img.Bounds().Dx(), img.Bounds().Dy())
	if err != nil {
		return err
	}
	if err := s.t.Init(img, clipped); err != nil {
		return err
	}
	s.pending, s.running = nil, true
	return s.state(box, 1)
}

// frame tracks one picture on, or starts on it where a target waits.
func (s *session) frame(m Message) error {
	if len(m.Args) == 0 {
		return fmt.Errorf("frame: an image is expected: %w", ErrMessage)
	}
	if err := m.checkNamed(1); err != nil {
		return err
	}
	if s.pending == nil && !s.running {
		return fmt.Errorf("frame before any initialize: %w", ErrMessage)
	}
	img, err := s.picture(m.Args[0])
	if err != nil {
		return err
	}
	if s.pending != nil {
		return s.start(img, *s.pending)
	}
	r, err := s.t.Update(img)
	if err != nil {
		return err
	}
	return s.state(r.Box, r.Score)
}

// state reports a box.
func (s *session) state(box tracker.Box, confidence float64) error {
	return s.send(Message{"state", []string{region.FromBox(box).String(), "confidence=" +
		strconv.FormatFloat(confidence, 'g', 6, 64)}})
}
