package tracker_test

import (
	"image"
	"math"
	"slices"
	"testing"

	"siamtrack/tracker"
)

// scripted is a tracker that sees what look says, given the place at which it looks.
type scripted struct {
	at    tracker.Box
	frame int
	look  func(frame int, at tracker.Box) tracker.Result
}

func (s *scripted) Init(_ *image.RGBA, b tracker.Box) error {
	s.at, s.frame = b, 0
	return nil
}

func (s *scripted) Update(*image.RGBA) (tracker.Result, error) {
	s.frame++
	r := s.look(s.frame, s.at)
	s.at = r.Box
	return r, nil
}

func (s *scripted) Place(b tracker.Box) { s.at = b }

// nearest is what a tracker sees of two things that look alike: the one that is nearer to where it looks.
func nearest(things ...func(frame int) tracker.Box) func(int, tracker.Box) tracker.Result {
	return func(frame int, at tracker.Box) tracker.Result {
		best, least := tracker.Box{}, math.Inf(1)
		x, y := at.Center()
		for _, thing := range things {
			b := thing(frame)
			bx, by := b.Center()
			if d := math.Hypot(bx-x, by-y); d < least {
				best, least = b, d
			}
		}
		return tracker.Result{Box: best, Score: 0.8}
	}
}

// meetings runs two scripted trackers and returns what was said in each frame.
func meetings(
	t *testing.T, frames int, a, b func(int, tracker.Box) tracker.Result, startA, startB tracker.Box,
) [][]tracker.Target {
	t.Helper()
	looks := []func(int, tracker.Box) tracker.Result{a, b}
	m := tracker.NewMulti(func() (tracker.Tracker, error) {
		s := &scripted{look: looks[0]}
		looks = looks[1:]
		return s, nil
	})
	img := image.NewRGBA(image.Rect(0, 0, 400, 100))
	for _, b := range []tracker.Box{startA, startB} {
		if _, err := m.Add(img, tracker.Start{Box: b}); err != nil {
			t.Fatal(err)
		}
	}
	var said [][]tracker.Target
	for range frames {
		targets, err := m.Update(img)
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, append([]tracker.Target(nil), targets...))
	}
	return said
}

// box40 is a square of 40 whose left side is at x.
func box40(x float64) tracker.Box { return tracker.Box{X: x, Y: 30, W: 40, H: 40} }

// TestMeetingLookAlikesKeepTheirNames: two things go through one another; the trackers, which see no difference, both
// stay with the one of them, until one is sent on.
func TestMeetingLookAlikesKeepTheirNames(t *testing.T) {
	right := func(frame int) tracker.Box { return box40(20 + 6*float64(frame)) }
	left := func(frame int) tracker.Box { return box40(320 - 6*float64(frame)) }
	for name, b := range map[string]func(int, tracker.Box) tracker.Result{
		"one hidden by the other while they pass": func(frame int, at tracker.Box) tracker.Result {
			if frame > 20 && frame < 30 {
				return nearest(right)(frame, at)
			}
			return nearest(left, right)(frame, at)
		},
		"both seen": nearest(left, right),
	} {
		said := meetings(t, 48, nearest(right, left), b, box40(20), box40(320))
		lost := 0
		for i, s := range said {
			for k, thing := range []func(int) tracker.Box{right, left} {
				if s[k].Result.State == tracker.Lost {
					lost++
				} else if i > 32 && s[k].Result.Box.IoU(thing(i+1)) < 0.9 {
					t.Errorf("%s, frame %d: target %d is at %v, want %v", name, i+1, k+1, s[k].Result.Box, thing(i+1))
				}
			}
		}
		last := said[len(said)-1]
		if last[0].Result.State == tracker.Lost || last[1].Result.State == tracker.Lost || lost > 30 {
			t.Errorf("%s: states %v, %v at the end; said lost %d times", name, last[0].Result.State, last[1].Result.State, lost)
		}
	}
}

