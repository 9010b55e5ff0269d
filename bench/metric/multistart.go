package metric

import (
	"fmt"

	"siamtrack/bench/region"
)

// The constants of the multi-start experiment (VOT 2020 to 2022).
const (
	// FailureOverlap is the overlap at or below which a frame speaks for failure.
	FailureOverlap = 0.1
	// Grace is the number of such frames in a row that make a failure, at the first of them.
	Grace = 10
)

// Run is one run of the multi-start experiment, from an anchor on; trajectory and truth in the run's own order.
type Run struct {
	Trajectory, Truth []region.Region
	Bounds            region.Bounds
}

// progress returns the run's overlaps and how many frames it lasted.
func (r Run) progress() ([]float64, int, error) {
	if len(r.Trajectory) != len(r.Truth) {
		return nil, 0, fmt.Errorf("metric: %d regions for %d frames of truth: %w", len(r.Trajectory), len(r.Truth), ErrLength)
	}
	overlaps := RegionOverlaps(r.Trajectory, r.Truth, r.Bounds, VOTPython)
	low := 0
	for i, o := range overlaps {
		if o > FailureOverlap || r.Truth[i].Empty() {
			low = 0
			continue
		}
		if low++; low == Grace {
			return overlaps, i + 1 - Grace, nil
		}
	}
	return overlaps, len(overlaps), nil
}

// MultiStart holds one sequence's part of the multi-start scores.
type MultiStart struct {
	// Progress is the number of frames tracked before failure, Total that of all frames, over all runs.
	Progress, Total int
	// Overlap is the sum of overlaps over the frames of Progress.
	Overlap float64
	// Length is the number of frames of the sequence, its weight for robustness.
	Length int
	// curve and active are the sums of the runs' mean overlaps at each length, and the number of runs.
	curve, active []float64
}

// NewMultiStart scores the runs of one sequence; high is the longest length of the curve.
func NewMultiStart(runs []Run, length, high int) (MultiStart, error) {
	m := MultiStart{Length: length, curve: make([]float64, high), active: make([]float64, high)}
	for _, r := range runs {
		overlaps, progress, err := r.progress()
		if err != nil {
			return m, err
		}
		m.Progress += progress
		m.Total += len(overlaps)
		for _, o := range overlaps[:progress] {
			m.Overlap += o
		}
		m.addCurve(overlaps, progress)
	}
	return m, nil
}

// addCurve adds a run: overlaps after a failure are zero, and a failed run counts for every length, one that reached
// the end only up to its own. Past its end a failed run's sum is divided by one less than the length, as the toolkit
// does.
func (m *MultiStart) addCurve(overlaps []float64, progress int) {
	failed := progress < len(overlaps)
	total := 0.0
	for j := 1; j < len(m.curve); j++ {
		if j < len(overlaps) {
			if j < progress {
				total += overlaps[j]
			}
			m.curve[j] += total / float64(j)
		} else if !failed {
			return
		} else if j > 1 {
			m.curve[j] += total / float64(j-1)
		}
		m.active[j]++
	}
}

// Accuracy is the mean overlap before failure.
func (m MultiStart) Accuracy() float64 {
	if m.Progress == 0 {
		return 0
	}
	return m.Overlap / float64(m.Progress)
}

// Robustness is the share of frames tracked before failure.
func (m MultiStart) Robustness() float64 { return float64(m.Progress) / float64(m.Total) }

// PoolMultiStart joins sequences: accuracy weighted by the frames tracked, robustness by the sequences' lengths, and
// the expected average overlap's curve over all runs.
func PoolMultiStart(all []MultiStart) (accuracy, robustness float64, curve []float64) {
	var overlap, progress, weighted, length float64
	var active []float64
	for _, m := range all {
		overlap += m.Accuracy() * float64(m.Progress)
		progress += float64(m.Progress)
		weighted += m.Robustness() * float64(m.Length)
		length += float64(m.Length)
		if curve == nil {
			curve, active = make([]float64, len(m.curve)), make([]float64, len(m.curve))
		}
		for i := range curve {
			curve[i] += m.curve[i]
			active[i] += m.active[i]
		}
	}
	for i := range curve {
		if active[i] > 0 {
			curve[i] /= active[i]
		}
	}
	return overlap / progress, weighted / length, curve
}
