package session

import "time"

// Rate measures how often something happens: it averages the intervals between events, each new one with a weight of
// a tenth. The zero Rate is ready; it is used by one goroutine at a time.
type Rate struct {
	last     time.Time
	interval time.Duration
	paused   bool // the last interval was so long that it is taken for a pause, which is no rate; two are one
}

// Tick notes an event.
func (r *Rate) Tick(now time.Time) {
	if !r.last.IsZero() {
		d := now.Sub(r.last)
		switch {
		case r.interval == 0:
			r.interval = d
		case !r.paused && d > time.Second && d > 10*r.interval:
			r.paused = true
			r.last = now
			return
		default:
			r.interval += (d - r.interval) / 10
		}
		r.paused = false
	}
	r.last = now
}

// PerSecond returns events a second, 0 before the second one; it falls towards 0 when no more come.
func (r *Rate) PerSecond() float64 {
	d := r.interval
	if d <= 0 {
		return 0
	}
	if silent := time.Since(r.last); silent > 4*d {
		d = silent
	}
	return float64(time.Second) / float64(d)
}
