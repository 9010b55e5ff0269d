package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"siamtrack/internal/synth"
	"siamtrack/session"
	"siamtrack/tracker"
)

func TestSessionPauseAndStep(t *testing.T) {
	for _, live := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			src := tracker.Source(scene(t, 0, 30))
			if live {
				src = synth.Paced(src)
			}
			s := start(t, src, &sluggish{}, session.Options{Live: live, Init: someStart})
			next(t, s)
			s.Pause(true)
			time.Sleep(time.Second)
			var last int
			select { // what had passed the gate already
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
