// Package session is the live loop: it follows targets in a source whose newest frame is what counts, pauses and steps
// it, takes a person's choices, and opens a lost source again.
package session

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"siamtrack/tracker"
)

// Options say how a live source is treated. The zero value plays a file at its own speed.
type Options struct {
	// Init is the target in the first frame, as a person gave it; nil: there is none until Select.
	Init *tracker.Box
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
	// runs between two frames of the tracker, so it must be quick, and v is its own only until it returns. Its error
	// ends the session.
	Each func(v *View) error
}

// Session is the live loop: the newest frame of a source goes to a tracker, the newest result to one consumer, and
// whatever comes too late is dropped and counted. Capture, tracking and the consumer run apart, so none waits for
// another; a frame passes from owner to owner and is never shared.
//
// All methods may be called from any goroutine.
type Session struct {
	o       Options
	tracker tracker.Tracker
	cancel  context.CancelFunc
	free    pool
	fresh   slot           // captured, not yet tracked
	results slot           // tracked, not yet taken
	chosen  chan struct{}  // has room for one: there is a new choice
	dry     chan struct{}  // closed when no more frames will come
	done    chan struct{}  // closed when the track goroutine has ended
	running sync.WaitGroup // the goroutines of the capture side
	gate    *gate
	crops   atomic.Bool

	begun, following bool // the track goroutine's own

	mu                  sync.Mutex // guards what follows
	choice              choice
	status              Status
	capturing, tracking Rate
	err                 error
}

// choice is what a person last asked for: box on the frame of view on, or, where on is nil, no target.
type choice struct {
	on  *View
	box tracker.Box
}

// poolSize is the number of views that may wait in the free list: one each for capture, the two slots, the tracker
// and the consumer, one for a choice and one for the consumer's change-over.
const poolSize = 7

// ErrEnded is returned by Select once the session has ended.
var ErrEnded = errors.New("the session has ended")

// New starts following src, which it closes at the end. It leaves t, which it alone uses until Done, to its
// owner to close. Without a target the frames pass through as they are.
func New(src tracker.Source, t tracker.Tracker, o Options) *Session {
	if o.Backoff <= 0 {
		o.Backoff = 250 * time.Millisecond
	}
	if o.MaxBackoff <= 0 {
		o.MaxBackoff = 8 * time.Second
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Session{
		o: o, tracker: t, cancel: cancel, gate: newGate(),
		free: make(pool, poolSize), fresh: make(slot, 1), results: make(slot, 1),
		chosen: make(chan struct{}, 1), dry: make(chan struct{}), done: make(chan struct{}),
	}
	s.status.LastFrame = time.Now()
	s.running.Go(func() { s.supervise(ctx, src) })
	go s.track(ctx)
	return s
}

// Select makes box, drawn on the frame of view on, the target. It copies that frame; on stays the caller's. The error
// wraps tracker.ErrBox where the box cannot be tracked, and ErrEnded where nothing will be tracked any more.
func (s *Session) Select(on *View, box tracker.Box) error {
	size := on.Frame.Image.Rect
	target, err := box.Trackable(size.Dx(), size.Dy())
	if err != nil {
		return fmt.Errorf("select: %w", err)
	}
	v := s.free.get()
	v.copyFrame(on)
	return s.choose(choice{v, target})
}

// Clear forgets the target; frames then pass through as they are.
func (s *Session) Clear() { _ = s.choose(choice{}) }

// choose leaves c for the track goroutine, in the place of an earlier choice that it has not come to yet.
func (s *Session) choose(c choice) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status.Ended {
		return fmt.Errorf("select: %w", ErrEnded)
	}
	s.free.put(s.choice.on)
	s.choice = c
	select {
	case s.chosen <- struct{}{}:
	default: // it has been told already
	}
	return nil
}

// Pause stops or resumes the flow of frames. The target is kept.
func (s *Session) Pause(on bool) { s.gate.hold(on) }

// Step lets one more frame through while paused.
func (s *Session) Step() { s.gate.step() }

// ShowCrops asks for the network's view of the exemplar and the search region with each view, or stops that.
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
