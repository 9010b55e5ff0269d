package tracker_test

import (
	"testing"

	"siamtrack/tracker"
)

// sure is a response map of one row of 20-pixel cells over the 400 pixels of the frame, high where things are.
func sure(values map[float64]float32) *tracker.Response {
	r := &tracker.Response{Values: make([]float32, 20), Width: 20, Height: 1, Area: tracker.Box{Y: 40, W: 400, H: 20}}
	for x, v := range values {
		if i := int(x / 20); i >= 0 && i < 20 {
			r.Values[i] = max(r.Values[i], v)
		}
	}
	return r
}

// TestPartingTrackersChangeBack: two things that look alike go through one another, and while they do each tracker
// jumps to the other one: after that each is where it should be again.
func TestPartingTrackersChangeBack(t *testing.T) {
	right := func(frame int) tracker.Box { return box40(20 + 6*float64(frame)) }
	left := func(frame int) tracker.Box { return box40(320 - 6*float64(frame)) }
	jumps := func(to func(int) tracker.Box) func(int, tracker.Box) tracker.Result {
		return func(frame int, at tracker.Box) tracker.Result {
			if frame == 27 {
				return tracker.Result{Box: to(frame), Score: 0.8}
			}
			return nearest(right, left)(frame, at)
		}
	}
	said := meetings(t, 48, jumps(left), jumps(right), box40(20), box40(320))
	for i, s := range said {
		for k, thing := range []func(int) tracker.Box{right, left} {
			if i > 30 && (s[k].Result.State != tracker.Tracking || s[k].Result.Box.IoU(thing(i+1)) < 0.9) {
				t.Errorf("frame %d: target %d is at %v, want %v", i+1, k+1, s[k].Result.Box, thing(i+1))
			}
		}
	}
}

// TestPartingWhoLooksDifferent: two things meet and turn back. They were thought to go on, but do not look alike: none
// is taken for the other.
func TestPartingWhoLooksDifferent(t *testing.T) {
	turn := func(frame int) float64 { return 6 * float64(min(frame, 50-frame)) }
	one := func(frame int) tracker.Box { return box40(20 + turn(frame)) }
	other := func(frame int) tracker.Box { return box40(320 - turn(frame)) }
	follows := func(own, other func(int) tracker.Box) func(int, tracker.Box) tracker.Result {
		return func(frame int, _ tracker.Box) tracker.Result {
			x, _ := own(frame).Center()
			u, _ := other(frame).Center()
			return tracker.Result{Box: own(frame), Score: 0.8, Response: sure(map[float64]float32{x: 0.8, u: 0.01})}
		}
	}
	for i, s := range meetings(t, 48, follows(one, other), follows(other, one), box40(20), box40(320)) {
		for k, thing := range []func(int) tracker.Box{one, other} {
			if s[k].Result.State == tracker.Tracking && s[k].Result.Box.IoU(thing(i+1)) < 0.9 {
				t.Errorf("frame %d: target %d is at %v, want %v", i+1, k+1, s[k].Result.Box, thing(i+1))
			}
		}
	}
}
