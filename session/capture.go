package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"siamtrack/tracker"
)

// ErrSilent is wrapped by the error of a live source that gave no frame for Options.Timeout.
var ErrSilent = errors.New("no frame came")

// supervise reads src to its end, and after that what Reopen gives, until there is nothing to reopen.
func (s *Session) supervise(ctx context.Context, src tracker.Source) {
	defer close(s.dry)
	began := time.Now()
	var base tracker.Frame // what the frames of a source that was opened again count on from
	for {
		err := s.watch(ctx, src, base)
		if ctx.Err() != nil {
			return
		}
		ended := errors.Is(err, io.EOF)
		if s.o.Reopen == nil || s.o.Attempts == 0 {
			if !ended {
				s.fail(ctx, err)
			}
			return
		}
		if ended {
			err = fmt.Errorf("the stream ended: %w", err)
		}
		if src, err = s.reopen(ctx, err); err != nil {
			s.fail(ctx, err)
			return
		}
		s.mu.Lock() // the number of captured frames is less where some were damaged: their numbers are left out
		base = tracker.Frame{Index: s.next, Time: time.Since(began)}
		s.mu.Unlock()
	}
}

// watch reads src in a goroutine of its own and returns why it ended: its error, or that it was silent for too long.
// It closes src in every case. A source that does not come back after that is left to itself: its goroutine ends when
// its Next does.
func (s *Session) watch(ctx context.Context, src tracker.Source, base tracker.Frame) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	s.running.Go(func() { ended <- s.read(ctx, src, base) })
	err := s.listen(ctx, ended)
	stop()
	closed := make(chan struct{})
	s.running.Go(func() { // in its own goroutine: closing a hung device may hang too
		defer close(closed)
		_ = src.Close() // what it might say is of no use any more
	})
	select {
	case <-closed:
	case <-time.After(closeGrace):
	}
	return err
}

// listen returns the first of: the error that ended the reading, a silence of Timeout, the end of ctx.
func (s *Session) listen(ctx context.Context, ended <-chan error) error {
	began := time.Now()
	var alarm <-chan time.Time
	timer := &time.Timer{}
	if s.o.Live && s.o.Timeout > 0 {
		timer = time.NewTimer(s.o.Timeout)
		defer timer.Stop()
		alarm = timer.C
	}
	for {
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-alarm:
			left := s.o.Timeout - min(time.Since(s.Status().LastFrame), time.Since(began))
			if left <= 0 {
				return fmt.Errorf("session: %w for %v", ErrSilent, s.o.Timeout)
			}
			timer.Reset(left)
		}
	}
}

// read passes the frames of src on until it fails or ctx ends. A frame's index and time count on from base.
func (s *Session) read(ctx context.Context, src tracker.Source, base tracker.Frame) error {
	pace := pacer{}
	for {
		if !s.o.Live {
			if waited, err := s.gate.opens(ctx); err != nil {
				return err
			} else if waited {
				pace = pacer{}
			}
		}
		v := s.free.get()
		err := src.Next(&v.Frame)
		if err == nil && !s.o.Live {
			err = pace.wait(ctx, v.Frame.Time)
		}
		open := false
		if err == nil {
			open, err = s.admit(ctx, &pace, v.Frame.Time)
		}
		if err != nil {
			s.free.put(v)
			return err
		}
		v.Frame.Index += base.Index
		v.Frame.Time += base.Time
		s.arrive(v, open)
	}
}

// admit says whether a captured frame, of the time at, may go to the tracker. While paused a live source's may not; any
// other's waits, for the pause may have come while it was read or its time was not there yet.
func (s *Session) admit(ctx context.Context, pace *pacer, at time.Duration) (open bool, err error) {
	for ctx.Err() == nil {
		if s.gate.pass() {
			return true, nil
		}
		if s.o.Live {
			return false, nil
		}
		if _, err := s.gate.opens(ctx); err != nil {
			return false, err
		}
		pace.restart(at)
	}
	return false, ctx.Err()
}

// arrive hands a captured frame to the tracker if the way is open, and else throws it away.
func (s *Session) arrive(v *View, open bool) {
	v.Captured = time.Now()
	next := v.Frame.Index + 1 // v is another's after that
	var displaced *View
	if open {
		displaced = s.fresh.put(v)
	} else {
		s.free.put(v)
	}
	s.mu.Lock()
	s.status.Captured++
	s.next = next
	away, attempts := time.Since(s.status.LastFrame), s.status.Attempt
	s.status.LastFrame = time.Now()
	s.status.Attempt, s.status.Problem = 0, nil
	if displaced != nil {
		s.status.Dropped++
	}
	s.capturing.Tick(s.status.LastFrame)
	s.mu.Unlock()
	if displaced != nil {
		s.gate.landed()
	}
	s.free.put(displaced)
	if attempts > 0 {
		s.o.Log.Info("the source is back", "attempts", attempts, "without a frame for", away.Round(time.Millisecond))
	}
}

// reopen tries to open the source again, with growing waits between the attempts, until it succeeds or has failed too
// often. why is what the source was lost for.
func (s *Session) reopen(ctx context.Context, why error) (tracker.Source, error) {
	attempt := s.Status().Attempt // not 0 where the source was opened and lost again before it gave a frame
	if attempt == 0 {
		s.o.Log.Warn("the source is lost, and is being opened again", "reason", why)
	}
	for ; s.o.Attempts < 0 || attempt < s.o.Attempts; attempt++ {
		s.update(func(st *Status) { st.Attempt, st.Problem = attempt+1, why })
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(s.backoff(attempt)):
		}
		src, err := s.openOnce(ctx)
		if err == nil {
			s.update(func(st *Status) { st.Reconnects++ })
			return src, nil
		}
		why = err
	}
	return nil, fmt.Errorf("session: the source is lost, %d attempts to open it again failed: %w", s.o.Attempts, why)
}

// backoff returns the wait before the attempt after n failed ones.
func (s *Session) backoff(n int) time.Duration {
	wait := s.o.Backoff
	for ; n > 0 && wait < s.o.MaxBackoff; n-- {
		wait *= 2
	}
	return min(wait, s.o.MaxBackoff)
}

// openOnce calls Reopen without waiting for it longer than ctx lasts; what it opens too late is closed.
func (s *Session) openOnce(ctx context.Context) (tracker.Source, error) {
	type opened struct {
		src tracker.Source
		err error
	}
	result := make(chan opened)
	s.running.Go(func() {
		src, err := s.o.Reopen(ctx)
		select {
		case result <- opened{src, err}:
		case <-ctx.Done():
			if err == nil {
				_ = src.Close()
			}
		}
	})
	select {
	case r := <-result:
		return r.src, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
