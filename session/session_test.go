package session_test

import (
	"errors"
	"image"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"siamtrack/internal/synth"
	"siamtrack/session"
	"siamtrack/tracker"
)

// sluggish is a tracker that needs delay for an update and answers with the count of its updates as the score. What a
// session does with time can be told only by a tracker whose own time is known.
type sluggish struct {
	delay   time.Duration
	err     error
	inits   atomic.Int64
	updates atomic.Int64
	box     tracker.Box
	values  [4]float32
}

func (s *sluggish) Init(_ *image.RGBA, target tracker.Box) error {
	s.inits.Add(1)
	s.box = target
	return nil
}

func (s *sluggish) Update(*image.RGBA) (tracker.Result, error) {
	time.Sleep(s.delay)
	n := s.updates.Add(1)
	s.values[0] = float32(n)
	return tracker.Result{
		Box: s.box, Score: float64(n), Response: &tracker.Response{Values: s.values[:], Width: 2, Height: 2},
	}, s.err
}

func (s *sluggish) Crops() (exemplar, search *image.RGBA) {
	return image.NewRGBA(image.Rect(0, 0, 4, 4)), nil
}

// scene is a small video of n frames at fps frames a second; n is 0 for one without end.
func scene(t *testing.T, n int, fps float64) *synth.Video {
	t.Helper()
	v, err := synth.New(synth.Scene{Width: 96, Height: 64, Frames: n, FPS: fps, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var (
	someBox   = tracker.Box{X: 10, Y: 10, W: 20, H: 20}
	someStart = []tracker.Start{{Box: someBox}}
)

// only follows one target at a time, with tr.
func only(tr tracker.Tracker) *tracker.Multi {
	return tracker.NewMulti(func() (tracker.Tracker, error) { return tr, nil })
}

// start begins a session that is closed with the test.
func start(t *testing.T, src tracker.Source, tr tracker.Tracker, o session.Options) *session.Session {
	t.Helper()
	s := session.New(src, only(tr), o)
	t.Cleanup(func() {
		for range 2 {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return s
}

// next waits for the next view.
func next(t *testing.T, s *session.Session) *session.View {
	t.Helper()
	select {
	case v := <-s.Results():
		return v
	case <-time.After(time.Minute):
		t.Fatal("no view came for a minute")
		return nil
	}
}

func TestSessionFollowsAFileToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []int
		tr := &sluggish{delay: 5 * time.Millisecond}
		begin := time.Now()
		s := start(t, scene(t, 40, 20), tr, session.Options{Init: someStart, Each: func(v *session.View) error {
			seen = append(seen, v.Frame.Index)
			if tg := v.Targets[0]; tg.Initial != (v.Frame.Index == 0) || len(v.Targets) != 1 || tg.Result.Box != someBox {
				t.Errorf("frame %d: %+v", v.Frame.Index, v.Targets)
			}
			return nil
		}})
		<-s.Done()
		if d := time.Since(begin); d < 39*50*time.Millisecond || d > 41*50*time.Millisecond {
			t.Errorf("40 frames at 20 frames a second played in %v", d)
		}
		st := s.Status()
		if len(seen) != 40 || st.Captured != 40 || st.Tracked != 40 || st.Dropped != 0 || !st.Ended {
			t.Errorf("seen %d, status %+v", len(seen), st)
		}
		if v := next(t, s); v.Frame.Index != 39 || st.Unshown != 39 {
			t.Errorf("the last view is of frame %d, %d never shown; want 39, 39", v.Frame.Index, st.Unshown)
		}
		if err := s.Err(); err != nil {
			t.Error(err)
		}
		still := new(session.View)
		still.Frame.Image = image.NewRGBA(image.Rect(0, 0, 99, 99))
		if err := s.Select(still, someBox); !errors.Is(err, session.ErrEnded) {
			t.Errorf("select after the end: %v", err)
		}
	})
}

// TestSessionLatency runs a source against trackers that keep up with it and that do not: the age of what the
// consumer gets stays bounded, and every frame is accounted for.
func TestSessionLatency(t *testing.T) {
	const interval = time.Second / 60
	for _, c := range []struct {
		name    string
		delay   time.Duration
		bound   time.Duration
		dropped float64 // share of the frames
	}{
		{"keeps up", 12 * time.Millisecond, 2 * interval, 0},
		{"half as fast as the source", 2 * interval, 3 * interval, 0.5},
		{"ten times too slow", 10 * interval, 11 * interval, 0.9},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := &sluggish{delay: c.delay}
				s := start(t, synth.Paced(scene(t, 1200, 60)), tr, session.Options{Init: someStart, Live: true})
				var worst time.Duration
				for open := true; open; {
					select {
					case v := <-s.Results():
						if v.Frame.Index < 1199 { // the last has no newer one to give way to, and waits for its turn
							worst = max(worst, time.Since(v.Captured))
						}
						s.Release(v)
					case <-s.Done():
						open = false
					}
				}
				st := s.Status()
				if worst > c.bound {
					t.Errorf("a view was %v old, want at most %v", worst, c.bound)
				}
				if share := float64(st.Dropped) / float64(st.Captured); share < c.dropped-0.02 || share > c.dropped+0.02 {
					t.Errorf("%.3f of the frames dropped, want %v", share, c.dropped)
				}
				if st.Captured != 1200 || st.Tracked+st.Dropped != st.Captured {
					t.Errorf("captured %d, tracked %d, dropped %d", st.Captured, st.Tracked, st.Dropped)
				}
				t.Logf("oldest view %v, captured %d, dropped %d", worst, st.Captured, st.Dropped)
			})
		})
	}
}

