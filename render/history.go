package render

import (
	"image"

	"siamtrack/tracker"
)

// History remembers the scores and states of the last results.
type History struct {
	items []moment // a ring
	next  int      // where the next one goes
	full  bool
}

type moment struct {
	score float64
	state tracker.State
}

// NewHistory returns a History of the last n results, at least one.
func NewHistory(n int) *History { return &History{items: make([]moment, max(1, n))} }

// Add remembers a result, forgetting the oldest one where there is no room.
func (h *History) Add(r tracker.Result) {
	score := r.Score
	if !(score > 0) { // NaN too
		score = 0
	}
	h.items[h.next] = moment{min(1, score), r.State}
	h.next++
	if h.next == len(h.items) {
		h.next, h.full = 0, true
	}
}

// Len returns how many results are remembered.
func (h *History) Len() int {
	if h.full {
		return len(h.items)
	}
	return h.next
}

// at returns the i-th result, the oldest first.
func (h *History) at(i int) moment {
	if h.full {
		i += h.next
	}
	return h.items[i%len(h.items)]
}

// Sparkline draws the scores of h from the oldest on the left to the newest on the right: 0 at the bottom of at, 1 at
// its top, coloured by state. A history that is not full yet leaves its right part empty; h may be nil.
func (p *Painter) Sparkline(dst *image.RGBA, at image.Rectangle, h *History) {
	p.fit(dst)
	fill(dst, at, shade, 0.5)
	for _, level := range [...]int{0, 1, 2} {
		y := at.Min.Y + level*(at.Dy()-1)/2
		fill(dst, image.Rect(at.Min.X, y, at.Max.X, y+1), paper, 0.15)
	}
	if h == nil {
		return
	}
	n, last := h.Len(), -1
	for x := at.Min.X; x < at.Max.X && n > 0; x++ {
		i := (x - at.Min.X) * len(h.items) / at.Dx()
		if i >= n {
			break
		}
		m := h.at(i)
		c := StateColor(m.state)
		y := at.Max.Y - 1 - int(m.score*float64(at.Dy()-1))
		fill(dst, image.Rect(x, y, x+1, at.Max.Y), c, 0.25)
		top, bottom := y, y
		if last >= 0 { // join it to its neighbour, so that a jump is a line and not a gap
			top, bottom = min(y, last), max(y, last)
		}
		fill(dst, image.Rect(x, top, x+1, bottom+p.line), c, 1)
		last = y
	}
}
