package region

import (
	"math"
	"slices"
)

// Bounds are the pixels that an overlap counts, as width and height of a frame from (0, 0). The zero value counts all.
type Bounds struct{ Width, Height int }

// window is a rectangle of pixels, both ends included.
type window struct{ x0, y0, x1, y1 int }

// Overlap returns the rasterised intersection over union of two regions as the VOT toolkit computes it: corners
// rounded to whole pixels (half to even), the regions filled with their edges included, pixels counted inside bounds.
// A code covers the pixel (0, 0) to (0, 0), so that two codes overlap fully, and so do (a quirk of the toolkit) two
// regions whose common extent is one pixel wide or high; regions that differ but lie outside bounds do not at all.
func Overlap(a, b Region, bounds Bounds) float64 {
	a, b = a.rounded(), b.rounded()
	wa, wb := a.window(), b.window()
	w := window{min(wa.x0, wb.x0), min(wa.y0, wb.y0), max(wa.x1, wb.x1), max(wa.y1, wb.y1)}
	if w.x0 >= w.x1 || w.y0 >= w.y1 {
		return 1
	}
	if bounds.Width > 0 && bounds.Height > 0 {
		w = window{max(0, w.x0), max(0, w.y0), min(bounds.Width-1, w.x1), min(bounds.Height-1, w.y1)}
	}
	if w.x0 >= w.x1 || w.y0 >= w.y1 {
		return 0
	}
	inter, union := 0, 0
	var ra, rb rowFiller
	for y := w.y0; y <= w.y1; y++ {
		i, u := count(ra.fill(a, y, w), rb.fill(b, y, w))
		inter, union = inter+i, union+u
	}
	if union == 0 {
		return 0
	}
	return float64(inter) / float64(union)
}

// round rounds half to even in single precision, the precision of the toolkit's regions.
func round(v float64) float64 { return math.RoundToEven(float64(float32(v))) }

// rounded moves a shape to whole pixels.
func (r Region) rounded() Region {
	switch r.Kind {
	case Rectangle:
		r.Box.X, r.Box.Y, r.Box.W, r.Box.H = round(r.Box.X), round(r.Box.Y), round(r.Box.W), round(r.Box.H)
	case Polygon:
		p := make([]Point, len(r.Points))
		for i, q := range r.Points {
			p[i] = Point{round(q.X), round(q.Y)}
		}
		r.Points = p
	}
	return r
}

// window is the extent of a rounded region in pixels.
func (r Region) window() window {
	switch r.Kind {
	case Rectangle:
		return window{int(r.Box.X), int(r.Box.Y), int(r.Box.X + r.Box.W - 1), int(r.Box.Y + r.Box.H - 1)}
	case Polygon:
		x0, y0, x1, y1 := r.extent()
		return window{int(x0), int(y0), int(x1), int(y1)}
	case Mask:
		if x0, y0, x1, y1, ok := r.maskExtent(); ok {
			return window{x0, y0, x1, y1}
		}
		return window{int(r.Box.X), int(r.Box.Y), int(r.Box.X), int(r.Box.Y)}
	}
	return window{}
}

// span is a run of pixels of one row, both ends included.
type span struct{ x0, x1 int }

// rowFiller makes the spans of one row of a region, reusing its memory.
type rowFiller struct {
	nodes []int
	spans []span
}

// fill returns the row's spans, ascending, apart and cut to the window.
func (f *rowFiller) fill(r Region, y int, w window) []span {
	f.spans = f.spans[:0]
	switch r.Kind {
	case Rectangle:
		e := r.window()
		if y >= e.y0 && y <= e.y1 {
			f.add(e.x0, e.x1, w)
		}
	case Polygon:
		f.polygon(r.Points, y, w)
	case Mask:
		f.mask(r, y, w)
	}
	return f.spans
}

// add appends a span, cut to the window and joined to the one before where they touch.
func (f *rowFiller) add(x0, x1 int, w window) {
	x0, x1 = max(x0, w.x0), min(x1, w.x1)
	if n := len(f.spans); n > 0 && x0 <= f.spans[n-1].x1 {
		f.spans[n-1].x1 = max(f.spans[n-1].x1, x1)
		return
	}
	if x0 <= x1 {
		f.spans = append(f.spans, span{x0, x1})
	}
}

// polygon fills between the places where the edges cross the row. An edge counts where the row lies between its ends,
// both included; a horizontal edge on the row counts with its first corner. Places are cut to whole pixels towards the
// window's left edge, that is truncated relative to it, as the toolkit does. Where two places are equal, the first is
// skipped unless they are the last ones: a corner on the row would otherwise open and close a span at once.
func (f *rowFiller) polygon(p []Point, y int, w window) {
	f.nodes = f.nodes[:0]
	row, left := float64(y-w.y0), float64(w.x0)
	for i := range p {
		q := p[(i+len(p)-1)%len(p)]
		iy, jy := p[i].Y-float64(w.y0), q.Y-float64(w.y0)
		if (iy > row && jy > row) || (iy < row && jy < row) {
			continue
		}
		x := p[i].X - left
		if jy != iy {
			x += float64((row - iy) / (jy - iy) * (q.X - p[i].X))
		}
		f.nodes = append(f.nodes, int(x))
	}
	slices.Sort(f.nodes)
	width := w.x1 - w.x0 + 1
	for i := 0; i < len(f.nodes)-1; {
		a, b := f.nodes[i], f.nodes[i+1]
		if a >= width {
			break
		}
		if a == b && i < len(f.nodes)-2 {
			i++
			continue
		}
		if b >= 0 {
			f.add(a+w.x0, b+w.x0, w)
		}
		i += 2
	}
}

// mask takes the runs of a mask's row.
func (f *rowFiller) mask(r Region, y int, w window) {
	width := int(r.Box.W)
	row := y - int(r.Box.Y)
	if row < 0 || row >= int(r.Box.H) {
		return
	}
	bits := r.Bits[row*width : (row+1)*width]
	for x := 0; x < width; x++ {
		if bits[x] == 0 {
			continue
		}
		start := x
		for x+1 < width && bits[x+1] != 0 {
			x++
		}
		f.add(int(r.Box.X)+start, int(r.Box.X)+x, w)
	}
}

// count returns the pixels in both rows of spans and those in either.
func count(a, b []span) (inter, union int) {
	for _, s := range a {
		union += s.x1 - s.x0 + 1
	}
	for _, s := range b {
		union += s.x1 - s.x0 + 1
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		x0, x1 := max(a[i].x0, b[j].x0), min(a[i].x1, b[j].x1)
		if x0 <= x1 {
			inter += x1 - x0 + 1
		}
		if a[i].x1 < b[j].x1 {
			i++
		} else {
			j++
		}
	}
	return inter, union - inter
}
