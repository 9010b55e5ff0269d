package calibrate_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"siamtrack/match/calibrate"
)

// ties is a sample of 100 same and 200 different pairs, distances with two decimals, so that many are equal. It comes
// from a linear congruential generator that any language can repeat.
func ties() []calibrate.Measured {
	x := 12345
	next := func() float64 {
		x = (1103515245*x + 12345) % (1 << 31)
		return float64(x) / (1 << 31)
	}
	out := make([]calibrate.Measured, 300)
	for i := range out {
		centre := 0.65
		if i%3 == 0 {
			centre = 0.35
		}
		u, v := next(), next()
		out[i] = calibrate.Measured{Distance: math.Floor((centre+(u+v-1)*0.5)*100) / 100, Same: i%3 == 0}
	}
	return out
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("%s: %.15f, want %.15f", what, got, want)
	}
}

// The values are scikit-learn's (1.9.1): roc_auc_score and roc_curve(drop_intermediate=False) of the negated
// distances; the EER is where 1 - x meets the curve, joined by straight lines (scipy's brentq and interp1d).
func TestROCAsScikitLearn(t *testing.T) {
	r, err := calibrate.NewROC(ties())
	if err != nil {
		t.Fatal(err)
	}
	if r.Same != 100 || r.Different != 200 || len(r.Points) != 101 {
		t.Errorf("%d same, %d different, %d points; want 100, 200, 101", r.Same, r.Different, len(r.Points))
	}
	near(t, "AUC", r.AUC(), 0.8704500000000001)
	near(t, "EER", r.EER(), 0.2125)
	for _, c := range []struct{ far, gotFAR, tar, threshold float64 }{
		{0.01, 0.01, 0.33, 0.225}, {0.05, 0.045, 0.44, 0.295}, {0.1, 0.1, 0.62, 0.395},
	} {
		p := r.AtFAR(c.far)
		near(t, "FAR", p.FAR, c.gotFAR)
		near(t, "TAR", p.TAR, c.tar)
		near(t, "threshold", p.Distance, c.threshold)
	}
}

func sample(same, different []float64) []calibrate.Measured {
	var out []calibrate.Measured
	for _, d := range same {
		out = append(out, calibrate.Measured{Distance: d, Same: true})
	}
	for _, d := range different {
		out = append(out, calibrate.Measured{Distance: d})
	}
	return out
}

func TestROCClosedForms(t *testing.T) {
	for _, c := range []struct {
		name            string
		same, different []float64
		auc, eer        float64
	}{
		{"apart", []float64{1, 2}, []float64{3, 4, 5}, 1, 0},
		{"the wrong way round", []float64{3, 4}, []float64{1, 2}, 0, 1},
		{"all equal", []float64{1, 1, 1}, []float64{1, 1}, 0.5, 0.5},
		{"one of four pairs wrong", []float64{1, 3}, []float64{2, 4}, 0.75, 0.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := calibrate.NewROC(sample(c.same, c.different))
			if err != nil {
				t.Fatal(err)
			}
			near(t, "AUC", r.AUC(), c.auc)
			near(t, "EER", r.EER(), c.eer)
		})
	}
}

// The threshold lies half way between the last pair that it accepts and the next one.
func TestAtFAREnds(t *testing.T) {
	r, err := calibrate.NewROC(sample([]float64{1, 2}, []float64{3, 4}))
	if err != nil {
		t.Fatal(err)
	}
	if p := r.AtFAR(0); p.Distance != 2.5 || p.FAR != 0 || p.TAR != 1 {
		t.Errorf("apart: %+v, want 2.5", p)
	}
	if p := r.AtFAR(1); p.Distance != 4 || p.FAR != 1 {
		t.Errorf("everything accepted: %+v, want 4", p)
	}
	if r, err = calibrate.NewROC(sample([]float64{3}, []float64{1})); err != nil {
		t.Fatal(err)
	}
	if p := r.AtFAR(0); p.Distance != 0.5 || p.TAR != 0 {
		t.Errorf("nothing accepted: %+v, want half of 1", p)
	}
}

// The ends are those of scipy.stats.binomtest(k, n).proportion_ci(method="wilson") (SciPy 1.17.1).
func TestAccuracyAsSciPy(t *testing.T) {
	for _, c := range []struct {
		right, of int
		low, high float64
	}{
		{0, 10, 0, 0.27753279986288926},
		{8, 10, 0.4901624715366418, 0.9433178485456248},
		{81, 100, 0.7222115462093562, 0.8748524849023126},
		{10, 10, 0.7224672001371109, 1},
	} {
		a := calibrate.NewAccuracy(c.right, c.of)
		near(t, "low", a.Low, c.low)
		near(t, "high", a.High, c.high)
		near(t, "share", a.Share, float64(c.right)/float64(c.of))
	}
}

func TestCrossValidate(t *testing.T) {
	a, err := calibrate.CrossValidate(sample([]float64{1, 2, 1, 2}, []float64{3, 4, 5, 3}))
	if err != nil || a.Right != 8 || a.Of != 8 {
		t.Errorf("apart: %+v, %v; want 8 of 8", a, err)
	}
	// Where the distance says nothing, half of the verdicts are right.
	a, err = calibrate.CrossValidate(sample([]float64{1, 5}, []float64{1, 5}))
	if err != nil || a.Right != 2 {
		t.Errorf("chance: %+v, %v; want 2 of 4", a, err)
	}
	if _, err := calibrate.CrossValidate(sample([]float64{1}, []float64{2, 3})); !errors.Is(err, calibrate.ErrLabels) {
		t.Errorf("one same pair: %v", err)
	}
	if _, err := calibrate.NewROC(sample([]float64{1}, nil)); !errors.Is(err, calibrate.ErrLabels) {
		t.Errorf("no different pair: %v", err)
	}
}

func TestDraw(t *testing.T) {
	r, err := calibrate.NewReport(ties(), 0.05, "ties")
	if err != nil {
		t.Fatal(err)
	}
	near(t, "threshold", r.Threshold.Distance, 0.295)
	dir := t.TempDir()
	for name, begins := range map[string]string{"roc.svg": "<?xml", "roc.png": "\x89PNG", "roc.pdf": "%PDF"} {
		path := filepath.Join(dir, name)
		if err := r.Draw(path, "ties"); err != nil {
			t.Fatal(err)
		}
		first, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(first, []byte(begins)) {
			t.Errorf("%s begins with %q, %v", name, first[:min(8, len(first))], err)
		}
	}
	if err := r.Draw(filepath.Join(dir, "roc.txt"), "ties"); err == nil {
		t.Error("a plot as .txt")
	}
	if err := r.Draw(filepath.Join(dir, "none", "roc.svg"), "ties"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
