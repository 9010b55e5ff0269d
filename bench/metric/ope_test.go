package metric

import (
	"errors"
	"math"
	"testing"

	"siamtrack/tracker"
)

// near fails where got is not want to 1e-12.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12 || math.IsNaN(got) != math.IsNaN(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestPerfect: the best that a perfect track can reach, in each convention (metric thresholds are strict, so the last
// point of a success curve is 0): 20/21, and 0.975 for TrackingNet's area.
func TestPerfect(t *testing.T) {
	truth := []tracker.Box{{X: 10, Y: 10, W: 20, H: 30}, {X: 12, Y: 11, W: 20, H: 30}, {X: 300.5, Y: 200.25, W: 7, H: 9}}
	for _, c := range Conventions() {
		o, err := OnePass(Track{Boxes: truth, Truth: truth}, c)
		if err != nil {
			t.Fatal(c, err)
		}
		want := 20.0 / 21
		if c == TrackingNet {
			want = 0.975
		}
		near(t, string(c)+" AUC", o.AUC(), want)
		near(t, string(c)+" P@20", o.Precision20(), 1)
		near(t, string(c)+" Pnorm", o.NormPrecision20(), 1)
	}
	o, err := Overlaps(Track{Boxes: truth, Truth: truth}, 640, 480)
	if err != nil {
		t.Fatal(err)
	}
	a := NewAverageOverlap(o)
	near(t, "AO", a.AO, 1)
	near(t, "101 points", Mean(a.Success), 100.0/101)
}

// TestAbsentFrames: five frames, the target absent in the last two; the box is right in the first three.
func TestAbsentFrames(t *testing.T) {
	g := tracker.Box{X: 50, Y: 50, W: 20, H: 20}
	far := tracker.Box{X: 400, Y: 300, W: 20, H: 20}
	truth := []tracker.Box{g, g, g, g, g}
	boxes := []tracker.Box{g, g, g, far, far}
	absent := []bool{false, false, false, true, true}
	for c, want := range map[Convention]float64{
		GOT10k:     20.0 / 21, // dropped
		PyTracking: 3.0 / 5 * 20.0 / 21,
		LaSOT:      3.0 / 5 * 20.0 / 21, // the denominator stays the full length
		PySOT:      3.0 / 5 * 20.0 / 21,
	} {
		o, err := OnePass(Track{Boxes: boxes, Truth: truth, Absent: absent}, c)
		if err != nil {
			t.Fatal(c, err)
		}
		near(t, string(c), o.AUC(), want)
	}
}

// TestNaNTruth: a frame whose truth is NaN leaves got10k's count, and in pysot fails every overlap but passes every
// centre error (metrics quirk B).
func TestNaNTruth(t *testing.T) {
	g, nan := tracker.Box{X: 50, Y: 50, W: 20, H: 20}, math.NaN()
	truth := []tracker.Box{g, g, {X: nan, Y: nan, W: nan, H: nan}, g}
	far := tracker.Box{X: 400, Y: 300, W: 20, H: 20}
	boxes := []tracker.Box{g, g, far, far}
	got, err := OnePass(Track{Boxes: boxes, Truth: truth}, GOT10k)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "got10k AUC", got.AUC(), 2.0/3*20/21)
	near(t, "got10k P@20", got.Precision20(), 2.0/3)
	ps, err := OnePass(Track{Boxes: boxes, Truth: truth}, PySOT)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "pysot AUC", ps.AUC(), 2.0/4*20/21)
	near(t, "pysot P@20", ps.Precision20(), 3.0/4)
	// worked out by hand from pytracking b6d984d, analysis/extract_results.py: the denominator is the full length, the
	// frame whose truth is NaN a hit for both errors, one whose truth has no size a hit for the normalised one only
	for name, c := range map[string]struct {
		odd            tracker.Box
		auc, p20, norm float64
	}{
		"NaN":     {truth[2], 2.0 / 4 * 20 / 21, 3.0 / 4, 3.0 / 4},
		"no size": {tracker.Box{X: 50, Y: 50}, 2.0 / 4 * 20 / 21, 2.0 / 4, 3.0 / 4},
	} {
		pt, err := OnePass(Track{Boxes: boxes, Truth: []tracker.Box{g, g, c.odd, g}}, PyTracking)
		if err != nil {
			t.Fatal(err)
		}
		near(t, name+": pytracking AUC", pt.AUC(), c.auc)
		near(t, name+": pytracking P@20", pt.Precision20(), c.p20)
		near(t, name+": pytracking Pnorm", pt.NormPrecision20(), c.norm)
	}
}

