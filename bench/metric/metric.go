// Package metric computes the field's measures from tracks and truth: pure functions, no files.
//
// Toolkits differ in small things (an epsilon in the union, what happens to a frame without truth, whose curve is
// averaged how). Where they do, each variant has its toolkit's name:
//
//	got10k       got-10k/toolkit (PyPI got10k 0.1.3): the default for OTB, UAV123, NfS, TC128, DTB70 and one's own data
//	pysot        STVIR/pysot toolkit/
//	pytracking   visionml/pytracking pytracking/analysis
//	lasot        HengLan/LaSOT_Evaluation_Toolkit: the default for LaSOT
//	trackingnet  SilvioGiancola/TrackingNet-devkit: the default for TrackingNet
//	vot          votchallenge/toolkit 0.7 (Python): the default for VOT
//
// A success curve counts overlaps strictly above its thresholds, a precision curve errors at or below. "AUC" is the
// plain mean of the 21 success values, so a perfect track scores 20/21, not 1.
package metric

import (
	"errors"
	"fmt"
	"math"

	"siamtrack/tracker"
)

// ErrLength is wrapped by the error of a track whose length is not its truth's.
var ErrLength = errors.New("lengths differ")

// ErrTrack is wrapped by the error of a track that a convention refuses.
var ErrTrack = errors.New("track refused")

// FrameError says where a trajectory cannot be scored.
type FrameError struct {
	Repetition, Frame int // both counted from 1
	Err               error
}

// Error returns "repetition R, frame F: cause".
func (e *FrameError) Error() string {
	return fmt.Sprintf("metric: repetition %d, frame %d: %v", e.Repetition, e.Frame, e.Err)
}

// Unwrap returns the cause.
func (e *FrameError) Unwrap() error { return e.Err }

// Track is what one tracker said of one target, beside the truth. Boxes are in the truth's coordinates.
type Track struct {
	Boxes, Truth []tracker.Box
	// Absent marks the frames in which the target cannot be seen, nil where it always can. A truth box with a NaN
	// says the same of its frame.
	Absent []bool
}

// check refuses tracks of the wrong length.
func (t Track) check() error {
	if len(t.Truth) == 0 {
		return fmt.Errorf("metric: no truth: %w", ErrLength)
	}
	if len(t.Boxes) != len(t.Truth) {
		return fmt.Errorf("metric: %d boxes for %d frames of truth: %w", len(t.Boxes), len(t.Truth), ErrLength)
	}
	if t.Absent != nil && len(t.Absent) != len(t.Truth) {
		return fmt.Errorf("metric: %d absence flags for %d frames of truth: %w", len(t.Absent), len(t.Truth), ErrLength)
	}
	return nil
}

// absent reports whether frame i's target is marked as absent.
func (t Track) absent(i int) bool { return t.Absent != nil && t.Absent[i] }

// machineEps is numpy's finfo(float).eps, which got10k adds to every union.
const machineEps = 0x1p-52

// isNaN reports whether any of the four numbers is NaN.
func isNaN(b tracker.Box) bool {
	return math.IsNaN(b.X) || math.IsNaN(b.Y) || math.IsNaN(b.W) || math.IsNaN(b.H)
}

// positive reports whether both sides are positive.
func positive(b tracker.Box) bool { return b.W > 0 && b.H > 0 }

// overlap is the raw intersection over union: continuous areas, eps added to the union, no care for empty boxes (a NaN
// goes through, two empty boxes give 0/eps or NaN). Negative sizes intersect nothing.
func overlap(a, b tracker.Box, eps float64) float64 {
	w := math.Max(math.Min(a.X+a.W, b.X+b.W)-math.Max(a.X, b.X), 0)
	h := math.Max(math.Min(a.Y+a.H, b.Y+b.H)-math.Max(a.Y, b.Y), 0)
	inter := w * h
	return inter / (a.W*a.H + b.W*b.H - inter + eps)
}

// clamp puts v between 0 and 1; NaN stays.
func clamp(v float64) float64 { return math.Min(math.Max(v, 0), 1) }

// centerError is the distance of the centres in pixels. Toolkits write centres as x+(w-1)/2; the half pixels cancel.
func centerError(a, b tracker.Box) float64 {
	return length(a.X+(a.W-1)/2-(b.X+(b.W-1)/2), a.Y+(a.H-1)/2-(b.Y+(b.H-1)/2))
}

// length is the plain root of the sum of squares: math.Hypot rounds otherwise, and whole-pixel boxes often lie exactly
// on a threshold. The conversions forbid fused multiply-adds.
func length(dx, dy float64) float64 { return math.Sqrt(float64(dx*dx) + float64(dy*dy)) }

// normError is the distance of the centres with x and y divided by the truth's width and height, the division done
// before the subtraction, as the toolkits do.
func normError(a, truth tracker.Box, eps float64) float64 {
	w, h := truth.W+eps, truth.H+eps
	dx := (a.X+(a.W-1)/2)/w - (truth.X+(truth.W-1)/2)/w
	dy := (a.Y+(a.H-1)/2)/h - (truth.Y+(truth.H-1)/2)/h
	return length(dx, dy)
}

// Mean returns the arithmetic mean, NaN of nothing.
func Mean(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s / float64(len(v))
}

// MeanError returns the mean of v and its standard error, the sample's standard deviation over the root of its number;
// NaN of a single value, both NaN of none.
func MeanError(v []float64) (mean, stdErr float64) {
	mean = Mean(v)
	if len(v) < 2 {
		return mean, math.NaN()
	}
	var sum float64
	for _, x := range v {
		sum += (x - mean) * (x - mean)
	}
	n := float64(len(v))
	return mean, math.Sqrt(sum / (n - 1) / n)
}

// meanCurve averages curves of equal length point by point.
func meanCurve(curves [][]float64) []float64 {
	if len(curves) == 0 {
		return nil
	}
	out := make([]float64, len(curves[0]))
	for _, c := range curves {
		for i, v := range c {
			out[i] += v
		}
	}
	for i := range out {
		out[i] /= float64(len(curves))
	}
	return out
}
