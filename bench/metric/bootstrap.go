package metric

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Difference is a difference of two means over sequences, with its bootstrap confidence interval.
type Difference struct {
	Mean, Low, High float64
	// Level is the interval's confidence, Resamples how many were drawn.
	Level     float64
	Resamples int
}

// Significant reports whether the interval leaves out zero.
func (d Difference) Significant() bool { return d.Low > 0 || d.High < 0 }

// Bootstrap estimates how sure the difference mean(a) - mean(b) is, a and b being two trackers' scores on the same
// sequences: the percentile bootstrap over sequences (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993,
// chapter 13), which draws sequences with replacement and keeps their pairs together. seed makes it repeatable.
func Bootstrap(a, b []float64, level float64, resamples int, seed uint64) (Difference, error) {
	if len(a) != len(b) || len(a) == 0 {
		return Difference{}, fmt.Errorf("metric: bootstrap of %d and %d scores: %w", len(a), len(b), ErrLength)
	}
	if level <= 0 || level >= 1 || resamples < 1 {
		return Difference{}, fmt.Errorf("metric: bootstrap at level %v with %d resamples", level, resamples)
	}
	diff := make([]float64, len(a))
	for i := range a {
		diff[i] = a[i] - b[i]
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	means := make([]float64, resamples)
	for i := range means {
		for range diff {
			means[i] += diff[rng.IntN(len(diff))]
		}
		means[i] /= float64(len(diff))
	}
	slices.Sort(means)
	tail := (1 - level) / 2
	return Difference{Mean(diff), quantile(means, tail), quantile(means, 1-tail), level, resamples}, nil
}

// quantile interpolates between sorted values, as numpy does by default.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(math.Floor(at))
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// Percentiles returns the values below which the given shares (0 to 1) of v lie; NaN of nothing.
func Percentiles(v []float64, shares ...float64) []float64 {
	sorted := slices.Clone(v)
	slices.Sort(sorted)
	out := make([]float64, len(shares))
	for i, q := range shares {
		out[i] = math.NaN()
		if len(sorted) > 0 {
			out[i] = quantile(sorted, q)
		}
	}
	return out
}
