package capture

import (
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"siamtrack/tracker"
)

// reader is the native half of a source. It is used by one goroutine at a time, but for interrupt.
type reader interface {
	// read decodes the next picture; io.EOF after the last one, and any other error, is final.
	read() (shot, error)
	// picture writes the picture read last into img where that fits, into a new one otherwise.
	picture(img *image.RGBA) (*image.RGBA, error)
	// interrupt ends a read that waits, where that can be done.
	interrupt()
	close() error
}

// shot is what is known of a picture beside its pixels.
type shot struct {
	at            time.Duration // the container's time, noPosition where it has none
	lost, damaged int           // so far: pictures that could not be decoded, and that could in part
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
	err   error       // the error that ended the source
	shot  shot        // of the frame given last
	size  image.Point // of the frame given last
	log   *slog.Logger

	lost, damaged atomic.Int64

	ask    chan struct{} // Next asks for a picture in r
	answer chan answer   // and is told that it is there

	mu       sync.Mutex // guards what is native while Next converts it
	r        reader
	freed    bool
	stopping sync.Once
	stopped  chan struct{} // closed by Stop
	closing  sync.Once
	done     chan struct{} // closed by Close
	released chan struct{} // closed when what is native is freed
	closeErr error         // of the release, valid once released is closed
}

type answer struct {
	shot shot
	err  error
}

// closeGrace is how long Close waits for a blocked native read before it leaves it behind.
const closeGrace = 100 * time.Millisecond

func newSource(name string, info Info, r reader, o Options) *Source {
	s := &Source{
		name: name, info: info, r: r, log: o.Log,
		ask: make(chan struct{}), answer: make(chan answer),
		stopped: make(chan struct{}), done: make(chan struct{}), released: make(chan struct{}),
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

// Skipped returns how many pictures could not be decoded and were skipped so far, and how many were decoded with
// errors, so that parts of them may be wrong. It may be called at any time.
func (s *Source) Skipped() (lost, damaged int) { return int(s.lost.Load()), int(s.damaged.Load()) }

// Next fills dst with the next frame, reusing dst.Image where it fits. It returns io.EOF after the last frame and an
// error that wraps ErrBroken where the video breaks off, ErrTimeout where a stream stalls, ErrClosed after Close; each
// of them again on every later call. An error says at which frame it came. The frame's time is since the first frame:
// the container's, the wall clock's for live sources that are no recordings. Pictures that cannot be decoded are left
// out, and the index counts them: it is the frame's number in the file (but for what a damaged container does not even
// give to the decoder). Frames may change their size on the way, as
// the file's pictures do.
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
		s.err = fmt.Errorf("capture: read %s: frame %d: %w", s.name, s.index+s.shot.lost, err)
	}
	return s.err
}

func (s *Source) next(dst *tracker.Frame) error {
	select { // the next one may find s.ask free as well
	case <-s.stopped:
		return ErrClosed
	default:
	}
	select {
	case <-s.stopped:
		return ErrClosed
	case s.ask <- struct{}{}:
	}
	select {
	case <-s.stopped:
		return ErrClosed
	case a := <-s.answer:
		s.lost.Store(int64(a.shot.lost))
		s.damaged.Store(int64(a.shot.damaged))
		if a.err != nil {
			return a.err
		}
		s.shot = a.shot
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.freed {
		return ErrClosed
	}
	img, err := s.r.picture(dst.Image)
	if err != nil {
		return err
	}
	dst.Image, dst.Index = img, s.index+s.shot.lost
	dst.Time = s.clock.at(dst.Index, s.shot.at, time.Now())
	s.sized(dst)
	s.index++
	return nil
}

// Fill gives a part of the picture of a frame its pixels, where Options.Parts left them undefined; which frame is told
// by the image that Next gave. It may be called beside Next and Close, and returns ErrClosed after that.
func (s *Source) Fill(img *image.RGBA, part image.Rectangle) error {
	if f, ok := s.r.(filler); ok {
		if err := f.fill(img, part); err != nil {
			return fmt.Errorf("capture: read %s: a part of a frame: %w", s.name, err)
		}
	}
	return nil
}

// Copy gives dst, which has its size, the pixels of a frame's picture, without filling that where Options.Parts left it
// undefined. As for the rest it is Fill.
func (s *Source) Copy(dst, img *image.RGBA) error {
	f, ok := s.r.(filler)
	if !ok {
		tracker.CopyImage(dst, img)
		return nil
	}
	if err := f.copy(dst, img); err != nil {
		return fmt.Errorf("capture: read %s: a frame: %w", s.name, err)
	}
	return nil
}

// filler is a reader that may leave pictures without their pixels.
type filler interface {
	fill(img *image.RGBA, part image.Rectangle) error
	copy(dst, img *image.RGBA) error
}

// sized says when the pictures change their size.
func (s *Source) sized(f *tracker.Frame) {
	size := f.Image.Rect.Size()
	if s.size != (image.Point{}) && s.size != size {
		s.log.Warn("the pictures change their size", "source", s.name, "frame", f.Index, "from", s.size, "to", size)
	}
	s.size = size
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
		var a answer
		a.shot, a.err = s.r.read()
		select {
		case <-s.done:
			return
		case s.answer <- a:
		}
	}
}

func (s *Source) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.freed = true
	s.closeErr = s.r.close()
	close(s.released)
}

// Stop ends reading: a Next that is under way in another goroutine returns ErrClosed, and so does every later one. What
// was read before keeps its pixels (see Fill) until Close, so that a frame that is being worked on can be finished.
func (s *Source) Stop() {
	s.stopping.Do(func() {
		close(s.stopped)
		s.r.interrupt()
	})
}

// Close ends the source and a Next that is under way in another goroutine, which then returns ErrClosed. It may be
// called twice.
func (s *Source) Close() error {
	s.Stop()
	s.closing.Do(func() { close(s.done) })
	select {
	case <-s.released:
		return s.closeErr
	case <-time.After(closeGrace):
		return nil // a stalled read is left behind; serve frees everything when it returns
	}
}
