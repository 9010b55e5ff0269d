package render

import "siamtrack/tracker"

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
