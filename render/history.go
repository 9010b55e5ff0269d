package render

import "siamtrack/tracker"

// History remembers the scores and states of the last results.
type History struct {
	items []moment // a ring
	next  int      // where the next one goes
	full  bool
	gone  bool // it was lost, and has not been tracked since
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
	switch r.State {
	case tracker.Lost:
		h.gone = true
	case tracker.Tracking:
		h.gone = false
	}
	h.next++
	if h.next == len(h.items) {
		h.next, h.full = 0, true
	}
}

// Perhaps reports whether the last result is a place at which the target, lost before, may be again, though that is not
// sure: it is uncertain, and has not been tracked since it was lost. A nil history has none.
func (h *History) Perhaps() bool {
	return h != nil && h.gone && h.Len() > 0 && h.at(h.Len()-1).state == tracker.Uncertain
}

// word is the last result's state as a person is told.
func (h *History) word() string {
	if h.Perhaps() {
		return "perhaps"
	}
	return h.at(h.Len() - 1).state.String()
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
