package region

import "math"

// OverlapPySOT returns the rasterised intersection over union of two regions as pysot computes it with region.c, the
// raster of the VOT toolkits of 2013 to 2019 (STVIR/pysot, toolkit/utils/region.pyx and src/region.c). A rectangle is
// the polygon of its corners (x, y) .. (x+width, y+height). Corners are taken relative to the window that both regions
// need, rounded to whole pixels (half away from zero), and filled with their edges included, horizontal ones as far as
// other edges reach them. Bounds are the last column and row that count, so that a frame's size counts one more of each
// than the frame has. Numbers are of single precision. Where a region is a code or a mask, and where neither covers a
// pixel, it is NaN.
func OverlapPySOT(a, b Region, bounds Bounds) float64 {
	x0, y0 := pysotCorners(make([]float32, 0, fewEdges), make([]float32, 0, fewEdges), a)
	x1, y1 := pysotCorners(make([]float32, 0, fewEdges), make([]float32, 0, fewEdges), b)
	if x0 == nil || x1 == nil {
		return math.NaN()
	}
	within := pysotBounds(bounds)
	ba, bb := extentOf(x0, y0).meet(within), extentOf(x1, y1).meet(within)
	left, top := min(ba.left, bb.left), min(ba.top, bb.top)
	width := cut(float64(max(ba.right, bb.right)-left)) + 1
	height := cut(float64(max(ba.bottom, bb.bottom)-top)) + 1
	// the toolkit's test against extents of which one could not be seen beside the other
	areaA, areaB := float64(ba.area()), float64(bb.area())
	if areaA/areaB < 1e-10 || areaB/areaA < 1e-10 || width < 1 || height < 1 || ba.overlap(bb) <= 0 {
		return 0
	}
	if width > maxMask/height { // which the toolkit could not hold either
		return 0
	}
	var ra, rb raster
	pysotRaster(&ra, a.Kind, x0, y0, left, top, width, height)
	pysotRaster(&rb, b.Kind, x1, y1, left, top, width, height)
	inter, union := count(&ra, &rb, width, height)
	return float64(float32(inter) / float32(union))
}

// OverlapsPySOT returns the two overlaps that pysot takes of a frame of a size: accuracy's, whose bounds are the size
// (ar_benchmark.py), and the expected average overlap's, whose bounds are one less (eao_benchmark.py).
func OverlapsPySOT(a, b Region, frame Bounds) (accuracy, expected float64) {
	accuracy = OverlapPySOT(a, b, frame)
	narrow := Bounds{frame.Width - 1, frame.Height - 1}
	if endsWithin(a, narrow) && endsWithin(b, narrow) { // neither bound cuts
		return accuracy, accuracy
	}
	return accuracy, OverlapPySOT(a, b, narrow)
}

// endsWithin reports whether no corner of a rectangle or polygon lies past bounds to the right or below.
func endsWithin(r Region, b Bounds) bool {
	right, bottom := float64(b.Width), float64(b.Height)
	if r.Kind == Rectangle {
		return max(r.Box.X, r.Box.X+r.Box.W) <= right && max(r.Box.Y, r.Box.Y+r.Box.H) <= bottom
	}
	for _, p := range r.Points {
		if p.X > right || p.Y > bottom {
			return false
		}
	}
	return true
}

// pysotCorners appends a region's corners, nil for one that has none.
func pysotCorners(x, y []float32, r Region) (xs, ys []float32) {
	switch r.Kind {
	case Rectangle:
		x0, y0, x1, y1 := float32(r.Box.X), float32(r.Box.Y), float32(r.Box.X+r.Box.W), float32(r.Box.Y+r.Box.H)
		return append(x, x0, x1, x1, x0), append(y, y0, y0, y1, y1)
	case Polygon:
		for _, p := range r.Points {
			x, y = append(x, float32(p.X)), append(y, float32(p.Y))
		}
		return x, y
	}
	return nil, nil
}

// extent is a rectangle between coordinates; where an end lies before its start its side is negative.
type extent struct{ left, top, right, bottom float32 }

// extentOf is the whole pixels around corners.
func extentOf(x, y []float32) extent {
	inf := float32(math.Inf(1))
	e := extent{inf, inf, -inf, -inf}
	for i := range x {
		e.left, e.right = min(e.left, x[i]), max(e.right, x[i])
		e.top, e.bottom = min(e.top, y[i]), max(e.bottom, y[i])
	}
	floor := func(v float32) float32 { return float32(math.Floor(float64(v))) }
	ceil := func(v float32) float32 { return float32(math.Ceil(float64(v))) }
	return extent{floor(e.left), floor(e.top), ceil(e.right), ceil(e.bottom)}
}

// pysotBounds are the bounds as coordinates.
func pysotBounds(b Bounds) extent {
	if b == (Bounds{}) {
		inf := float32(math.Inf(1))
		return extent{-inf, -inf, inf, inf}
	}
	return extent{0, 0, float32(b.Width), float32(b.Height)}
}

// meet is what two extents have in common.
func (e extent) meet(f extent) extent {
	return extent{max(e.left, f.left), max(e.top, f.top), min(e.right, f.right), min(e.bottom, f.bottom)}
}

// area is the product of the sides, positive also where both are negative.
func (e extent) area() float32 { return (e.right - e.left) * (e.bottom - e.top) }

// overlap is the intersection over union of two extents, by their areas.
func (e extent) overlap(f extent) float32 {
	inter := e.meet(f).area()
	return inter / (float32(e.area()+f.area()) - inter)
}

// pysotRaster sets out to the pixels of corners, relative to a window of a size that begins at (left, top). A rectangle
// without width or height in whole pixels has none.
func pysotRaster(out *raster, k Kind, x, y []float32, left, top float32, width, height int) {
	rx, ry := make([]float64, 0, fewEdges), make([]float64, 0, fewEdges)
	for i := range x {
		rx = append(rx, math.Round(float64(x[i]-left)))
		ry = append(ry, math.Round(float64(y[i]-top)))
	}
	if k == Polygon {
		out.polygon(rx, ry, false)
		return
	}
	out.kind = Rectangle
	if rx[0] == rx[1] || ry[0] == ry[2] {
		out.box = noPixels()
		return
	}
	box := window{cut(min(rx[0], rx[1])), cut(min(ry[0], ry[2])), cut(max(rx[0], rx[1])), cut(max(ry[0], ry[2]))}
	out.box = box.meet(window{0, 0, width - 1, height - 1})
}
