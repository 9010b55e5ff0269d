package clock

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestHistogramQuantiles(t *testing.T) {
	var h Histogram
	var all []time.Duration
	rng := rand.New(rand.NewPCG(1, 2))
	for range 10000 {
		d := time.Duration(math.Exp(rng.NormFloat64()*2) * 1e6)
		h.Add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, q := range []float64{0, 0.05, 0.5, 0.95, 0.999, 1} {
		want := all[max(0, int(math.Ceil(q*float64(len(all))))-1)]
		if got := h.Quantile(q); math.Abs(float64(got)/float64(want)-1) > 0.011 {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
	var empty Histogram
	empty.Add(-time.Second) // a clock that went backwards
	empty.Add(1 << 62)
	if (&Histogram{}).Quantile(0.5) != 0 || empty.Len() != 2 {
		t.Error("the ends of the range")
	}
}
