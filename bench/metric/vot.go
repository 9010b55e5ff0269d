package metric

import (
	"fmt"
	"math"

	"siamtrack/bench/region"
)

// VOTToolkit names the toolkit whose rules VOT's measures follow where two differ.
type VOTToolkit string

// The two sets of rules: the VOT toolkit's (votchallenge/toolkit 0.7) and pysot's.
const (
	VOTPython VOTToolkit = "vot"
	VOTPySOT  VOTToolkit = "pysot"
)

// The constants of the reset-based experiment (VOT 2013 to 2019).
const (
	// SkipInitialize is the number of frames from a failure to the next start.
	SkipInitialize = 5
	// BurnIn is the number of frames from each start, it included, that do not count for accuracy.
	BurnIn = 10
	// Sensitivity is the S of the AR plot's exp(-S * failures / length).
	Sensitivity = 30
)

// overlap is the rasterised overlap of two regions in a frame by the toolkit's raster. It is NaN where pysot's is.
func (k VOTToolkit) overlap(a, b region.Region, frame region.Bounds) float64 {
	if k == VOTPySOT {
		return region.OverlapPySOT(a, b, frame)
	}
	return region.OverlapVOT(a, b, frame)
}

// RegionOverlaps returns the overlap of each frame of a trajectory with the truth, by the toolkit's raster. A frame
// with a code is NaN for pysot.
func RegionOverlaps(trajectory, truth []region.Region, frame region.Bounds, k VOTToolkit) []float64 {
	out := make([]float64, len(trajectory))
	for i := range trajectory {
		out[i] = k.overlap(trajectory[i], truth[i], frame)
	}
	return out
}

// Supervised is one sequence of the reset-based experiment, its overlaps computed.
type Supervised struct {
	runs    []supervisedRun
	truth   []region.Region // as long as the overlaps
	frames  int             // of the whole truth
	toolkit VOTToolkit
}

// supervisedRun is one repetition.
type supervisedRun struct {
	trajectory []region.Region // longer than the overlaps perhaps
	// overlaps are those that accuracy counts, expected those of the expected average overlap: the same, but with
	// pysot's rules, which take a narrower frame there.
	overlaps, expected []float64
	// counts marks the frames that count for accuracy.
	counts   []bool
	failures int
}

// NewSupervised computes the overlaps of a sequence: a trajectory a repetition, each as long as the truth, in a frame
// of a size. The regions are not copied.
func NewSupervised(trajectories [][]region.Region, truth []region.Region, frame region.Bounds,
	k VOTToolkit) (Supervised, error) {
	for i, t := range trajectories {
		if len(t) != len(truth) {
			return Supervised{}, fmt.Errorf("metric: trajectory %d has %d regions for %d frames of truth: %w",
				i+1, len(t), len(truth), ErrLength)
		}
	}
	return supervisedOf(trajectories, truth, frame, k)
}

// NewSupervisedPySOT is NewSupervised for trajectories that are all shorter or longer than the truth, by pysot's rule
// (statistics.py, calculate_accuracy): what both have is compared, failures after it count all the same.
func NewSupervisedPySOT(trajectories [][]region.Region, truth []region.Region,
	frame region.Bounds) (Supervised, error) {
	for _, t := range trajectories {
		if len(t) == 0 || len(t) != len(trajectories[0]) {
			return Supervised{}, fmt.Errorf("metric: trajectories of %d and %d regions: %w", len(trajectories[0]), len(t),
				ErrLength)
		}
	}
	return supervisedOf(trajectories, truth, frame, VOTPySOT)
}

// supervisedOf computes the overlaps of trajectories of one length.
func supervisedOf(trajectories [][]region.Region, truth []region.Region, frame region.Bounds,
	k VOTToolkit) (Supervised, error) {
	if len(trajectories) == 0 || len(truth) == 0 {
		return Supervised{}, fmt.Errorf("metric: no trajectory or no truth: %w", ErrLength)
	}
	n := min(len(truth), len(trajectories[0]))
	s := Supervised{truth: truth[:n], frames: len(truth), toolkit: k}
	for _, t := range trajectories {
		r := supervisedRun{trajectory: t, overlaps: make([]float64, n), counts: accuracyFrames(t[:n])}
		r.expected = r.overlaps
		if k == VOTPySOT {
			r.expected = make([]float64, n)
		}
		for i, v := range t {
			if v.Is(region.Failure) {
				r.failures++
			}
			switch {
			case i >= n:
			case k == VOTPySOT:
				r.overlaps[i], r.expected[i] = region.OverlapsPySOT(v, truth[i], frame)
			default:
				r.overlaps[i] = region.OverlapVOT(v, truth[i], frame)
			}
		}
		s.runs = append(s.runs, r)
	}
	return s, nil
}

