package render

import (
	"image/color"
	"math"
	"testing"

	"siamtrack/tracker"
)

// lightness returns the Oklab lightness of an sRGB colour, by the forward matrices of Ottosson's article.
func lightness(c color.RGBA) float64 {
	linear := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return 0.2104542553*l + 0.7936177850*m - 0.0040720468*s
}

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

func TestHeatColorsRiseEvenly(t *testing.T) {
	colors := HeatColors()
	for i, c := range colors {
		want := 0.16 + 0.78*float64(i)/255
		if got := lightness(c); math.Abs(got-want) > 0.01 {
			t.Errorf("colour %d %v has lightness %.4f, want %.4f", i, c, got, want)
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
