package metric

import (
	"fmt"
	"math"
	"slices"

	"siamtrack/bench/region"
)

// LongTerm is one sequence of the long-term experiment.
type LongTerm struct {
	Trajectory, Truth []region.Region
	// Confidence has a value a frame; the start's may be NaN.
	Confidence []float64
	Bounds     region.Bounds
}

// FScore is the long-term result: precision and recall averaged over sequences at each threshold of confidence, and
// the best F = 2PR/(P+R) with its precision and recall.
type FScore struct {
	F, Precision, Recall        float64
	Thresholds                  []float64
	PrecisionCurve, RecallCurve []float64
}

// resolution is the number of thresholds, both infinities included.
const resolution = 100

// NewFScore scores sequences together. The thresholds are quantiles of all confidences, as each toolkit takes them.
func NewFScore(all []LongTerm, k VOTToolkit) (FScore, error) {
	var scores []float64
	for _, s := range all {
		if len(s.Trajectory) != len(s.Truth) || len(s.Confidence) != len(s.Truth) {
			return FScore{}, fmt.Errorf("metric: %d regions and %d confidences for %d frames of truth: %w",
				len(s.Trajectory), len(s.Confidence), len(s.Truth), ErrLength)
		}
		for _, c := range s.Confidence {
			if math.IsNaN(c) && k == VOTPython {
				c = 0 // what the toolkit says of a frame without confidence
			}
			if !math.IsNaN(c) {
				scores = append(scores, c)
			}
		}
	}
	f := FScore{Thresholds: thresholds(scores, k)}
	f.PrecisionCurve = make([]float64, len(f.Thresholds))
	f.RecallCurve = make([]float64, len(f.Thresholds))
	for _, s := range all {
		s.add(&f, k, float64(len(all)))
	}
	f.F = math.Inf(-1)
	for i, p := range f.PrecisionCurve {
		r := f.RecallCurve[i]
		if v := 2 * p * r / (p + r); v > f.F {
			f.F, f.Precision, f.Recall = v, p, r
		}
	}
	if math.IsInf(f.F, -1) {
		f.F = 0
	}
	return f, nil
}

// add adds one sequence's precision and recall, divided by the number of sequences.
func (s LongTerm) add(f *FScore, k VOTToolkit, n float64) {
	overlaps := RegionOverlaps(s.Trajectory, s.Truth, s.Bounds, k)
	visible := 0.0
	for i, g := range s.Truth {
		if g.Kind != region.Special {
			visible++
		}
		if math.IsNaN(overlaps[i]) { // pysot, of a code; the VOT toolkit lets two codes overlap fully
			overlaps[i] = 0
		}
	}
	for i, threshold := range f.Thresholds {
		sum, count := 0.0, 0.0
		for j, c := range s.Confidence {
			if math.IsNaN(c) {
				c = 0
			}
			if c >= threshold && !(k == VOTPySOT && math.IsInf(threshold, -1) && c <= 0) {
				sum += overlaps[j]
				count++
			}
		}
		if count == 0 {
			f.PrecisionCurve[i] += 1 / n
			continue
		}
		f.PrecisionCurve[i] += sum / count / n
		if visible > 0 {
			f.RecallCurve[i] += sum / visible / n
		}
	}
}

// thresholds picks at most 98 of the scores at even distances, between the two infinities.
func thresholds(scores []float64, k VOTToolkit) []float64 {
	scores = slices.Clone(scores)
	slices.Sort(scores)
	steps := resolution - 2
	if k == VOTPySOT {
		out := []float64{math.Inf(-1)}
		delta := math.Floor(float64(len(scores)) / float64(steps))
		for _, i := range linspace(delta-1, float64(len(scores))-delta, steps) {
			at := int(math.Floor(i + 0.5))
			if at < 0 { // numpy counts a negative index from the end
				at += len(scores)
			}
			if at >= 0 && at < len(scores) {
				out = append(out, scores[at])
			}
		}
		return append(out, math.Inf(1))
	}
	slices.Reverse(scores)
	out := []float64{math.Inf(1)}
	if len(scores) <= steps {
		out = append(out, scores...)
	} else {
		delta := math.Floor(float64(len(scores)) / float64(steps))
		for _, i := range linspace(delta, float64(len(scores))-delta, steps) {
			out = append(out, scores[min(int(math.RoundToEven(i)), len(scores)-1)])
		}
	}
	return append(out, math.Inf(-1))
}

// linspace gives n numbers from a to b, both included, as numpy does.
func linspace(a, b float64, n int) []float64 {
	out := make([]float64, n)
	step := (b - a) / float64(n-1)
	for i := range out {
		out[i] = float64(float64(i)*step) + a
	}
	out[n-1] = b
	return out
}
