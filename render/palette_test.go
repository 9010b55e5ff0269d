package render

import (
	"image/color"
	"math"
	"testing"

	"siamtrack/tracker"
)

func TestOklabKnownColours(t *testing.T) {
	for _, c := range []struct {
		l, chroma, hue float64
		want           [3]float64
	}{ // white and black by definition; the sRGB primaries as CSS Color 4 gives them in oklch()
		{1, 0, 0, [3]float64{1, 1, 1}},
		{0, 0, 0, [3]float64{0, 0, 0}},
		{0.62796, 0.25768, 29.234, [3]float64{1, 0, 0}},
		{0.86644, 0.29483, 142.495, [3]float64{0, 1, 0}},
		{0.45201, 0.31321, 264.052, [3]float64{0, 0, 1}},
	} {
		h := c.hue * math.Pi / 180
		r, g, b := oklabToLinear(c.l, c.chroma*math.Cos(h), c.chroma*math.Sin(h))
		for i, v := range [...]float64{r, g, b} {
			if math.Abs(v-c.want[i]) > 1e-3 {
				t.Errorf("oklch(%v, %v, %v): channel %d is %.5f, want %v", c.l, c.chroma, c.hue, i, v, c.want[i])
			}
		}
	}
}

func TestStatesHaveColoursOfTheirOwn(t *testing.T) {
	seen := map[color.RGBA]tracker.State{}
	for _, s := range []tracker.State{tracker.Tracking, tracker.Uncertain, tracker.Lost} {
		c := StateColor(s)
		if other, ok := seen[c]; ok {
			t.Errorf("%v and %v look the same", s, other)
		}
		seen[c] = s
	}
}
