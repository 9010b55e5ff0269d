package metric

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"siamtrack/bench/region"
)

// EAOInterval is the range of sequence lengths over which the expected average overlap is averaged, both ends included.
type EAOInterval struct{ Low, High int }

// EAOIntervalOf returns the interval of a challenge by its name ("vot2018", "VOT-ST2019" ...). VOT 2013 to 2015 used
// one estimated from their sequences' lengths; the toolkit's stack for 2015 carries 2016's numbers.
func EAOIntervalOf(name string) (EAOInterval, bool) {
	name = strings.ToLower(name)
	for _, y := range []struct {
		year string
		EAOInterval
	}{
		{"2015", EAOInterval{108, 371}}, {"2016", EAOInterval{108, 371}}, {"2017", EAOInterval{100, 356}},
		{"2018", EAOInterval{100, 356}}, {"2019", EAOInterval{46, 291}}, {"2020", EAOInterval{115, 755}},
		{"2021", EAOInterval{115, 755}}, {"2022", EAOInterval{115, 755}},
	} {
		if strings.Contains(name, "vot") && strings.Contains(name, y.year) {
			return y.EAOInterval, true
		}
	}
	return EAOInterval{}, false
}

// Score is the expected average overlap: the mean of a curve over the interval. curve[i] is the value at length i for
// the VOT toolkit, which takes curve[Low] to curve[High]; pysot takes curve[Low-1] to curve[High-1]. It is NaN where
// the curve ends before the interval begins.
func (e EAOInterval) Score(curve []float64, k VOTToolkit) float64 {
	low, high := e.Low, e.High
	if k == VOTPySOT {
		low, high = low-1, high-1
	}
	high = min(high, len(curve)-1)
	if low < 0 || low > high {
		return math.NaN()
	}
	sum, n := 0.0, 0.0
	for _, v := range curve[low : high+1] {
		if !math.IsNaN(v) { // pysot leaves out the lengths without a value
			sum, n = sum+v, n+1
		}
	}
	return sum / n
}

// fragment is a piece of a trajectory from a start on.
type fragment struct {
	overlaps []float64
	// failed fragments count as zero after their end, for every longer length; the others say nothing past it.
	failed bool
	weight float64
}

// EAOCurve returns the expected average overlap over sequence length, of the reset-based experiment, by the rules that
// the sequences' overlaps were computed by.
func EAOCurve(all []Supervised) ([]float64, error) {
	var frags []fragment
	longest := 0 // pysot's curve is as long as the longest sequence, the VOT toolkit's as the longest fragment
	pysot := false
	for _, s := range all {
		if s.toolkit == VOTPySOT {
			frags = append(frags, s.pysotFragments()...)
			longest, pysot = max(longest, len(s.truth)), true
			continue
		}
		for i := range s.runs {
			f, frame, err := s.runs[i].votFragments()
			if err != nil {
				return nil, &FrameError{i + 1, frame + 1, err}
			}
			frags = append(frags, f...)
		}
	}
	for _, f := range frags {
		longest = max(longest, len(f.overlaps))
	}
	if longest == 0 {
		return nil, nil
	}
	curve := expectedOverlap(frags, longest)
	if pysot {
		curve[0] = 1
		for i, v := range curve { // pysot's array is of single precision
			curve[i] = float64(float32(v))
		}
	}
	return curve, nil
}

// votFragments cuts a trajectory as the VOT toolkit does: from each start to the failure, that frame not included.
// Where starts and failures do not take turns it says at which frame.
func (r *supervisedRun) votFragments() (out []fragment, frame int, err error) {
	if r.failures == 0 {
		return []fragment{{r.expected, false, 1}}, 0, nil
	}
	start := -1 // of the piece that is open
	for i, v := range r.trajectory {
		switch {
		case v.Is(region.Init) && start >= 0:
			return nil, i, fmt.Errorf("a start while the one of frame %d is tracked: %w", start+1, ErrTrack)
		case v.Is(region.Init):
			start = i
		case v.Is(region.Failure) && start < 0:
			return nil, i, fmt.Errorf("a failure before any start: %w", ErrTrack)
		case v.Is(region.Failure):
			out = append(out, fragment{r.expected[start:i], true, 1})
			start = -1
		}
	}
	if start >= 0 {
		out = append(out, fragment{r.expected[start:], false, 1})
	}
	return out, 0, nil
}

// pysotFragments cuts the trajectories as pysot does (eao_benchmark.py): at 0 and five frames after each failure, the
// frame of the cut belonging to both pieces. In a trajectory with failures frames without an overlap have 0; in others
// they have none. A piece's weight is the share of the frames that it was cut to which are there, over the repetitions.
func (s Supervised) pysotFragments() (out []fragment) {
	weight := 1 / (float64(len(s.runs)) + 1e-10)
	for _, r := range s.runs {
		if r.failures == 0 {
			out = append(out, fragment{r.expected, false, weight})
			continue
		}
		overlaps := slices.Clone(r.expected)
		points := []int{0}
		for i, v := range r.trajectory {
			if i < len(overlaps) && math.IsNaN(overlaps[i]) {
				overlaps[i] = 0
			}
			if v.Is(region.Failure) && i+SkipInitialize <= len(overlaps) {
				points = append(points, i+SkipInitialize)
			}
		}
		for i, from := range points[:len(points)-1] {
			whole := points[i+1] + 1 - from
			piece := overlaps[from:min(from+whole, len(overlaps))]
			out = append(out, fragment{piece, true, weight * float64(len(piece)) / float64(whole)})
		}
		if last := points[len(points)-1]; last < len(overlaps) {
			share := float64(len(overlaps)-last) / float64(s.frames-last)
			out = append(out, fragment{overlaps[last:], false, weight * share})
		}
	}
	return out
}

// expectedOverlap averages, for each length up to the longest, the fragments' mean overlap from their second frame on.
// A fragment counts at the lengths at whose last frame it has an overlap.
func expectedOverlap(frags []fragment, longest int) []float64 {
	sum, weight := make([]float64, longest), make([]float64, longest)
	for _, f := range frags {
		total := 0.0
		for i, o := range f.overlaps {
			if i > 0 {
				total += o
				o = total / float64(i)
			}
			if !math.IsNaN(f.overlaps[i]) {
				sum[i] += f.weight * o
				weight[i] += f.weight
			}
		}
		for i := len(f.overlaps); f.failed && i < longest; i++ {
			sum[i] += f.weight * total / float64(max(i, 1))
			weight[i] += f.weight
		}
	}
	for i := range sum {
		if weight[i] > 0 {
			sum[i] /= weight[i]
		}
	}
	return sum
}