// Overlaps returns each frame's overlap with the truth in a repetition, counted from 0; NaN where either has a code.
func (s Supervised) Overlaps(repetition int) []float64 {
	r := s.runs[repetition]
	out := make([]float64, len(r.overlaps))
	for i, o := range r.overlaps {
		out[i] = o
		if r.trajectory[i].Kind == region.Special || s.truth[i].Kind == region.Special {
			out[i] = math.NaN()
		}
	}
	return out
}

// accuracyFrames marks the frames that count for accuracy: no code, and not within BurnIn frames of a start.
func accuracyFrames(trajectory []region.Region) []bool {
	counts := make([]bool, len(trajectory))
	for i := range counts {
		counts[i] = true
	}
	for i, r := range trajectory {
		switch {
		case r.Is(region.Init):
			for j := i; j < min(len(counts), i+BurnIn); j++ {
				counts[j] = false
			}
		case r.Is(region.Unknown), r.Is(region.Failure):
			counts[i] = false
		}
	}
	return counts
}

// AccuracyRobustness holds the reset-based scores of one sequence or of many.
type AccuracyRobustness struct {
	// Accuracy is the mean overlap while tracking, NaN where no frame counts (pysot; the VOT toolkit says 0).
	Accuracy float64
	// Robustness is, by the VOT toolkit's rules, the mean number of failures a sequence, weighted by length; by
	// pysot's, 100 times failures over frames.
	Robustness float64
	// Lost is the sum of failures over sequences, the mean over repetitions.
	Lost float64
}

// NewAccuracyRobustness scores sequences together, by the rules that their overlaps were computed by.
func NewAccuracyRobustness(all []Supervised) AccuracyRobustness {
	var ar AccuracyRobustness
	var frames, accuracy, weighted, pooled, counted float64
	pysot := false
	for _, s := range all {
		n := float64(len(s.truth))
		failures := 0.0
		for _, r := range s.runs {
			failures += float64(r.failures) / float64(len(s.runs))
		}
		ar.Lost += failures
		frames += n
		weighted += failures * n
		if s.toolkit == VOTPySOT {
			sum, count := s.pooled()
			pooled, counted, pysot = pooled+sum, counted+count, true
		} else {
			accuracy += s.accuracy() * n
		}
	}
	if pysot {
		ar.Accuracy, ar.Robustness = pooled/counted, 100*ar.Lost/frames
	} else {
		ar.Accuracy, ar.Robustness = accuracy/frames, weighted/frames
	}
	return ar
}

// accuracy is the VOT toolkit's: the mean over repetitions of each one's mean overlap, 0 where no frame counts.
func (s Supervised) accuracy() float64 {
	total := 0.0
	for _, r := range s.runs {
		sum, n := 0.0, 0.0
		for i, counts := range r.counts {
			if counts {
				sum, n = sum+r.overlaps[i], n+1
			}
		}
		if n > 0 {
			total += sum / n
		}
	}
	return total / float64(len(s.runs))
}

// pooled is pysot's: the sum over frames of each one's mean over the repetitions in which it counts and has an overlap,
// and the number of such frames.
func (s Supervised) pooled() (sum, frames float64) {
	for i := range s.truth {
		total, n := 0.0, 0.0
		for _, r := range s.runs {
			if r.counts[i] && !math.IsNaN(r.overlaps[i]) {
				total, n = total+r.overlaps[i], n+1
			}
		}
		if n > 0 {
			sum, frames = sum+total/n, frames+1
		}
	}
	return sum, frames
}

// ReliabilityPoint is the AR plot's horizontal value, exp(-S * failures / length).
func ReliabilityPoint(failures, length float64) float64 {
	return math.Exp(-Sensitivity * failures / length)
}

// ByTag scores the frames of reset-based sequences that carry an attribute: the mean overlap of those that count for
// accuracy, weighted by frames, and the failures among them, both the mean over repetitions. tagged has a flag a frame
// of each sequence, nil for a sequence without the attribute.
func ByTag(all []Supervised, tagged [][]bool) (accuracy, lost float64) {
	var sum, frames float64
	for i, s := range all {
		if tagged[i] == nil {
			continue
		}
		share := 1 / float64(len(s.runs))
		for _, r := range s.runs {
			for j, counts := range r.counts {
				switch {
				case !tagged[i][j]:
				case r.trajectory[j].Is(region.Failure):
					lost += share
				case counts && !math.IsNaN(r.overlaps[j]):
					sum += r.overlaps[j] * share
					frames += share
				}
			}
		}
	}
	return sum / frames, lost
}
