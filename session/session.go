// Package session is the live loop: it follows targets in a source whose newest frame is what counts, pauses and steps
// it, takes a person's choices, and opens a lost source again.
package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"siamtrack/tracker"
)

// Options say how a live source is treated. The zero value plays a file at its own speed.
type Options struct {
	// Init are the targets in the first frame, as a person gave them; without any there is none until Select.
	Init []tracker.Start
	// Live tells that frames come when they come and are lost if nobody reads them (a camera, a stream, a pipe). While
	// paused such a source is read on and its frames are thrown away. Without it the source waits while paused, and
	// its frames are paced by their own times.
	Live bool
	// Reopen opens a lost live source again; nil where that is impossible: then the source's end is the session's.
	Reopen func(context.Context) (tracker.Source, error)
	// Attempts is how often in a row Reopen may fail before the session ends with its error; negative: for ever.
	Attempts int
	// Timeout is how long a live source may stay silent before it is closed and opened again; 0: for ever.
	Timeout time.Duration
	// Backoff is the wait before the first attempt to reopen, doubled after each failed one up to MaxBackoff; 0 means
	// a quarter of a second and 8 seconds.
	Backoff, MaxBackoff time.Duration
	// Each is called in order with every view that was tracked, or passed on without a target; nil: nobody is. It
	// runs between two frames of the trackers, so it must be quick, and v is its own only until it returns. Its error
	// ends the session.
	Each func(v *View) error
	// Log is told once when the source is lost, with the reason, and once when it is back; nil: nobody is.
	Log *slog.Logger
}

// Session is the live loop: the newest frame of a source goes to the trackers, the newest view to one consumer, and
// whatever comes too late is dropped and counted. Capture, tracking and the consumer run apart, so none waits for
// another; a frame passes from owner to owner and is never shared.
//
// All methods may be called from any goroutine.
type Session struct {
	o       Options
	targets *tracker.Multi // the track goroutine's own
	cancel  context.CancelFunc
	free    pool
	fresh   slot           // captured, not yet tracked
	results slot           // tracked, not yet taken
	chosen  chan struct{}  // has room for one: there are new choices
	dry     chan struct{}  // closed when no more frames will come
	done    chan struct{}  // closed when the track goroutine has ended
	running sync.WaitGroup // the goroutines of the capture side
	gate    *gate
	crops   atomic.Bool

	begun bool // the track goroutine's own: the first frame has come, or a choice before it

	mu                  sync.Mutex // guards what follows
	choices             []choice   // in the order in which they were made
	status              Status
	next                int // the index after the newest captured frame's
	capturing, tracking Rate
	err                 error
}

// choice is what a person asks for: to follow box on the frame of view on; where on is nil, to forget the target id;
// and where that is 0, to forget all.
type choice struct {
	on  *View
	box tracker.Box
	id  int
}

// poolSize is the number of views that may wait in the free list: one each for capture, the two slots, the tracker
// and the consumer, one for a choice and one for the consumer's change-over.
const poolSize = 7

// MaxTargets is how many targets are followed at the same time.
const MaxTargets = 64

// Errors of Select: nothing will be tracked any more, and there are MaxTargets already.
var (
	ErrEnded = errors.New("the session has ended")
	ErrFull  = fmt.Errorf("%d targets are followed already: remove one first", MaxTargets)
)

