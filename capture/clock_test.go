package capture

import (
	"math"
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	const ms = time.Millisecond
	start := time.Now()
	none := []float64{math.NaN(), -3.7e20, math.Inf(1)}
	for _, c := range []struct {
		name  string
		clock clock
		msec  []float64       // what OpenCV says
		wall  []time.Duration // when the frame came
		want  []time.Duration
	}{
		{"container", clock{rate: 10}, []float64{40, 80, 200}, nil, []time.Duration{0, 40 * ms, 160 * ms}},
		{"user's rate", clock{rate: 10, fixed: 4}, []float64{0, 1, 2}, nil, []time.Duration{0, 250 * ms, 500 * ms}},
		{"wall", clock{live: true, rate: 25}, none, []time.Duration{5 * ms, 9 * ms, 55 * ms}, []time.Duration{0, 4 * ms, 50 * ms}},
		{"no position", clock{rate: 10}, none, nil, []time.Duration{0, 100 * ms, 200 * ms}},
		{"no position, no rate", clock{}, none, nil, []time.Duration{0, 40 * ms, 80 * ms}},
		{"position stands still", clock{rate: 10}, []float64{0, 0, 0}, nil, []time.Duration{0, 100 * ms, 200 * ms}},
		{"position jumps back", clock{rate: 10}, []float64{0, 500, 100}, nil, []time.Duration{0, 500 * ms, 600 * ms}},
	} {
		for i, msec := range c.msec {
			now := start
			if c.wall != nil {
				now = start.Add(c.wall[i])
			}
			if got := c.clock.at(i, position(msec), now); got != c.want[i] {
				t.Errorf("%s: frame %d at %v, not %v", c.name, i, got, c.want[i])
			}
		}
	}
}

func TestBelievable(t *testing.T) {
	for fps, want := range map[float64]float64{
		25: 25, 0.5: 0.5, 1000: 1000, 0: 0, -1: 0, 90000: 0, 180000: 0, math.Inf(1): 0, math.NaN(): 0,
	} {
		if got := believable(fps); got != want {
			t.Errorf("%g is taken for %g", fps, got)
		}
	}
}
