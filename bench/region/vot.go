package region

import "math"

// OverlapVOT returns the rasterised intersection over union of two regions as the VOT toolkit computes it
// (votchallenge/toolkit, vot/region/raster.py): corners rounded to whole pixels (half to even), a rectangle covering
// x .. x+width-1, regions filled with their edges included, pixels counted in the frame that bounds are the size of.
// A code covers the pixel (0, 0) to (0, 0), so that two codes overlap fully, and so do (a quirk of the toolkit) two
// regions whose common extent is one pixel wide or high; regions that differ but lie outside bounds do not at all.
// Without bounds all pixels count, where the toolkit, which is never run so, miscounts those left of 0.
func OverlapVOT(a, b Region, bounds Bounds) float64 {
	wa, wb := votWindow(a), votWindow(b)
	w := window{min(wa.x0, wb.x0), min(wa.y0, wb.y0), max(wa.x1, wb.x1), max(wa.y1, wb.y1)}
	if w.x0 >= w.x1 || w.y0 >= w.y1 {
		return 1
	}
	if bounds.Width > 0 && bounds.Height > 0 {
		w = w.meet(window{0, 0, bounds.Width - 1, bounds.Height - 1})
	}
	if w.x0 >= w.x1 || w.y0 >= w.y1 {
		return 0
	}
	var ra, rb raster
	votRaster(&ra, a, wa, w)
	votRaster(&rb, b, wb, w)
	inter, union := count(&ra, &rb, w.x1-w.x0+1, w.y1-w.y0+1)
	if union == 0 {
		return 0
	}
	return float64(inter) / float64(union)
}

// votRound rounds half to even in single precision, the precision of the toolkit's regions.
func votRound(v float64) float64 { return math.RoundToEven(float64(float32(v))) }

// votWindow is the extent in pixels of a region whose corners are rounded.
func votWindow(r Region) window {
	switch r.Kind {
	case Rectangle:
		x, y := votRound(r.Box.X), votRound(r.Box.Y)
		return window{cut(x), cut(y), cut(x + votRound(r.Box.W) - 1), cut(y + votRound(r.Box.H) - 1)}
	case Polygon: // the extent's corners are corners, and rounding keeps their order
		x0, y0, x1, y1 := r.extent()
		return window{cut(votRound(x0)), cut(votRound(y0)), cut(votRound(x1)), cut(votRound(y1))}
	case Mask:
		if x0, y0, x1, y1, ok := r.maskExtent(); ok {
			return window{x0, y0, x1, y1}
		}
		return window{int(r.Box.X), int(r.Box.Y), int(r.Box.X), int(r.Box.Y)}
	}
	return window{}
}

// votRaster sets out to the pixels of a region of a given extent, relative to a window w. A code has none.
func votRaster(out *raster, r Region, extent, w window) {
	inside := extent.meet(w)
	out.kind, out.x, out.y = Rectangle, w.x0, w.y0
	out.box = window{inside.x0 - w.x0, inside.y0 - w.y0, inside.x1 - w.x0, inside.y1 - w.y0}
	switch r.Kind {
	case Special:
		out.box = noPixels()
	case Mask:
		out.kind, out.mask = Mask, r
	case Polygon:
		x, y := make([]float64, 0, fewEdges), make([]float64, 0, fewEdges)
		for _, p := range r.Points {
			x, y = append(x, votRound(p.X)-float64(w.x0)), append(y, votRound(p.Y)-float64(w.y0))
		}
		out.loneLast = true
		out.polygon(x, y, true)
	}
}
