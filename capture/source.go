package capture

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"gocv.io/x/gocv"

	"siamtrack/tracker"
)

// reader is the native half of a source. It is used by one goroutine at a time.
type reader interface {
	// read puts the next picture into bgr; io.EOF after the last one, and any other error, is final.
	read(bgr *gocv.Mat) error
	// position is the container's time of the picture read last, noPosition where it has none.
	position() time.Duration
	close() error
}

// Source gives the frames of a file, folder, stream, camera or pipe: a tracker.Source. Open makes it.
//
// The native reads happen in a goroutine of the source's own, because OpenCV offers no way to interrupt them: so
// Close ends a blocked Next at once, and what is native is freed as soon as the blocked read returns.
type Source struct {
	name string
	info Info

	clock clock
	index int
	err   error // the error that ended the source

	ask    chan struct{} // Next asks for a picture in bgr
	answer chan error    // and is told that it is there

	mu       sync.Mutex // guards what is native while Next converts it
	r        reader
	bgr      gocv.Mat
	closing  sync.Once
	done     chan struct{} // closed by Close
	released chan struct{} // closed when what is native is freed
	closeErr error         // of the release, valid once released is closed
}

// closeGrace is how long Close waits for a blocked native read before it leaves it behind.
const closeGrace = 100 * time.Millisecond

func newSource(name string, info Info, r reader, o Options) *Source {
	s := &Source{
		name: name, info: info, r: r, bgr: gocv.NewMat(),
		ask: make(chan struct{}), answer: make(chan error),
		done: make(chan struct{}), released: make(chan struct{}),
	}
	// A stream that knows its length is a recording on a server: it comes as fast as it is read.
	s.clock = clock{rate: info.FPS, live: info.Kind.Live() && info.Frames == 0}
	if info.Kind != Camera {
		s.clock.fixed = o.FPS
	}
	go s.serve()
	return s
}

// Info says what is known of the source.
func (s *Source) Info() Info { return s.info }

// Next fills dst with the next frame, reusing dst.Image where it fits. It returns io.EOF after the last frame and an
// error that wraps ErrBroken where the video breaks off, ErrTimeout where a stream stalls, ErrClosed after Close; each
// of them again on every later call. An error says at which frame it came. The frame's time is since the first frame:
// the container's, the wall clock's for live sources that are no recordings.
func (s *Source) Next(dst *tracker.Frame) error {
	if s.err != nil {
		return s.err
	}
	err := s.next(dst)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF):
		s.err = io.EOF
	default:
		s.err = fmt.Errorf("capture: read %s: frame %d: %w", s.name, s.index, err)
	}
	return s.err
}

func (s *Source) next(dst *tracker.Frame) error {
	select {
	case <-s.done:
		return ErrClosed
	case s.ask <- struct{}{}:
	}
	select {
	case <-s.done:
		return ErrClosed
	case err := <-s.answer:
		if err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bgr.Closed() {
		return ErrClosed
	}
	img, err := toRGBA(s.bgr, dst.Image)
	if err != nil {
		return err
	}
	dst.Image, dst.Index = img, s.index
	dst.Time = s.clock.at(s.index, s.r.position(), time.Now())
	s.index++
	return nil
}

// serve reads whenever it is asked, and frees what is native in the end.
func (s *Source) serve() {
	defer s.release()
	for {
		select {
		case <-s.done:
			return
		case <-s.ask:
		}
		err := s.r.read(&s.bgr)
		select {
		case <-s.done:
			return
		case s.answer <- err:
		}
	}
}

func (s *Source) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeErr = errors.Join(s.bgr.Close(), s.r.close())
	close(s.released)
}

// Close ends the source and a Next that is under way in another goroutine, which then returns ErrClosed. It may be
// called twice.
func (s *Source) Close() error {
	s.closing.Do(func() { close(s.done) })
	select {
	case <-s.released:
		return s.closeErr
	case <-time.After(closeGrace):
		return nil // a stalled read is left behind; serve frees everything when it returns
	}
}
