package score

import (
	"math"
	"testing"
)

// TestPair: starts of one target count together, first frames and frames without a target do not count, and the
// standard error is the sample's: of -0.1 and 0.3 it is 0.2 (by hand).
func TestPair(t *testing.T) {
	nan := math.NaN()
	a := Tracker{Name: "a", Sequences: []Sequence{
		{Name: "car.f0", Overlaps: []float64{1, 0.5, 0.5}},
		{Name: "car.b1", Overlaps: []float64{1, nan, 0.2}},
		{Name: "dog", Overlaps: []float64{0, 0.9}},
		{Name: "same", Overlaps: []float64{1, 0.5}},
		{Name: "alone", Overlaps: []float64{1, 1}},
	}}
	b := Tracker{Name: "b", Sequences: []Sequence{
		{Name: "dog", Overlaps: []float64{1, 0.6}},
		{Name: "car.f0", Overlaps: []float64{1, 0.6, 0.5}},
		{Name: "car.b1", Overlaps: []float64{1, nan, 0.4}},
		{Name: "blank", Overlaps: []float64{1, nan}},
	}}
	p := Pair(a, b)
	near := func(x, y float64) bool { return math.Abs(x-y) < 1e-12 }
	if p.A != "a" || p.B != "b" || !near(p.Mean, 0.1) || !near(p.StdErr, 0.2) || p.Better != 1 || p.Worse != 1 {
		t.Errorf("%+v", p)
	}
	if len(p.Targets) != 2 || p.Targets[0].Name != "dog" || !near(p.Targets[1].Change, -0.1) {
		t.Errorf("%+v", p.Targets)
	}
	b.Sequences = append(b.Sequences, Sequence{Name: "same", Overlaps: []float64{1, 0.5 + SameOverlap/2}})
	if p = Pair(a, b); len(p.Targets) != 3 || p.Better != 1 || p.Worse != 1 {
		t.Errorf("a change of less than SameOverlap counts: %+v", p)
	}
	if p = Pair(a, Tracker{}); !math.IsNaN(p.Mean) || len(p.Targets) != 0 {
		t.Errorf("nothing in common: %+v", p)
	}
}

func TestTargetOf(t *testing.T) {
	for sequence, want := range map[string]string{
		"Car4.b0": "Car4", "Jogging_1.f2": "Jogging_1", "Jogging.1": "Jogging.1", "Car4": "Car4", ".hidden": ".hidden",
		"a.b.left": "a.b", "": "",
	} {
		if got := targetOf(sequence); got != want {
			t.Errorf("%q: %q, want %q", sequence, got, want)
		}
	}
}