// TestBadBoxes: what each convention makes of a box that is no box.
func TestBadBoxes(t *testing.T) {
	g, nan := tracker.Box{X: 50, Y: 50, W: 20, H: 20}, math.NaN()
	truth := []tracker.Box{g, g, g}
	for name, bad := range map[string]tracker.Box{"NaN": {X: nan, Y: 1, W: 2, H: 2}, "zero": {X: 50, Y: 50}} {
		boxes := []tracker.Box{g, g, bad}
		o, err := OnePass(Track{Boxes: boxes, Truth: truth}, LaSOT)
		if err != nil {
			t.Fatal(err)
		}
		near(t, name+": lasot repeats the box before", o.AUC(), 20.0/21)
		if o, err = OnePass(Track{Boxes: boxes, Truth: truth}, GOT10k); err != nil {
			t.Fatal(err)
		}
		near(t, name+": got10k takes it as it is", o.AUC(), 2.0/3*20/21)
	}
	none := Track{Boxes: []tracker.Box{g, g, {X: nan}}, Truth: truth}
	if _, err := OnePass(none, PyTracking); !errors.Is(err, ErrTrack) {
		t.Errorf("pytracking refuses a NaN: %v", err)
	}
	if boxes := []tracker.Box{g, g, {X: 50, Y: 50}}; true {
		if _, err := OnePass(Track{Boxes: boxes, Truth: truth}, LaSOT); err != nil || boxes[2].W != 0 {
			t.Errorf("the caller's boxes were changed: %v %v", boxes, err)
		}
	}
}

// TestLengths: a track that is not as long as its truth is refused; LaSOT and pytracking cut a longer one.
func TestLengths(t *testing.T) {
	g := tracker.Box{X: 50, Y: 50, W: 20, H: 20}
	for _, c := range Conventions() {
		if _, err := OnePass(Track{Boxes: []tracker.Box{g}, Truth: []tracker.Box{g, g}}, c); !errors.Is(err, ErrLength) {
			t.Errorf("%s, too short: %v", c, err)
		}
		_, err := OnePass(Track{Boxes: []tracker.Box{g, g, g}, Truth: []tracker.Box{g, g}}, c)
		if cuts := c == LaSOT || c == PyTracking; cuts != (err == nil) {
			t.Errorf("%s, too long: %v", c, err)
		}
		if _, err := OnePass(Track{}, c); err == nil {
			t.Errorf("%s: nothing was scored", c)
		}
	}
}

// TestBound: GOT-10k's clipping is no intersection: a box that begins left of the frame keeps its width.
func TestBound(t *testing.T) {
	got, want := bound(tracker.Box{X: -10, Y: 5, W: 50, H: 20}, 100, 20), tracker.Box{X: 0, Y: 5, W: 50, H: 15}
	if got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestSpeed: nine frames of 10 ms and one of 100 ms make 52.6 frames/s; the mean of 1/t says 91.
func TestSpeed(t *testing.T) {
	s := []float64{0, .01, .01, .01, .01, .01, .01, .01, .01, .01, .1}
	f := Speed(s)
	near(t, "N/sum", f.Rate, 10/0.19)
	near(t, "mean 1/t", f.MeanInverse, 91)
}

// TestBootstrap: a constant difference has no spread; the interval of coin flips holds their mean.
func TestBootstrap(t *testing.T) {
	d, err := Bootstrap([]float64{3, 4, 5}, []float64{1, 2, 3}, 0.95, 100, 7)
	if err != nil || d.Mean != 2 || d.Low != 2 || d.High != 2 || !d.Significant() {
		t.Errorf("%+v %v", d, err)
	}
	var a, b []float64
	for i := range 400 {
		a, b = append(a, float64(i%2)), append(b, 0.5)
	}
	d, err = Bootstrap(a, b, 0.95, 2000, 7)
	// the standard error of the mean of 400 fair coins is 0.025: the 95% interval is about +-0.049
	if err != nil || d.Significant() || math.Abs(d.High-0.049) > 0.008 || math.Abs(d.Low+0.049) > 0.008 {
		t.Errorf("%+v %v", d, err)
	}
	if _, err := Bootstrap(a, b[:3], 0.95, 10, 1); !errors.Is(err, ErrLength) {
		t.Error(err)
	}
}
