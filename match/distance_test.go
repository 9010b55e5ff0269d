package match_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"siamtrack/match"
)

// between prepares copies of two vectors and compares them.
func between(d match.Distance, a, b []float32) float64 {
	pa, pb := append([]float32(nil), a...), append([]float32(nil), b...)
	d.Prepare(pa)
	d.Prepare(pb)
	return d.Between(pa, pb)
}

// The values are scipy.spatial.distance.euclidean, cosine and correlation of the same vectors (SciPy 1.17.1).
func TestDistancesAsSciPy(t *testing.T) {
	a := []float32{1, 2, 3, 4, 5, 6, 7, 8, 9}
	b := []float32{2, 1, 4, 3, 6, 5, 8, 7, -3}
	for d, want := range map[match.Distance]float64{
		match.Euclidean:   12.328828005937952,
		match.Cosine:      0.29784357945719797,
		match.Correlation: 0.8923236195883668,
	} {
		if got := between(d, a, b); math.Abs(got-want) > 1e-6 {
			t.Errorf("%s: %.10f, want %.10f", d, got, want)
		}
	}
}

func TestDistanceProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, d := range match.Distances() {
		for n := range 40 {
			a, b := make([]float32, n+5), make([]float32, n+5)
			for i := range a {
				a[i], b[i] = r.Float32()-0.5, r.Float32()-0.5
			}
			ab, ba, aa := between(d, a, b), between(d, b, a), between(d, a, a)
			if ab != ba || ab < 0 {
				t.Errorf("%s of %d numbers: %v one way, %v the other", d, n+5, ab, ba)
			}
			if aa > 1e-6 {
				t.Errorf("%s of %d numbers to themselves: %v", d, n+5, aa)
			}
			if s := d.Similarity(ab); !(s >= 0 && s < d.Similarity(aa) && d.Similarity(0) == 1) {
				t.Errorf("%s: similarity %v at distance %v", d, s, ab)
			}
		}
	}
}

// Opposite vectors are as far apart as there is, those without direction neither near nor far.
func TestDistanceEnds(t *testing.T) {
	for _, d := range []match.Distance{match.Cosine, match.Correlation} {
		a, minus, zero := []float32{1, -2, 4}, []float32{-1, 2, -4}, []float32{0, 0, 0}
		if got := between(d, a, minus); math.Abs(got-2) > 1e-6 {
			t.Errorf("%s of opposites: %v, want 2", d, got)
		}
		if got := between(d, a, zero); got != 1 {
			t.Errorf("%s to zero: %v, want 1", d, got)
		}
	}
	if got := between(match.Correlation, []float32{1, -2, 4}, []float32{0.1, 0.1, 0.1}); got != 1 {
		t.Errorf("correlation to a constant: %v, want 1", got)
	}
}

func TestParseDistance(t *testing.T) {
	if d, err := match.ParseDistance("cosine"); err != nil || d != match.Cosine {
		t.Errorf("%q, %v", d, err)
	}
	if _, err := match.ParseDistance("Manhattan"); err == nil {
		t.Error("Manhattan is taken")
	}
}
