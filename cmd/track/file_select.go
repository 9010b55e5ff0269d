package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"
	"net/url"
	"sync"

	"github.com/spf13/cobra"

	"siamtrack/capture"
	"siamtrack/internal/follow"
	"siamtrack/internal/serve"
	"siamtrack/render/window"
	"siamtrack/session"
	"siamtrack/tracker"
)

// choose has a person draw the target in the first frame of p, in a window or, where there is no display, on a page
// that a browser of this machine opens. It returns the source to track from, which gives that frame again.
func (f *fileFlags) choose(cmd *cobra.Command, src tracker.Source, p part) (tracker.Source, part, error) {
	from, frame, box, err := follow.Seek(cmd.Context(), src, p.first(), p.end,
		func(img *image.RGBA) (tracker.Box, bool, error) {
			box, err := drawn(cmd, img)
			return box, err == nil, err
		})
	switch {
	case cmd.Context().Err() != nil:
		return nil, p, cmd.Context().Err()
	case err != nil:
		return nil, p, fmt.Errorf("--select: %w", err)
	}
	logger(cmd).Info("drawn", "frame", frame, "box", box)
	p.starts[0].Box, p.starts[0].Frame, p.from = box, frame, max(p.from, frame)
	return from, p, nil
}

// errNothingDrawn ends a choice without a box.
var errNothingDrawn = errors.New("the picture was closed before a box was drawn on it")

// drawn returns the first box that is drawn on img.
func drawn(cmd *cobra.Command, img *image.RGBA) (tracker.Box, error) {
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	pick := &picker{chosen: stop}
	s := session.New(&still{img: img, done: make(chan struct{})},
		tracker.NewMulti(func() (tracker.Tracker, error) { return pick, nil }), session.Options{Live: true})
	const title = "draw a box round the target"
	var err error
	if window.Available() == nil {
		_, err = window.Run(ctx, window.Options{
			Title: title, Session: s, Log: logger(cmd),
			Snapshot: func(*session.View) (string, error) { return "", errors.New("there is nothing to keep yet") },
		})
	} else {
		err = drawnInBrowser(ctx, cmd, title, s)
	}
	err = errors.Join(err, s.Close())
	switch box, ok := pick.box(); {
	case ok:
		return box, nil
	case cmd.Context().Err() != nil:
		return tracker.Box{}, cmd.Context().Err()
	case err != nil:
		return tracker.Box{}, err
	}
	return tracker.Box{}, errNothingDrawn
}

// drawnInBrowser serves the picture to this machine's browsers until ctx ends. The address that it prints holds a
// token, so that no other user of the machine sees the picture, or draws on it first.
func drawnInBrowser(ctx context.Context, cmd *cobra.Command, title string, s *session.Session) error {
	l, _, err := serve.Listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	token := rand.Text()
	server, err := serve.New(serve.Options{Title: title, Session: s, Token: token, Log: logger(cmd),
		JPEG: capture.EncodeJPEG})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	address := url.URL{Scheme: "http", Host: l.Addr().String(), Path: "/", RawQuery: "token=" + token}
	fmt.Fprintf(cmd.ErrOrStderr(), "no display: open %s in a browser of this machine and draw a box round the target\n",
		address.String())
	return server.Serve(ctx, l)
}

// picker is a tracker that keeps the first box that it is started on.
type picker struct {
	chosen func()
	mu     sync.Mutex
	got    *tracker.Box
}

// Init implements tracker.Tracker.
func (p *picker) Init(_ *image.RGBA, b tracker.Box) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.got == nil {
		p.got = &b
	}
	p.chosen()
	return nil
}

// Update implements tracker.Tracker: the box stays where it was drawn.
func (p *picker) Update(*image.RGBA) (tracker.Result, error) {
	b, _ := p.box()
	return tracker.Result{Box: b, Score: 1}, nil
}

func (p *picker) box() (tracker.Box, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.got == nil {
		return tracker.Box{}, false
	}
	return *p.got, true
}

// still is a source of one picture, that then waits to be closed.
type still struct {
	img  *image.RGBA
	done chan struct{}
	once sync.Once
	n    int
}

// Next implements tracker.Source.
func (s *still) Next(dst *tracker.Frame) error {
	if s.n++; s.n > 1 {
		<-s.done
		return io.EOF
	}
	c := image.NewRGBA(s.img.Rect)
	draw.Draw(c, c.Rect, s.img, s.img.Rect.Min, draw.Src)
	*dst = tracker.Frame{Image: c}
	return nil
}

// Close implements tracker.Source.
func (s *still) Close() error {
	s.once.Do(func() { close(s.done) })
	return nil
}
