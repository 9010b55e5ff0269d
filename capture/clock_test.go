package capture

import (
	"math"
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	const ms = time.Millisecond
	start := time.Now()
	none := []time.Duration{noPosition, noPosition, noPosition}
	for _, c := range []struct {
		name  string
		clock clock
		at    []time.Duration // what the container says
		wall  []time.Duration // when the frame came
		want  []time.Duration
	}{
		{
			"container", clock{rate: 10}, []time.Duration{40 * ms, 80 * ms, 200 * ms},
			nil, []time.Duration{0, 40 * ms, 160 * ms},
		},
		{
			"user's rate", clock{rate: 10, fixed: 4}, []time.Duration{0, ms, 2 * ms},
			nil, []time.Duration{0, 250 * ms, 500 * ms},
		},
		{
			"wall", clock{live: true, rate: 25}, none,
			[]time.Duration{5 * ms, 9 * ms, 55 * ms}, []time.Duration{0, 4 * ms, 50 * ms},
		},
		{"no position", clock{rate: 10}, none, nil, []time.Duration{0, 100 * ms, 200 * ms}},
		{"no position, no rate", clock{}, none, nil, []time.Duration{0, 40 * ms, 80 * ms}},
		{
			"position stands still", clock{rate: 10}, []time.Duration{0, 0, 0},
			nil, []time.Duration{0, 100 * ms, 200 * ms},
		},
		{
			"position jumps back", clock{rate: 10}, []time.Duration{0, 500 * ms, 100 * ms},
			nil, []time.Duration{0, 500 * ms, 600 * ms},
		},
		{
			"begins before zero", clock{rate: 10}, []time.Duration{-40 * ms, 0, 40 * ms},
			nil, []time.Duration{0, 40 * ms, 80 * ms},
		},
	} {
		for i, at := range c.at {
			now := start
			if c.wall != nil {
				now = start.Add(c.wall[i])
			}
			if got := c.clock.at(i, at, now); got != c.want[i] {
				t.Errorf("%s: frame %d at %v, not %v", c.name, i, got, c.want[i])
			}
		}
	}
}

// A number that is left out, because its picture could not be decoded, takes its time where only the rate gives one.
func TestClockCountsWhatIsLeftOut(t *testing.T) {
	c := clock{rate: 10}
	for _, f := range []struct {
		index int
		want  time.Duration
	}{{0, 0}, {1, 100 * time.Millisecond}, {4, 400 * time.Millisecond}} {
		if got := c.at(f.index, noPosition, time.Time{}); got != f.want {
			t.Errorf("frame %d at %v, not %v", f.index, got, f.want)
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
