package metric

import (
	"errors"
	"math"
	"slices"
	"testing"

	"siamtrack/bench/region"
	"siamtrack/tracker"
)

// held is a box whose overlap with the truth is that of the frame: of the truth's height and a share of its width.
func held(overlap float64) region.Region {
	return region.FromBox(tracker.Box{X: 100, Y: 100, W: 100 * overlap, H: 20})
}

// halfPySOT is pysot's overlap of a box of half the truth's width: 51 of 101 columns.
const halfPySOT = 51.0 / 101

// single fails where a number of single precision is not what it should be.
func single(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-7) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// truthOf is a target that stands still.
func truthOf(n int) []region.Region {
	out := make([]region.Region, n)
	for i := range out {
		out[i] = held(1)
	}
	return out
}

// track writes a trajectory from letters: i start, f failure, - skipped, h overlap 0.5, x overlap 1, 0 none.
func track(s string) []region.Region {
	var out []region.Region
	for _, c := range s {
		switch c {
		case 'i':
			out = append(out, region.FromCode(region.Init))
		case 'f':
			out = append(out, region.FromCode(region.Failure))
		case '-':
			out = append(out, region.FromCode(region.Unknown))
		case 'h':
			out = append(out, held(0.5))
		case 'x':
			out = append(out, held(1))
		case '0':
			out = append(out, region.FromBox(tracker.Box{X: 400, Y: 300, W: 10, H: 10}))
		}
	}
	return out
}

// frame is the size of the frames.
func frame() region.Bounds { return region.Bounds{Width: 640, Height: 480} }