func TestSessionSelectAndClear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &sluggish{}
		s := start(t, synth.Paced(scene(t, 0, 30)), tr, session.Options{Live: true})
		v := next(t, s)
		if len(v.Targets) > 0 {
			t.Fatal("a target before one was chosen")
		}
		if err := s.Select(v, tracker.Box{X: 200, Y: 10, W: 5, H: 5}); !errors.Is(err, tracker.ErrBox) {
			t.Errorf("a box outside the frame: %v", err)
		}
		time.Sleep(time.Second + 10*time.Millisecond) // a person draws; the frame chosen on is an old one by then
		if err := s.Select(v, tracker.Box{X: 30, Y: 30, W: -20, H: -20}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		first := next(t, s)
		tg, same := first.Targets[0], first.Frame.Index == v.Frame.Index
		if !tg.Initial || tg.Result.Box != someBox || !same || first == v {
			t.Errorf("after select: frame %d, %+v; want frame %d, %v", first.Frame.Index, tg, v.Frame.Index, someBox)
		}
		if v = next(t, s); len(v.Targets) != 1 || v.Targets[0].Initial {
			t.Error("the target is not followed in the next frame")
		}
		s.Clear()
		synctest.Wait()
		s.Release(v)
		next(t, s) // may have been tracked before
		if v = next(t, s); len(v.Targets) > 0 {
			t.Error("a target after clear")
		}
	})
}

// TestSessionSeveralTargets adds targets one by one on old frames, and takes one away.
func TestSessionSeveralTargets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opened := 0
		several := tracker.NewMulti(func() (tracker.Tracker, error) { opened++; return &sluggish{}, nil })
		s := session.New(synth.Paced(scene(t, 0, 30)), several, session.Options{Live: true})
		defer s.Close()
		ids := func(v *session.View) (ids []int) {
			for _, t := range v.Targets {
				ids = append(ids, t.ID)
			}
			return ids
		}
		settled := func() *session.View {
			time.Sleep(time.Second)
			next(t, s)
			return next(t, s)
		}
		v := next(t, s)
		other := tracker.Box{X: 50, Y: 10, W: 20, H: 20}
		for _, b := range []tracker.Box{someBox, other} { // one right after the other: neither is lost
			if err := s.Select(v, b); err != nil {
				t.Fatal(err)
			}
		}
		if v = settled(); !slices.Equal(ids(v), []int{1, 2}) || v.Targets[1].Result.Box != other || v.Chosen() {
			t.Errorf("two were chosen: %+v", v.Targets)
		}
		old := v.Targets[0].Result.Score
		time.Sleep(time.Second + 10*time.Millisecond) // between two frames
		<-s.Results()                                 // what is newest now
		if err := s.Select(v, tracker.Box{X: 10, Y: 40, W: 9, H: 9}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		chosen := next(t, s)
		if !slices.Equal(ids(chosen), []int{1, 2, 3}) || !chosen.Targets[2].Initial || chosen.Targets[0].Result.Score != old {
			t.Errorf("the third, chosen on an old frame: %+v", chosen.Targets)
		}
		s.Remove(1)
		s.Remove(9)
		if v = settled(); !slices.Equal(ids(v), []int{2, 3}) || s.Status().Targets != 2 {
			t.Errorf("after one was removed: %v", ids(v))
		}
		for s.Status().Targets < session.MaxTargets {
			if err := s.Select(v, someBox); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if err := s.Select(v, someBox); !errors.Is(err, session.ErrFull) {
			t.Errorf("one too many: %v", err)
		}
		s.Clear()
		if v = settled(); len(v.Targets) > 0 || opened != session.MaxTargets {
			t.Errorf("cleared, and there are %v; %d trackers opened", ids(v), opened)
		}
	})
}
