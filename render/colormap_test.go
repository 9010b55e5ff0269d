package render

import (
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"siamtrack/tracker"
)

// TestColorMapsArePublishedOnes compares with the lists of Matplotlib 3.9.2 (_cm_listed.py), at five of 256 places. The
// library interpolates them between a few colours, which no eye tells from the lists.
func TestColorMapsArePublishedOnes(t *testing.T) {
	type rgb [3]uint8
	for m, want := range map[ColorMap][5]rgb{
		Viridis: {{68, 1, 84}, {59, 82, 139}, {33, 144, 141}, {94, 201, 98}, {253, 231, 37}},
		Magma:   {{0, 0, 4}, {81, 18, 124}, {181, 54, 122}, {252, 137, 97}, {252, 253, 191}},
		Inferno: {{0, 0, 4}, {87, 16, 110}, {186, 54, 85}, {249, 142, 9}, {252, 255, 164}},
		Plasma:  {{13, 8, 135}, {126, 3, 168}, {203, 70, 121}, {248, 149, 64}, {240, 249, 33}},
		Cividis: {{0, 34, 78}, {67, 78, 108}, {124, 123, 120}, {188, 174, 108}, {254, 232, 56}},
		Turbo:   {{48, 18, 59}, {40, 188, 235}, {161, 253, 61}, {251, 126, 33}, {122, 4, 3}},
		Gray:    {{0, 0, 0}, {64, 64, 64}, {127, 127, 127}, {192, 192, 192}, {255, 255, 255}},
	} {
		colors := m.Colors()
		for k, i := range [5]int{0, 64, 127, 192, 255} {
			got, w := colors[i], want[k]
			if apart(got.R, w[0]) > 25 || apart(got.G, w[1]) > 16 || apart(got.B, w[2]) > 32 || got.A != 255 {
				t.Errorf("%s: colour %d is %v, want %v", m, i, got, w)
			}
		}
	}
}

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

// TestColorMapsGrowLighter: the maps that are said to keep their order on a grey print do.
func TestColorMapsGrowLighter(t *testing.T) {
	for _, m := range []ColorMap{Viridis, Magma, Inferno, Plasma, Cividis, Gray} {
		colors := m.Colors()
		for i := 4; i < 256; i += 4 {
			if before, now := lightness(colors[i-4]), lightness(colors[i]); now <= before-1e-3 {
				t.Errorf("%s: colour %d has lightness %.4f, %d had %.4f", m, i, now, i-4, before)
			}
		}
	}
}

func apart(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }

func TestParseColorMap(t *testing.T) {
	for _, m := range ColorMaps() {
		if got, err := ParseColorMap(string(m)); got != m || err != nil {
			t.Errorf("%s: %q, %v", m, got, err)
		}
	}
	for _, bad := range []string{"", "Viridis", "jet"} {
		if _, err := ParseColorMap(bad); err == nil || !strings.Contains(err.Error(), "viridis, magma") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if text, err := ColorMap("").MarshalText(); string(text) != "viridis" || err != nil {
		t.Errorf("%s, %v", text, err)
	}
}

// TestHeatMapInChosenColours: a map of ones, fully laid over a frame, has the last colour of the chosen map.
func TestHeatMapInChosenColours(t *testing.T) {
	screen, err := NewScreen()
	if err != nil {
		t.Fatal(err)
	}
	response := &tracker.Response{Width: 1, Height: 1, Values: []float32{1}, Area: tracker.Box{W: 16, H: 16}}
	step := tracker.Step{Frame: tracker.Frame{Image: image.NewRGBA(image.Rect(0, 0, 16, 16))},
		Targets: []tracker.Target{{ID: 1, Result: tracker.Result{Response: response}}}}
	for _, m := range []ColorMap{"", Inferno, Gray, Viridis} {
		screen.Show = Show{HeatMap: true, ColorMap: m}
		got := screen.Draw(nil, Moment{Step: step}).RGBAAt(8, 8)
		last := m.Colors()[255]
		share := func(v uint8) uint8 { return uint8(heatOpacity * float64(v)) }
		want := color.RGBA{share(last.R), share(last.G), share(last.B), 255}
		if apart(got.R, want.R) > 2 || apart(got.G, want.G) > 2 || apart(got.B, want.B) > 2 {
			t.Errorf("%q: %v, want %v", m, got, want)
		}
	}
}