// New starts following src, which it closes at the end. It alone uses targets until Done. Without a target the frames
// pass through as they are.
func New(src tracker.Source, targets *tracker.Multi, o Options) *Session {
	if o.Backoff <= 0 {
		o.Backoff = 250 * time.Millisecond
	}
	if o.MaxBackoff <= 0 {
		o.MaxBackoff = 8 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Session{
		o: o, targets: targets, cancel: cancel, gate: newGate(),
		free: make(pool, poolSize), fresh: make(slot, 1), results: make(slot, 1),
		chosen: make(chan struct{}, 1), dry: make(chan struct{}), done: make(chan struct{}),
	}
	s.status.LastFrame, s.status.Live = time.Now(), o.Live
	s.running.Go(func() { s.supervise(ctx, src) })
	go s.track(ctx)
	return s
}

// Select follows one more target: what is in box, drawn on the frame of view on. It copies on, which stays the
// caller's. The error wraps tracker.ErrBox where the box cannot be tracked, ErrFull or ErrEnded.
func (s *Session) Select(on *View, box tracker.Box) error {
	size := on.Frame.Image.Rect
	target, err := box.Trackable(size.Dx(), size.Dy())
	if err != nil {
		return fmt.Errorf("select: %w", err)
	}
	v := s.free.get()
	v.copy(on)
	if err := s.choose(choice{on: v, box: target}); err != nil {
		s.free.put(v)
		return fmt.Errorf("select: %w", err)
	}
	return nil
}

// Remove forgets the target with a number. It does nothing where there is none.
func (s *Session) Remove(id int) {
	if id > 0 {
		_ = s.choose(choice{id: id}) // after the end there is nothing to forget
	}
}

// Clear forgets all targets; frames then pass through as they are.
func (s *Session) Clear() { _ = s.choose(choice{}) }

// choose leaves c for the track goroutine. What Clear makes needless it drops.
func (s *Session) choose(c choice) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := 0
	for _, other := range s.choices {
		if other.on != nil {
			asked++
		}
	}
	switch {
	case s.status.Ended:
		return ErrEnded
	case c.on != nil && s.status.Targets+asked >= MaxTargets:
		return ErrFull
	case c.on == nil && c.id == 0:
		for _, other := range s.choices {
			s.free.put(other.on)
		}
		s.choices = s.choices[:0]
	}
	s.choices = append(s.choices, c)
	select {
	case s.chosen <- struct{}{}:
	default: // it has been told already
	}
	return nil
}

// Pause stops or resumes the flow of frames. The target is kept. A frame that was handed to the trackers before is
// still followed: Settle waits for it.
func (s *Session) Pause(on bool) { s.gate.hold(on) }

// Settle waits, while paused, until no frame is on its way any more: the last view that Results gave, or has ready,
// then shows what the trackers saw last. The error is ctx's, where that ends first.
func (s *Session) Settle(ctx context.Context) error { return s.gate.settles(ctx) }

// Step lets one more frame through while paused.
func (s *Session) Step() { s.gate.step() }

// ShowCrops asks for what the network saw of each target with each view, or stops that.
func (s *Session) ShowCrops(on bool) { s.crops.Store(on) }

// Results gives the newest view each time it is read; there is one consumer. It is never closed: use Done too. Each
// view is the consumer's until it passes it to Release.
func (s *Session) Results() <-chan *View { return s.results }

// Release gives a view's memory back. A nil view is allowed.
func (s *Session) Release(v *View) { s.free.put(v) }

// Done is closed when nothing will be tracked any more; a last view may still be in Results.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err returns why the session ended: nil at the end of a file, after Close, and while it runs.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// fail records why the session ends and stops it. What follows from stopping is no reason.
func (s *Session) fail(ctx context.Context, err error) {
	if ctx.Err() == nil {
		s.mu.Lock()
		s.err = err
		s.mu.Unlock()
	}
	s.cancel()
}

// closeGrace is how long Close waits for a source that does not stop.
const closeGrace = 3 * time.Second

// Close stops the session, closes the source and waits until all of it has stopped. It may be called twice.
func (s *Session) Close() error {
	s.cancel()
	<-s.done
	stopped := make(chan struct{})
	go func() {
		s.running.Wait()
		close(stopped)
	}()
	select {
	case <-stopped:
		return nil
	case <-time.After(closeGrace):
		return fmt.Errorf("session: the source has not stopped %v after it was closed", closeGrace)
	}
}
