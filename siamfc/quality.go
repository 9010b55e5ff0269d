package siamfc

import (
	"math"

	"siamtrack/tracker"
)

// sidelobeRadius is the half-width, in cells, of the square about the peak that the peak-to-sidelobe ratio leaves
// out: Bolme et al. (2010) leave out 11x11 of a 64x64 map, about a sixth of its side; on maps of 15 to 17 cells that
// is a radius of one.
const sidelobeRadius = 1

// measure fills Peak, PSR and APCE of r from its values.
func measure(r *tracker.Response) {
	at, lowest := 0, math.Inf(1)
	for i, v := range r.Values {
		if v > r.Values[at] {
			at = i
		}
		lowest = min(lowest, float64(v))
	}
	r.Peak = float64(r.Values[at])
	px, py := at%r.Width, at/r.Width
	var energy, sum, squares, n float64
	for i, value := range r.Values {
		v := float64(value)
		energy += (v - lowest) * (v - lowest)
		if abs(i%r.Width-px) > sidelobeRadius || abs(i/r.Width-py) > sidelobeRadius {
			sum += v
			squares += v * v
			n++
		}
	}
	r.APCE, r.PSR = 0, 0
	if energy > 0 {
		r.APCE = (r.Peak - lowest) * (r.Peak - lowest) / (energy / float64(len(r.Values)))
	}
	if n > 0 {
		mean := sum / n
		if dev := math.Sqrt(max(squares/n-mean*mean, 0)); dev > 1e-9 {
			r.PSR = (r.Peak - mean) / dev
		}
	}
}

func abs(i int) int {
	if i < 0 {
		return -i
	}
	return i
}

// judge is the state machine between tracking, uncertain and lost.
type judge struct {
	spec StateSpec
	bad  int // frames in a row with a sign of loss
	lost bool
}

// judge says the state of a frame by its score and response map. A lost target is taken up again only where the
// score reaches Uncertain: the way back is harder than the way down, so the state does not flicker.
func (j *judge) judge(score float64, r *tracker.Response) tracker.State {
	if j.lost {
		if score < j.spec.Uncertain {
			return tracker.Lost
		}
		j.lost, j.bad = false, 0
		return tracker.Uncertain
	}
	if score < j.spec.Lost {
		j.bad++
		if j.bad >= max(1, j.spec.Patience) {
			j.lost = true
			return tracker.Lost
		}
		return tracker.Uncertain
	}
	j.bad = 0
	if score < j.spec.Uncertain || r.APCE < j.spec.APCE {
		return tracker.Uncertain
	}
	return tracker.Tracking
}

// redetectScore is the least response of what is found again.
func (s StateSpec) redetectScore() float64 {
	if s.RedetectScore == 0 {
		return s.Uncertain
	}
	return s.RedetectScore
}

// redetectLooks is how many looks in a row it takes until what is found again is the target.
func (s StateSpec) redetectLooks() int {
	if s.RedetectLooks == 0 {
		return 2
	}
	return s.RedetectLooks
}