// TestMeetingTheWorseFitIsLost: a target goes behind another for good; its tracker stays with what hides it, at a lower
// score.
func TestMeetingTheWorseFitIsLost(t *testing.T) {
	stays := func(int, tracker.Box) tracker.Result { return tracker.Result{Box: box40(200), Score: 0.9} }
	hides := func(frame int, _ tracker.Box) tracker.Result {
		if frame < 20 {
			return tracker.Result{Box: box40(100 + 5*float64(frame)), Score: 0.9}
		}
		return tracker.Result{Box: box40(202), Score: 0.5}
	}
	said := meetings(t, 60, stays, hides, box40(200), box40(100))
	for i, s := range said {
		if s[0].Result.State == tracker.Lost {
			t.Fatalf("frame %d: the one in front is said to be lost", i+1)
		}
		if lost := s[1].Result.State == tracker.Lost; i > 25 && !lost || i < 15 && lost {
			t.Fatalf("frame %d: of the hidden one lost is said to be %v", i+1, lost)
		}
	}
}

// TestMeetingTwoBoxesOnOneThing: who draws two boxes round one thing means it.
func TestMeetingTwoBoxesOnOneThing(t *testing.T) {
	stays := func(int, tracker.Box) tracker.Result { return tracker.Result{Box: box40(200), Score: 0.9} }
	for i, s := range meetings(t, 20, stays, stays, box40(200), box40(203)) {
		if s[0].Result.State != tracker.Tracking || s[1].Result.State != tracker.Tracking {
			t.Fatalf("frame %d: %v and %v", i+1, s[0].Result.State, s[1].Result.State)
		}
	}
}

// TestMeetingTheOtherIsRemoved: a target that is lost to another is free again when that one is forgotten.
func TestMeetingTheOtherIsRemoved(t *testing.T) {
	m := tracker.NewMulti(func() (tracker.Tracker, error) {
		return &scripted{look: func(frame int, at tracker.Box) tracker.Result {
			if frame < 4 {
				return tracker.Result{Box: at, Score: 0.9}
			}
			return tracker.Result{Box: box40(200), Score: 0.9}
		}}, nil
	})
	img := image.NewRGBA(image.Rect(0, 0, 400, 100))
	for _, x := range []float64{200, 100} {
		if _, err := m.Add(img, tracker.Start{Box: box40(x)}); err != nil {
			t.Fatal(err)
		}
	}
	update := func() {
		if _, err := m.Update(img); err != nil {
			t.Fatal(err)
		}
	}
	for range 10 {
		update()
	}
	if m.Targets()[1].Result.State != tracker.Lost {
		t.Error("the second is not said to be lost")
	}
	m.Remove(1)
	if update(); m.Targets()[0].Result.State != tracker.Tracking {
		t.Error("it is still said to be lost")
	}
	if n := testing.AllocsPerRun(20, update); n > 0 {
		t.Errorf("%v allocations an update", n)
	}
}

// wary is a tracker that notes what it is told of the others.
type wary struct {
	scripted
	others []tracker.Box
}

func (w *wary) Avoid(others []tracker.Box) { w.others = slices.Clone(others) }

// TestATrackerIsToldWhereTheOthersAre: where they were said to be last, as far as they are not lost.
func TestATrackerIsToldWhereTheOthersAre(t *testing.T) {
	var all []*wary
	m := tracker.NewMulti(func() (tracker.Tracker, error) {
		n := len(all)
		w := &wary{scripted: scripted{look: func(frame int, at tracker.Box) tracker.Result {
			r := tracker.Result{Box: at, Score: 0.9}
			if r.Box.X++; n == 1 && frame > 1 {
				r.State = tracker.Lost
			}
			return r
		}}}
		all = append(all, w)
		return w, nil
	})
	img := image.NewRGBA(image.Rect(0, 0, 400, 100))
	for _, x := range []float64{10, 100, 200} {
		if _, err := m.Add(img, tracker.Start{Box: tracker.Box{X: x, Y: 20, W: 30, H: 30}}); err != nil {
			t.Fatal(err)
		}
	}
	for frame, want := range [][3][]float64{
		{{100, 200}, {11, 200}, {11, 101}}, {{101, 201}, {12, 201}, {12}}, {{202}, {13, 202}, {13}},
	} {
		if _, err := m.Update(img); err != nil {
			t.Fatal(err)
		}
		for i, w := range all {
			var got []float64
			for _, b := range w.others {
				got = append(got, b.X)
			}
			if !slices.Equal(got, want[i]) {
				t.Errorf("frame %d: the %d-th was told of others at %v, want %v", frame, i, got, want[i])
			}
		}
	}
}