// supervised is a sequence of one trajectory.
func supervised(t *testing.T, s string, k VOTToolkit) Supervised {
	t.Helper()
	traj := track(s)
	out, err := NewSupervised([][]region.Region{traj}, truthOf(len(traj)), frame(), k)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestAccuracyRobustness: the ten frames from a start on do not count; the two toolkits pool differently. Long has 20
// frames of which 10 to 19 count (overlap 1); Short fails at 12, of its frames 10 and 11 count (overlap 0.5).
func TestAccuracyRobustness(t *testing.T) {
	both := func(k VOTToolkit) AccuracyRobustness {
		long, short := supervised(t, "ihhhhhhhhhxxxxxxxxxx", k), supervised(t, "ixxxxxxxxxhhf----i", k)
		return NewAccuracyRobustness([]Supervised{long, short})
	}
	vot := both(VOTPython)
	near(t, "vot accuracy", vot.Accuracy, (1*20+0.5*18)/38)
	near(t, "vot robustness", vot.Robustness, 1*18/38.0)
	near(t, "lost", vot.Lost, 1)
	ps := both(VOTPySOT)
	single(t, "pysot accuracy", ps.Accuracy, (10*1+2*halfPySOT)/12)
	near(t, "pysot robustness", ps.Robustness, 100/38.0)
	if _, err := NewSupervised([][]region.Region{track("i")}, truthOf(2), frame(), VOTPython); !errors.Is(err, ErrLength) {
		t.Error(err)
	}
	if _, err := NewSupervised(nil, truthOf(2), frame(), VOTPython); !errors.Is(err, ErrLength) {
		t.Error(err)
	}
}

// TestByTag: of the tagged frames 10 to 13 the first two count with overlap 0.5, one fails, one is skipped.
func TestByTag(t *testing.T) {
	s := supervised(t, "ixxxxxxxxxhhf----i", VOTPython)
	tagged := make([]bool, 18)
	for i := 10; i < 14; i++ {
		tagged[i] = true
	}
	a, lost := ByTag([]Supervised{s, supervised(t, "ixx", VOTPython)}, [][]bool{tagged, nil})
	near(t, "accuracy", a, 0.5)
	near(t, "lost", lost, 1)
}

// TestEAO: one run that holds on at 0.5 for 5 frames, and one that fails in the 3rd frame and never starts again. At
// length 4 the first has 0.5, the second (1+0+0+0)/4 of which it was on the target for one frame.
func TestEAO(t *testing.T) {
	curve, err := EAOCurve([]Supervised{supervised(t, "ihhhh", VOTPython), supervised(t, "ixf", VOTPython)})
	if err != nil || len(curve) != 5 {
		t.Fatal(curve, err)
	}
	for i, want := range []float64{0, (0.5 + 1) / 2, (0.5 + 0.5) / 2, (0.5 + 1.0/3) / 2, (0.5 + 0.25) / 2} {
		near(t, "EAO", curve[i], want)
	}
	near(t, "interval", EAOInterval{2, 3}.Score(curve, VOTPython), (curve[2]+curve[3])/2)
	near(t, "pysot's interval", EAOInterval{2, 3}.Score(curve, VOTPySOT), (curve[1]+curve[2])/2)
	near(t, "cut at the curve's end", EAOInterval{3, 100}.Score(curve, VOTPython), (curve[3]+curve[4])/2)
	if v := (EAOInterval{100, 200}).Score(curve, VOTPython); !math.IsNaN(v) {
		t.Errorf("an interval past the end: %v", v)
	}
	for garbled, frame := range map[string]int{"fi": 1, "ixxixf": 4, "ixf----f": 8, "ixfixfi-i": 9} {
		var at *FrameError
		if _, err := EAOCurve([]Supervised{supervised(t, garbled, VOTPython)}); !errors.Is(err, ErrTrack) ||
			!errors.As(err, &at) || at.Frame != frame {
			t.Errorf("%s: %v, want frame %d", garbled, err, frame)
		}
	}
	ps, err := EAOCurve([]Supervised{supervised(t, "ihhhh", VOTPySOT)})
	if err != nil || ps[0] != 1 || math.Abs(ps[4]-halfPySOT) > 1e-6 {
		t.Errorf("pysot: %v %v", ps, err)
	}
	// pysot pads failed fragments to the longest sequence's length: two of "ixxf----i" and one that ends as "ixx"
	if ps, err = EAOCurve([]Supervised{supervised(t, "ixxf----ixxf----ixx", VOTPySOT)}); err != nil || len(ps) != 19 {
		t.Fatalf("pysot, failures: %v %v", ps, err)
	}
	near(t, "pysot at 2", ps[2], 1)
	single(t, "pysot at 3", ps[3], 2.0/3)
	single(t, "pysot at 18", ps[18], 2.0/18)
	for name, want := range map[string]EAOInterval{"vot2018": {100, 356}, "VOT2019": {46, 291}, "vot-2016": {108, 371},
		"vot2022shortterm": {115, 755}} {
		if got, ok := EAOIntervalOf(name); !ok || got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if _, ok := EAOIntervalOf("OTB2015"); ok {
		t.Error("OTB has no EAO")
	}
}

// TestMultiStart: 30 frames of which 5 are tracked before ten without overlap: progress 5 (the start's frame, whose
// code overlaps nothing, is one of them).
func TestMultiStart(t *testing.T) {
	run := func(s string) Run {
		return Run{track(s), truthOf(len(s)), frame()}
	}
	lost := "ixxxx0000000000" + "xxxxxxxxxxxxxxx"
	m, err := NewMultiStart([]Run{run(lost)}, 30, 20)
	if err != nil {
		t.Fatal(err)
	}
	if m.Progress != 5 || m.Total != 30 {
		t.Errorf("progress %d of %d, want 5 of 30", m.Progress, m.Total)
	}
	near(t, "accuracy", m.Accuracy(), 4.0/5)
	near(t, "robustness", m.Robustness(), 5.0/30)
	held, err := NewMultiStart([]Run{run("ixxxx000000000xxxx")}, 18, 20) // nine in a row are forgiven
	if err != nil || held.Progress != 18 {
		t.Errorf("%d, want 18: %v", held.Progress, err)
	}
	a, r, curve := PoolMultiStart([]MultiStart{m, held})
	near(t, "pooled accuracy", a, (4.0+8)/(5+18))
	near(t, "pooled robustness", r, (5.0/30*30+1*18)/48)
	near(t, "curve at 10", curve[10], (4.0/10+4.0/10)/2)
	near(t, "curve at 19: the run that held has ended", curve[19], 4.0/19)
}

// TestFScore: confidences that tell right from wrong let precision be 1 at a recall of one half.
func TestFScore(t *testing.T) {
	n := 10
	traj, conf := track("ixxxxx0000"), make([]float64, n)
	for i := range conf {
		conf[i] = 1
		if i > 5 {
			conf[i] = 0.1
		}
	}
	conf[0] = math.NaN()
	for _, k := range []VOTToolkit{VOTPython, VOTPySOT} {
		f, err := NewFScore([]LongTerm{{Trajectory: traj, Truth: truthOf(n), Confidence: conf, Bounds: frame()}}, k)
		if err != nil {
			t.Fatal(err)
		}
		near(t, string(k)+" precision", f.Precision, 1)
		near(t, string(k)+" recall", f.Recall, 0.5)
		near(t, string(k)+" F", f.F, 2*0.5/1.5)
	}
	never := make([]region.Region, n) // a target that is never seen gives no recall, not none of all scores
	f, err := NewFScore([]LongTerm{{Trajectory: traj, Truth: never, Confidence: conf, Bounds: frame()}}, VOTPython)
	if err != nil || math.IsNaN(f.F) || slices.ContainsFunc(f.RecallCurve, func(v float64) bool { return v != 0 }) {
		t.Errorf("never visible: %+v %v", f, err)
	}
	if !math.IsNaN(conf[0]) {
		t.Error("the caller's confidences were changed")
	}
	cut := LongTerm{Trajectory: traj, Truth: truthOf(3), Confidence: conf}
	if _, err := NewFScore([]LongTerm{cut}, VOTPython); !errors.Is(err, ErrLength) {
		t.Error(err)
	}
}
