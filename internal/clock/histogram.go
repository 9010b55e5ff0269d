package clock

import (
	"math"
	"time"
)

// perOctave is how many buckets of a Histogram lie between a time and twice that time: they are 1.1 % wide.
const perOctave = 64

// octaves is how many doublings of a nanosecond a Histogram tells apart: the last is some 18 minutes.
const octaves = 40

// Histogram counts times in buckets that widen with the time, so that quantiles are right within 1.1 % and memory
// stays the same however many are added. Its zero value is empty.
type Histogram struct {
	counts [perOctave * octaves]uint32
	n      int
	sum    time.Duration
}

// Add counts one time.
func (h *Histogram) Add(d time.Duration) {
	i := int(math.Log2(float64(max(d, 1))) * perOctave)
	h.counts[min(i, len(h.counts)-1)]++
	h.n++
	h.sum += d
}

// Len returns how many times were added.
func (h *Histogram) Len() int { return h.n }

// Mean returns the arithmetic mean, 0 of nothing.
func (h *Histogram) Mean() time.Duration {
	if h.n == 0 {
		return 0
	}
	return h.sum / time.Duration(h.n)
}

// Quantile returns the time below which the share q in [0, 1] of all lies, 0 of nothing.
func (h *Histogram) Quantile(q float64) time.Duration {
	below, want := 0, max(1, int(math.Ceil(q*float64(h.n))))
	for i, c := range h.counts {
		if below += int(c); below >= want {
			return time.Duration(math.Exp2((float64(i) + 0.5) / perOctave))
		}
	}
	return 0
}
