package region

import "slices"

// Bounds are the pixels that an overlap counts, as OverlapVOT and OverlapPySOT each read them. The zero value counts
// all.
type Bounds struct{ Width, Height int }

// maxCoordinate bounds pixel coordinates, so that they and their differences stay whole numbers.
const maxCoordinate = 1 << 30

// window is a rectangle of pixels, both ends included.
type window struct{ x0, y0, x1, y1 int }

// pixels is the number of pixels of a window, 0 where an end lies before its start.
func (w window) pixels() int { return max(0, w.x1-w.x0+1) * max(0, w.y1-w.y0+1) }

// noPixels is a window without any.
func noPixels() window { return window{0, 0, -1, -1} }

// meet is what two windows have in common.
func (w window) meet(v window) window {
	return window{max(w.x0, v.x0), max(w.y0, v.y0), min(w.x1, v.x1), min(w.y1, v.y1)}
}

// cut is a coordinate without its fraction.
func cut(v float64) int {
	switch {
	case v > maxCoordinate:
		return maxCoordinate
	case v >= -maxCoordinate:
		return int(v)
	}
	return -maxCoordinate // NaN too
}

// fewEdges is the number of edges that a raster holds without memory of its own.
const fewEdges = 8

// raster is a region in whole pixels, relative to the corner of the window in which two are compared.
type raster struct {
	kind Kind
	// box is a rectangle's pixels, of the others an extent outside whose rows they have none.
	box window
	few [fewEdges]edge // a polygon's edges, as many as sides
	// many are the edges of a polygon with more of them.
	many  []edge
	sides int
	// loneLast keeps the last pixel of a row where it opens and closes a span at once.
	loneLast bool
	mask     Region // its Box still in the frame
	x, y     int    // where the window lies in the frame
}

// edge is a side of a polygon between whole pixels: it goes from (x, y) on by (dx, dy) and meets the rows lo to hi.
type edge struct {
	lo, hi       int
	x, y, dx, dy float64
}

// at is the column in which the edge meets a row, without its fraction. The order of the operations is the toolkits'.
func (e *edge) at(row int) int {
	if e.dx == 0 || e.dy == 0 {
		return cut(e.x)
	}
	return cut(e.x + float64((float64(row)-e.y)/e.dy*e.dx))
}

// polygon makes the raster a polygon of corners relative to the window. A horizontal edge meets its row in its first
// corner where flat is set, otherwise nowhere.
func (r *raster) polygon(x, y []float64, flat bool) {
	r.kind, r.box = Polygon, window{0, maxCoordinate, maxCoordinate, -maxCoordinate}
	if len(x) > fewEdges {
		r.many = make([]edge, len(x))
	}
	edges := r.edges(len(x))
	j := len(x) - 1
	for i := range x {
		e := edge{cut(y[i]), cut(y[j]), x[i], y[i], x[j] - x[i], y[j] - y[i]}
		if e.lo > e.hi {
			e.lo, e.hi = e.hi, e.lo
		}
		if e.dy != 0 || flat {
			r.box.y0, r.box.y1 = min(r.box.y0, e.lo), max(r.box.y1, e.hi)
			edges[r.sides] = e
			r.sides++
		}
		j = i
	}
}

// edges are the first n of a polygon.
func (r *raster) edges(n int) []edge {
	if r.many != nil {
		return r.many[:n]
	}
	return r.few[:n]
}

// span is a run of pixels of one row, both ends included.
type span struct{ x0, x1 int }

// row appends to spans, which is empty, those of row y in a window that is width pixels wide: ascending and apart. It
// returns nodes too, the memory that it took.
func (r *raster) row(nodes []int, spans []span, y, width int) ([]int, []span) {
	switch {
	case y < r.box.y0 || y > r.box.y1:
		return nodes, spans
	case r.kind == Polygon:
		nodes = r.crossings(nodes[:0], y)
		return nodes, r.between(nodes, spans, width)
	case r.kind == Mask:
		return nodes, r.runs(spans, y, width)
	}
	return nodes, addSpan(spans, r.box.x0, r.box.x1, width)
}

// addSpan appends a span, cut to the window and joined to the one before where they touch.
func addSpan(spans []span, x0, x1, width int) []span {
	x0, x1 = max(x0, 0), min(x1, width-1)
	if n := len(spans); n > 0 && x0 <= spans[n-1].x1 {
		spans[n-1].x1 = max(spans[n-1].x1, x1)
		return spans
	}
	if x0 <= x1 {
		spans = append(spans, span{x0, x1})
	}
	return spans
}

// crossings appends the columns in which a polygon's edges meet a row, ascending.
func (r *raster) crossings(nodes []int, y int) []int {
	edges := r.edges(r.sides)
	for i := range edges {
		if e := &edges[i]; y >= e.lo && y <= e.hi {
			nodes = append(nodes, e.at(y))
		}
	}
	if len(nodes) > 2 {
		slices.Sort(nodes)
	} else if len(nodes) == 2 { // what a convex polygon has between its corners
		nodes[0], nodes[1] = min(nodes[0], nodes[1]), max(nodes[0], nodes[1])
	}
	return nodes
}

// between appends the spans between the columns in which edges meet a row. Where two are equal the first is left out: a
// corner on the row would otherwise open and close a span at once.
func (r *raster) between(nodes []int, spans []span, width int) []span {
	for i := 0; i < len(nodes)-1; {
		a, b := nodes[i], nodes[i+1]
		if a == b && (!r.loneLast || i < len(nodes)-2) {
			i++
			continue
		}
		if a >= width {
			break
		}
		spans = addSpan(spans, a, b, width)
		i += 2
	}
	return spans
}

// runs appends the runs of a mask's row.
func (r *raster) runs(spans []span, y, width int) []span {
	left, top, wide := int(r.mask.Box.X)-r.x, int(r.mask.Box.Y)-r.y, int(r.mask.Box.W)
	at := y - top
	if at < 0 || at >= int(r.mask.Box.H) {
		return spans
	}
	bits := r.mask.Bits[at*wide : (at+1)*wide]
	for x := 0; x < wide; x++ {
		if bits[x] == 0 {
			continue
		}
		start := x
		for x+1 < wide && bits[x+1] != 0 {
			x++
		}
		spans = addSpan(spans, left+start, left+x, width)
	}
	return spans
}

// count returns the pixels in both rasters and those in either, in a window of a size.
func count(a, b *raster, width, height int) (inter, union int) {
	if a.kind == Rectangle && b.kind == Rectangle {
		inter = a.box.meet(b.box).pixels()
		return inter, a.box.pixels() + b.box.pixels() - inter
	}
	nodes := make([]int, 0, fewEdges)
	sa, sb := make([]span, 0, fewEdges), make([]span, 0, fewEdges)
	for y := max(0, min(a.box.y0, b.box.y0)); y <= min(height-1, max(a.box.y1, b.box.y1)); y++ {
		nodes, sa = a.row(nodes, sa[:0], y, width)
		nodes, sb = b.row(nodes, sb[:0], y, width)
		i, u := countRow(sa, sb)
		inter, union = inter+i, union+u
	}
	return inter, union
}

// countRow returns the pixels in both rows of spans and those in either.
func countRow(a, b []span) (inter, union int) {
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
