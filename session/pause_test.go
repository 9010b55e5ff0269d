package session_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"siamtrack/internal/synth"
	"siamtrack/session"
	"siamtrack/tracker"
)

// settle waits until a paused session stands still.
func settle(t *testing.T, s *session.Session) {
	t.Helper()
	if err := s.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestSessionPauseAndStep(t *testing.T) {
	for _, live := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			src := tracker.Source(scene(t, 0, 30))
			if live {
				src = synth.Paced(src)
			}
			s := start(t, src, &sluggish{}, session.Options{Live: live, Init: someStart})
			last := next(t, s).Frame.Index
			s.Pause(true)
			settle(t, s)
			select { // what was on its way
			case v := <-s.Results():
				last = v.Frame.Index
			default:
			}
			before := s.Status()
			time.Sleep(time.Second)
			after := s.Status()
			if after.Tracked != before.Tracked || !after.Paused || (after.Captured > before.Captured) != live {
				t.Errorf("live %v: paused, %d frames were tracked and %d read", live,
					after.Tracked-before.Tracked, after.Captured-before.Captured)
			}
			s.Step()
			if v := next(t, s); !live && v.Frame.Index != last+1 {
				t.Errorf("a step went from frame %d to %d", last, v.Frame.Index)
			}
			time.Sleep(time.Second)
			if after := s.Status(); after.Tracked != before.Tracked+1 {
				t.Errorf("live %v: one step tracked %d frames", live, after.Tracked-before.Tracked)
			}
			s.Pause(false)
			a, b := next(t, s), next(t, s)
			if d := b.Captured.Sub(a.Captured); d > 40*time.Millisecond || len(a.Targets) != 1 {
				t.Errorf("live %v: resumed, two frames came %v apart, followed %v", live, d, a.Targets)
			}
		})
	}
}

// TestSessionPausesBeforeTheNextFrame: a pause that comes while a file's next frame waits for its time holds it back.
// It is shown at once when it goes on, and the one after it keeps its distance.
func TestSessionPausesBeforeTheNextFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, scene(t, 0, 1), &sluggish{}, session.Options{Init: someStart})
		next(t, s)
		time.Sleep(500 * time.Millisecond)
		s.Pause(true)
		settle(t, s)
		time.Sleep(10 * time.Second)
		if st := s.Status(); st.Tracked != 1 {
			t.Fatalf("paused on the first frame, and %d were tracked", st.Tracked)
		}
		begin := time.Now()
		s.Pause(false)
		for i, want := range []time.Duration{0, time.Second, 2 * time.Second} {
			v := next(t, s)
			if d := time.Since(begin); v.Frame.Index != i+1 || d != want {
				t.Errorf("frame %d came %v after the pause, want frame %d after %v", v.Frame.Index, d, i+1, want)
			}
		}
	})
}

// TestSessionSettles: trackers that need longer than a frame lasts have one in hand and one before them when a pause
// comes. Both are followed, then nothing moves; who does not wait for so long is told.
func TestSessionSettles(t *testing.T) {
	const delay = 100 * time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		src := synth.Paced(scene(t, 0, 30))
		s := start(t, src, &sluggish{delay: delay}, session.Options{Live: true, Init: someStart})
		settle(t, s) // it is not paused: there is nothing to wait for
		time.Sleep(time.Second)
		begin, before := time.Now(), s.Status()
		s.Pause(true)
		short, stop := context.WithTimeout(t.Context(), delay/10)
		defer stop()
		if err := s.Settle(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("an update takes %v, and after a tenth of that: %v", delay, err)
		}
		settle(t, s)
		st := s.Status()
		if d := time.Since(begin); st.Tracked != before.Tracked+2 || d <= delay || d > 2*delay {
			t.Errorf("%d frames were tracked in %v after the pause", st.Tracked-before.Tracked, d)
		}
		time.Sleep(time.Second)
		if now := s.Status(); now.Tracked != st.Tracked || now.Dropped != st.Dropped {
			t.Errorf("settled with %d tracked, %d dropped; then %d, %d", st.Tracked, st.Dropped, now.Tracked, now.Dropped)
		}
		s.Step()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		settle(t, s) // whatever was on its way: it will not be tracked any more
	})
}
