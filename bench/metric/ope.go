package metric

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"siamtrack/tracker"
)

// Convention names the toolkit whose rules a one-pass evaluation (OPE) follows.
type Convention string

// The conventions of the one-pass evaluation; the package comment says whose they are.
const (
	GOT10k      Convention = "got10k"
	PySOT       Convention = "pysot"
	PyTracking  Convention = "pytracking"
	LaSOT       Convention = "lasot"
	TrackingNet Convention = "trackingnet"
)

// Conventions lists them all.
func Conventions() []Convention { return []Convention{GOT10k, PySOT, PyTracking, LaSOT, TrackingNet} }

// ParseConvention finds a convention by its name.
func ParseConvention(s string) (Convention, error) {
	c := Convention(strings.ToLower(s))
	if !slices.Contains(Conventions(), c) {
		return "", fmt.Errorf("metric: no convention %q: one of %v", s, Conventions())
	}
	return c, nil
}

// OPE holds the three curves of a one-pass evaluation of one sequence, or the mean of many.
type OPE struct {
	// Success has 21 values, at overlaps 0, 0.05 ... 1.
	Success []float64
	// Precision has 51 values, at 0 ... 50 pixels (trackingnet: 21 values, at 0, 2.5 ... 50).
	Precision []float64
	// NormPrecision has 51 values, at 0, 0.01 ... 0.5 of the truth's size (trackingnet: 21, at 0, 0.025 ... 0.5).
	NormPrecision []float64
	// Area marks the trackingnet convention, whose scores are areas under curves, not values on them.
	Area bool
}

// AUC is the success score: the mean of the 21 values; for trackingnet the trapezoid area.
func (o OPE) AUC() float64 {
	if o.Area {
		return trapezoid(o.Success)
	}
	return Mean(o.Success)
}

// Precision20 is the share of frames whose centre is off by at most 20 pixels; for trackingnet the area.
func (o OPE) Precision20() float64 {
	if o.Area {
		return trapezoid(o.Precision)
	}
	return o.Precision[20]
}

// NormPrecision20 is the share of frames whose centre is off by at most 0.20 of the truth's size (pysot, LaSOT); for
// trackingnet the area.
func (o OPE) NormPrecision20() float64 {
	if o.Area {
		return trapezoid(o.NormPrecision)
	}
	return o.NormPrecision[20]
}

// NormPrecisionMean is the mean of the normalised precision curve, the score of got10k's ExperimentLaSOT: not
// comparable with NormPrecision20.
func (o OPE) NormPrecisionMean() float64 { return Mean(o.NormPrecision) }

// OP50 and OP75 are the shares of frames with an overlap above 0.5 and 0.75.
func (o OPE) OP50() float64 { return o.Success[10] }

// OP75 is the share of frames with an overlap above 0.75.
func (o OPE) OP75() float64 { return o.Success[15] }

// MeanOPE averages sequences, each counting the same whatever its length.
func MeanOPE(all []OPE) OPE {
	var s, p, n [][]float64
	area := false
	for _, o := range all {
		s, p, n, area = append(s, o.Success), append(p, o.Precision), append(n, o.NormPrecision), o.Area
	}
	return OPE{meanCurve(s), meanCurve(p), meanCurve(n), area}
}

// trapezoid is the area under a curve sampled evenly over [0, 1].
func trapezoid(y []float64) float64 {
	s := 0.0
	for i := 1; i < len(y); i++ {
		s += (y[i] + y[i-1]) / 2
	}
	return s / float64(len(y)-1)
}

// errs are one frame's overlap and centre errors.
type errs struct{ iou, dist, norm float64 }

// OnePass evaluates one track. The first frame counts, with its truth in place of the tracker's box.
func OnePass(t Track, c Convention) (OPE, error) {
	if c == LaSOT || c == PyTracking { // both toolkits cut a longer track (LaSOT's monkey-17)
		if len(t.Boxes) > len(t.Truth) {
			t.Boxes = t.Boxes[:len(t.Truth)]
		}
	}
	if err := t.check(); err != nil {
		return OPE{}, err
	}
	t.Boxes = slices.Clone(t.Boxes)
	var frames []errs
	total := len(t.Truth)
	var err error
	switch c {
	case GOT10k:
		frames = got10kErrs(t)
		total = len(frames)
	case PySOT:
		frames = pysotErrs(t)
	case PyTracking:
		frames, err = pytrackingErrs(t)
	case LaSOT:
		frames = lasotErrs(t)
	case TrackingNet:
		return trackingNet(t), nil
	default:
		return OPE{}, fmt.Errorf("metric: no convention %q", c)
	}
	if err == nil && total == 0 {
		err = fmt.Errorf("metric: no frame has a truth: %w", ErrTrack)
	}
	if err != nil {
		return OPE{}, err
	}
	normStep := func(i int) float64 { return float64(i) / 100 }
	if c == GOT10k { // linspace(0, 0.5, 51)
		normStep = func(i int) float64 { return float64(i) * 0.01 }
	}
	return curves(frames, total, 51, func(i int) float64 { return float64(i) }, normStep), nil
}

// curves counts frames against thresholds; total is the denominator.
func curves(frames []errs, total, points int, dist, norm func(int) float64) OPE {
	o := OPE{make([]float64, 21), make([]float64, points), make([]float64, points), false}
	for _, f := range frames {
		for i := range o.Success {
			if f.iou > float64(i)*0.05 {
				o.Success[i]++
			}
		}
		for i := range o.Precision {
			if f.dist <= dist(i) {
				o.Precision[i]++
			}
			if f.norm <= norm(i) {
				o.NormPrecision[i]++
			}
		}
	}
	for _, c := range [][]float64{o.Success, o.Precision, o.NormPrecision} {
		for i := range c {
			c[i] /= float64(total)
		}
	}
	return o
}

