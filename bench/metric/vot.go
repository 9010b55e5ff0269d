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

// Supervised is one sequence of the reset-based experiment: a trajectory a repetition.
type Supervised struct {
	Trajectories [][]region.Region
	Truth        []region.Region
	Bounds       region.Bounds
}

// check refuses trajectories of the wrong length.
func (s Supervised) check() error {
	if len(s.Trajectories) == 0 || len(s.Truth) == 0 {
		return fmt.Errorf("metric: no trajectory or no truth: %w", ErrLength)
	}
	for i, t := range s.Trajectories {
		if len(t) != len(s.Truth) {
			return fmt.Errorf("metric: trajectory %d has %d regions for %d frames of truth: %w", i+1, len(t), len(s.Truth), ErrLength)
		}
	}
	return nil
}

// RegionOverlaps returns the overlap of each frame of a trajectory with the truth.
func RegionOverlaps(trajectory, truth []region.Region, b region.Bounds) []float64 {
	out := make([]float64, len(trajectory))
	for i := range trajectory {
		out[i] = region.Overlap(trajectory[i], truth[i], b)
	}
	return out
}

// Failures counts a trajectory's failures.
func Failures(trajectory []region.Region) int {
	n := 0
	for _, r := range trajectory {
		if r.Is(region.Failure) {
			n++
		}
	}
	return n
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

// NewAccuracyRobustness scores sequences together.
func NewAccuracyRobustness(all []Supervised, k VOTToolkit) (AccuracyRobustness, error) {
	var ar AccuracyRobustness
	var frames, accuracy, weighted float64
	var pooled []float64
	for _, s := range all {
		if err := s.check(); err != nil {
			return ar, err
		}
		n := float64(len(s.Truth))
		failures := 0.0
		for _, t := range s.Trajectories {
			failures += float64(Failures(t)) / float64(len(s.Trajectories))
		}
		ar.Lost += failures
		frames += n
		weighted += failures * n
		if k == VOTPySOT {
			pooled = append(pooled, s.meanOverlaps()...)
		} else {
			accuracy += s.accuracy() * n
		}
	}
	if k == VOTPySOT {
		ar.Accuracy, ar.Robustness = Mean(pooled), 100*ar.Lost/frames
	} else {
		ar.Accuracy, ar.Robustness = accuracy/frames, weighted/frames
	}
	return ar, nil
}

// accuracy is the VOT toolkit's: the mean over repetitions of each one's mean overlap, 0 where no frame counts.
func (s Supervised) accuracy() float64 {
	sum := 0.0
	for _, t := range s.Trajectories {
		var kept []float64
		overlaps := RegionOverlaps(t, s.Truth, s.Bounds)
		for i, counts := range accuracyFrames(t) {
			if counts {
				kept = append(kept, overlaps[i])
			}
		}
		if len(kept) > 0 {
			sum += Mean(kept)
		}
	}
	return sum / float64(len(s.Trajectories))
}

// meanOverlaps is pysot's: each frame's mean over the repetitions in which it counts, frames that never do left out.
// Frames whose truth is no region do not count.
func (s Supervised) meanOverlaps() []float64 {
	sum, n := make([]float64, len(s.Truth)), make([]float64, len(s.Truth))
	for _, t := range s.Trajectories {
		overlaps := RegionOverlaps(t, s.Truth, s.Bounds)
		for i, counts := range accuracyFrames(t) {
			if counts && s.Truth[i].Kind != region.Special {
				sum[i] += overlaps[i]
				n[i]++
			}
		}
	}
	var out []float64
	for i := range sum {
		if n[i] > 0 {
			out = append(out, sum[i]/n[i])
		}
	}
	return out
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
		for _, t := range s.Trajectories {
			overlaps := RegionOverlaps(t, s.Truth, s.Bounds)
			n := float64(len(s.Trajectories))
			for j, counts := range accuracyFrames(t) {
				switch {
				case !tagged[i][j]:
				case t[j].Is(region.Failure):
					lost += 1 / n
				case counts:
					sum += overlaps[j] / n
					frames += 1 / n
				}
			}
		}
	}
	return sum / frames, lost
}
