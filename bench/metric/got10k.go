package metric

import (
	"math"

	"siamtrack/tracker"
)

// Overlaps returns the overlaps that GOT-10k's protocol counts: the first frame is left out, and so are frames whose
// target is absent or whose truth is NaN. width and height bound both boxes as the toolkit does it (which is no true
// intersection: a box that begins left of the frame keeps its full width); 0 leaves them unbounded. A box with a NaN
// has overlap 0, where the toolkit's mean would become NaN.
func Overlaps(t Track, width, height int) ([]float64, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	out := make([]float64, 0, len(t.Truth))
	for i, g := range t.Truth {
		if i == 0 || t.absent(i) || isNaN(g) {
			continue
		}
		b := t.Boxes[i]
		if isNaN(b) {
			out = append(out, 0)
			continue
		}
		if width > 0 && height > 0 {
			b, g = bound(b, width, height), bound(g, width, height)
		}
		out = append(out, clamp(overlap(b, g, machineEps)))
	}
	return out, nil
}

// bound clips as got10k's rect_iou does: corner first, then the size to what is left of the frame.
func bound(b tracker.Box, width, height int) tracker.Box {
	w, h := float64(width), float64(height)
	clip := func(v, hi float64) float64 { return math.Min(math.Max(v, 0), hi) }
	b.X, b.Y = clip(b.X, w), clip(b.Y, h)
	b.W, b.H = clip(b.W, w-b.X), clip(b.H, h-b.Y)
	return b
}

// AverageOverlap holds GOT-10k's scores.
type AverageOverlap struct {
	// AO is the mean overlap, SR50 and SR75 the shares of frames with an overlap above 0.5 and 0.75.
	AO, SR50, SR75 float64
	// Success has 101 values, at overlaps 0, 0.01 ... 1.
	Success []float64
}

// NewAverageOverlap scores overlaps, of one sequence or pooled from many: GOT-10k weighs frames, not sequences.
func NewAverageOverlap(overlaps []float64) AverageOverlap {
	a := AverageOverlap{AO: Mean(overlaps), Success: make([]float64, 101)}
	for _, o := range overlaps {
		for i := range a.Success {
			if o > float64(i)*0.01 {
				a.Success[i]++
			}
		}
		if o > 0.5 {
			a.SR50++
		}
		if o > 0.75 {
			a.SR75++
		}
	}
	n := float64(len(overlaps))
	a.SR50, a.SR75 = a.SR50/n, a.SR75/n
	for i := range a.Success {
		a.Success[i] /= n
	}
	return a
}

// FPS is a speed in the two forms in use.
type FPS struct {
	// Rate is frames divided by total time.
	Rate float64
	// MeanInverse is the mean of 1/t, as got10k reports it: never below Rate, and far above where times vary.
	MeanInverse float64
}

// Speed computes the speed of one sequence from seconds a frame; frames of no time (a file's first frame, often) count
// in neither form. It is zero where there are none.
func Speed(seconds []float64) FPS {
	var sum, inv float64
	n := 0
	for _, t := range seconds {
		if t > 0 {
			sum += t
			inv += 1 / t
			n++
		}
	}
	if n == 0 {
		return FPS{}
	}
	return FPS{float64(n) / sum, inv / float64(n)}
}