// got10kErrs follows got10k's ExperimentOTB, and its UAV123 and LaSOT in that frames whose truth is NaN are dropped.
// The normalised error divides by at least one pixel (ExperimentLaSOT).
func got10kErrs(t Track) []errs {
	out := make([]errs, 0, len(t.Truth))
	for i, g := range t.Truth {
		if isNaN(g) || t.absent(i) {
			continue
		}
		b := t.Boxes[i]
		if i == 0 {
			b = g
		}
		floor := tracker.Box{W: math.Max(g.W, 1), H: math.Max(g.H, 1)}
		dx := (b.X + (b.W-1)/2 - g.X - (g.W-1)/2) / floor.W
		dy := (b.Y + (b.H-1)/2 - g.Y - (g.H-1)/2) / floor.H
		out = append(out, errs{clamp(overlap(b, g, machineEps)), centerError(b, g), length(dx, dy)})
	}
	return out
}

// pysotErrs follows pysot's toolkit: a frame without truth has overlap -1, which fails every threshold, and error -1,
// which passes every one (metrics quirk B), and stays in the denominator. Absent frames leave the numerator only.
func pysotErrs(t Track) []errs {
	const eps = 1e-16
	out := make([]errs, 0, len(t.Truth))
	for i, g := range t.Truth {
		if t.absent(i) {
			continue
		}
		b := t.Boxes[i]
		e := errs{-1, -1, -1}
		if positive(g) {
			e.iou = clamp(overlap(b, g, 0))
		}
		if cx, cy := g.X+(g.W-1)/2, g.Y+(g.H-1)/2; cx > 0 && cy > 0 {
			e.dist = centerError(b, g)
			if cx/(g.W+eps) > 0 && cy/(g.H+eps) > 0 {
				e.norm = normError(b, g, eps)
			}
		}
		out = append(out, e)
	}
	return out
}

// pytrackingErrs follows pytracking's calc_seq_err_robust and its default of exclude_invalid_frames=False: frames
// without truth stay in the denominator. A truth without size has overlap -1, an infinite centre error and normalised
// error -1; NaN, which only its UAV datasets may hold, has centre error -1, a hit. A box of size zero becomes the one
// before it, NaN and negative sizes are refused.
func pytrackingErrs(t Track) ([]errs, error) {
	out := make([]errs, len(t.Truth))
	for i, g := range t.Truth {
		b := &t.Boxes[i]
		if isNaN(*b) || b.W < 0 || b.H < 0 {
			return nil, fmt.Errorf("metric: frame %d: box %v has a NaN or a negative size: %w", i+1, *b, ErrTrack)
		}
		if i > 0 && (b.W == 0 || b.H == 0) && !isNaN(g) {
			*b = t.Boxes[i-1]
		}
	}
	t.Boxes[0] = t.Truth[0]
	for i, g := range t.Truth {
		out[i] = errs{-1, math.Inf(1), -1}
		switch {
		case t.absent(i):
			out[i].norm = math.Inf(1)
		case isNaN(g):
			out[i].dist = -1
		case positive(g):
			out[i] = errs{overlap(t.Boxes[i], g, 0), centerError(t.Boxes[i], g), normError(t.Boxes[i], g, 0)}
		}
	}
	return out, nil
}

// lasotErrs follows LaSOT's calc_seq_err_robust.m: a box that is NaN or has no size becomes the one before it, absent
// frames leave the numerator while the denominator stays the full length, and a truth that is not positive in all four
// numbers has overlap and error -1.
func lasotErrs(t Track) []errs {
	for i := 1; i < len(t.Boxes); i++ {
		if b := t.Boxes[i]; (isNaN(b) || b.W <= 0 || b.H <= 0) && !isNaN(t.Truth[i]) {
			t.Boxes[i] = t.Boxes[i-1]
		}
	}
	t.Boxes[0] = t.Truth[0]
	out := make([]errs, 0, len(t.Truth))
	for i, g := range t.Truth {
		if t.absent(i) {
			continue
		}
		e := errs{-1, -1, -1}
		if g.X > 0 && g.Y > 0 && positive(g) {
			e = errs{overlap(t.Boxes[i], g, 0), centerError(t.Boxes[i], g), normError(t.Boxes[i], g, 0)}
		}
		out = append(out, e)
	}
	return out
}

// trackingNet follows the devkit's metrics.py: all numbers rounded to whole pixels (half to even), the three scores
// areas under curves of 21 points.
func trackingNet(t Track) OPE {
	round := func(b tracker.Box) tracker.Box {
		r := math.RoundToEven
		return tracker.Box{X: r(b.X), Y: r(b.Y), W: r(b.W), H: r(b.H)}
	}
	frames := make([]errs, len(t.Truth))
	for i, g := range t.Truth {
		g, b := round(g), round(t.Boxes[i])
		if i == 0 {
			b = g
		}
		dx, dy := g.X+(g.W+1)/2-(b.X+(b.W+1)/2), g.Y+(g.H+1)/2-(b.Y+(b.H+1)/2)
		norm := math.Sqrt(float64(dx/g.W*dx/g.W) + float64(dy/g.H*dy/g.H)) // in the devkit's order of operations
		frames[i] = errs{overlap(b, g, 0), length(dx, dy), norm}
	}
	o := curves(frames, len(frames), 21, func(i int) float64 { return float64(i) * 2.5 },
		func(i int) float64 { return float64(i) * 0.025 })
	o.Area = true
	return o
}
