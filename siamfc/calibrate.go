package siamfc

import (
	"fmt"
	"image"
	"math"
)

// boxError is what a network's box has too much: of its centre in sizes of the true box, of its sides as the logarithm
// of their ratio. The zero value corrects nothing.
type boxError struct{ x, y, w, h float64 }

// correct takes the error off a box.
func (e boxError) correct(f found) found {
	f.w *= math.Exp(-e.w)
	f.h *= math.Exp(-e.h)
	f.x -= e.x * f.w
	f.y -= e.y * f.h
	return f
}

// Limits of an error that a view of the first frame may have: beyond them the network did not find the target there.
const (
	mostShift  = 0.3 // of the box's size
	mostChange = 0.5 // of the logarithm of a side
)

// calibrationViews are how the first frame is looked at: as the target lies, and moved by 20 crop pixels to each side,
// a twentieth larger or smaller.
var calibrationViews = [...]struct{ dx, dy, factor float64 }{
	{0, 0, 1}, {20, 0, 1.05}, {-20, 0, 0.95}, {0, 20, 0.95}, {0, -20, 1.05},
}

// calibrate measures how the network's box differs from the one that the user drew, on the one frame where both are
// known, in several views of it. What a user calls the object (with the bicycle or without, legs apart or not) stays
// what it was in the first frame, and the network's habit with it, so a share of the mean error, Loop.Calibration, is
// taken off every later box.
func (t *Tracker) calibrate(img *image.RGBA) error {
	t.bias = boxError{}
	if t.m.Loop.Calibration == 0 {
		return nil
	}
	var sum boxError
	n := 0.0
	for _, v := range calibrationViews {
		side := t.searchSide(t.near, t.w, t.h) * v.factor
		crop := float64(t.near.size) / side
		t.near.see(t.cutter, img, t.x+v.dx/crop, t.y+v.dy/crop, side, t.scales)
		maps, err := t.search(t.near)
		if err != nil {
			return fmt.Errorf("embed the first frame's search region: %w", err)
		}
		w, h := t.w*crop, t.h*crop
		f := t.near.locate.locate(maps, w, h)
		e := boxError{(v.dx + f.x) / w, (v.dy + f.y) / h, math.Log(f.w / w), math.Log(f.h / h)}
		if max(math.Abs(e.x), math.Abs(e.y)) <= mostShift && max(math.Abs(e.w), math.Abs(e.h)) <= mostChange {
			sum.x, sum.y, sum.w, sum.h = sum.x+e.x, sum.y+e.y, sum.w+e.w, sum.h+e.h
			n++
		}
	}
	if n > 0 {
		share := t.m.Loop.Calibration / n
		t.bias = boxError{share * sum.x, share * sum.y, share * sum.w, share * sum.h}
	}
	return nil
}
