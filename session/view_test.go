package session_test

import (
	"runtime"
	"testing"
	"testing/synctest"

	"siamtrack/session"
)

func TestSessionViewsOutliveTheNextUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, scene(t, 0, 30), &sluggish{}, session.Options{Init: someStart})
		s.ShowCrops(true)
		next(t, s)
		v := next(t, s)
		tg := v.Targets[0]
		was := tg.Result.Response.Values[0]
		next(t, s)
		if now := tg.Result.Response.Values[0]; now != was || tg.Result.Score != float64(was) {
			t.Errorf("the response map changed from %v to %v while a consumer had it", was, now)
		}
		if tg.Exemplar == nil || tg.Search != nil {
			t.Errorf("exemplar %v, search %v; want one and none", tg.Exemplar, tg.Search)
		}
	})
}

// TestSessionReusesItsMemory counts bytes: after the warm-up no more pictures may be made.
func TestSessionReusesItsMemory(t *testing.T) {
	s := start(t, scene(t, 0, 30), &sluggish{}, session.Options{Init: someStart, Live: true})
	s.ShowCrops(true)
	run := func(frames int) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for until := s.Status().Tracked + frames; s.Status().Tracked < until; {
			s.Release(next(t, s))
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	run(100)
	if perFrame := run(1000) / 1000; perFrame > 96*64*4/10 {
		t.Errorf("%d bytes a frame", perFrame)
	}
}
