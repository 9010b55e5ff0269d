package metric

import (
	"fmt"
	"math"
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
	return Mean(curve[low : high+1])
}

// fragment is a piece of a trajectory from a start on.
type fragment struct {
	overlaps []float64
	// failed fragments count as zero after their end, for every longer length; the others say nothing past it.
	failed bool
	weight float64
}

// EAOCurve returns the expected average overlap over sequence length, of the reset-based experiment.
func EAOCurve(all []Supervised, k VOTToolkit) ([]float64, error) {
	var frags []fragment
	longest := 0 // pysot's curve is as long as the longest sequence, the VOT toolkit's as the longest fragment
	for _, s := range all {
		if err := s.check(); err != nil {
			return nil, err
		}
		for i, t := range s.Trajectories {
			if k == VOTPySOT {
				frags = append(frags, pysotFragments(t, s)...)
				continue
			}
			f, frame, err := votFragments(t, s)
			if err != nil {
				return nil, &FrameError{i + 1, frame + 1, err}
			}
			frags = append(frags, f...)
		}
		if k == VOTPySOT {
			longest = max(longest, len(s.Truth))
		}
	}
	return expectedOverlap(frags, longest, k), nil
}

// votFragments cuts a trajectory as the VOT toolkit does: from each start to the failure, that frame not included. Where
// starts and failures do not take turns it says at which frame.
func votFragments(t []region.Region, s Supervised) (out []fragment, frame int, err error) {
	overlaps := RegionOverlaps(t, s.Truth, s.Bounds)
	if Failures(t) == 0 {
		return []fragment{{overlaps, false, 1}}, 0, nil
	}
	start := -1 // of the piece that is open
	for i, r := range t {
		switch {
		case r.Is(region.Init) && start >= 0:
			return nil, i, fmt.Errorf("a start while the one of frame %d is tracked: %w", start+1, ErrTrack)
		case r.Is(region.Init):
			start = i
		case r.Is(region.Failure) && start < 0:
			return nil, i, fmt.Errorf("a failure before any start: %w", ErrTrack)
		case r.Is(region.Failure):
			out = append(out, fragment{overlaps[start:i], true, 1})
			start = -1
		}
	}
	if start >= 0 {
		out = append(out, fragment{overlaps[start:], false, 1})
	}
	return out, 0, nil
}

// pysotFragments cuts a trajectory as pysot does: at 0 and five frames after each failure, the frame of the cut
// belonging to both pieces; overlaps of codes are 0; a failed piece's weight, like the others', is the share of its
// frames that have the tag, over the repetitions.
func pysotFragments(t []region.Region, s Supervised) []fragment {
	overlaps := RegionOverlaps(t, s.Truth, region.Bounds{Width: s.Bounds.Width - 1, Height: s.Bounds.Height - 1})
	for i, r := range t {
		if r.Kind == region.Special || s.Truth[i].Kind == region.Special {
			overlaps[i] = 0
		}
	}
	weight := 1 / (float64(len(s.Trajectories)) + 1e-10)
	points := []int{0}
	for i, r := range t {
		if r.Is(region.Failure) && i+SkipInitialize <= len(t) {
			points = append(points, i+SkipInitialize)
		}
	}
	var out []fragment
	for i, from := range points {
		if i < len(points)-1 {
			to := min(points[i+1]+1, len(overlaps))
			out = append(out, fragment{overlaps[from:to], true, weight * float64(to-from) / float64(points[i+1]+1-from)})
		} else if from < len(overlaps) {
			out = append(out, fragment{overlaps[from:], false, weight})
		}
	}
	return out
}

// expectedOverlap averages, for each length up to that of the longest fragment, longest at least, the fragments' mean
// overlap from their second frame on.
func expectedOverlap(frags []fragment, longest int, k VOTToolkit) []float64 {
	for _, f := range frags {
		longest = max(longest, len(f.overlaps))
	}
	sum, weight := make([]float64, longest), make([]float64, longest)
	for _, f := range frags {
		total := 0.0
		for i := range sum {
			inside := i < len(f.overlaps)
			if !inside && !f.failed {
				break
			}
			mean := 0.0
			if i > 0 {
				if inside {
					total += f.overlaps[i]
				}
				mean = total / float64(i)
			} else if inside {
				mean = f.overlaps[0]
			}
			sum[i] += f.weight * mean
			weight[i] += f.weight
		}
	}
	for i := range sum {
		if weight[i] > 0 {
			sum[i] /= weight[i]
		}
	}
	if k == VOTPySOT && longest > 0 {
		sum[0] = 1
	}
	return sum
}
