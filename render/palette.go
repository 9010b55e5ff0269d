package render

import (
	"image/color"
	"math"

	"siamtrack/tracker"
)

// The neutral colours: letters on a coloured plate, letters on a dark one, dark plates, the ground of a panel.
var (
	ink    = color.RGBA{16, 18, 22, 255}
	paper  = color.RGBA{240, 242, 245, 255}
	shade  = color.RGBA{0, 0, 0, 255}
	ground = color.RGBA{22, 24, 29, 255}
)

// StateColor returns the colour of a state. The three stay apart for colour-blind eyes too: they are the bluish
// green, orange and vermillion of Okabe and Ito ("Color Universal Design", 2008), lightened to stand on video.
func StateColor(s tracker.State) color.RGBA {
	switch s {
	case tracker.Tracking:
		return color.RGBA{30, 214, 158, 255}
	case tracker.Uncertain:
		return color.RGBA{255, 179, 26, 255}
	default:
		return color.RGBA{255, 104, 61, 255}
	}
}

// oklch returns the sRGB colour of lightness l, chroma c and hue h (radians) in Oklab (B. Ottosson, "A perceptual color
// space for image processing", 2020), in which colours of one lightness look equally light. A chroma that the screen
// does not have is lowered until it does.
func oklch(l, c, h float64) color.RGBA {
	for ; c > 0; c -= 0.002 {
		r, g, b := oklabToLinear(l, c*math.Cos(h), c*math.Sin(h))
		if min(r, g, b) >= 0 && max(r, g, b) <= 1 {
			return color.RGBA{encode(r), encode(g), encode(b), 255}
		}
	}
	r, g, b := oklabToLinear(l, 0, 0)
	return color.RGBA{encode(r), encode(g), encode(b), 255}
}

// oklabToLinear converts Oklab to linear sRGB with the matrices of Ottosson's article.
func oklabToLinear(l, a, b float64) (red, green, blue float64) {
	cube := func(v float64) float64 { return v * v * v }
	lc := cube(l + 0.3963377774*a + 0.2158037573*b)
	mc := cube(l - 0.1055613458*a - 0.0638541728*b)
	sc := cube(l - 0.0894841775*a - 1.2914855480*b)
	return 4.0767416621*lc - 3.3077115913*mc + 0.2309699292*sc,
		-1.2684380046*lc + 2.6097574011*mc - 0.3413193965*sc,
		-0.0041960863*lc - 0.7034186147*mc + 1.7076147010*sc
}

// encode turns linear light in [0, 1] into an 8-bit value by the transfer function of IEC 61966-2-1 (sRGB).
func encode(v float64) uint8 {
	if v <= 0.0031308 {
		v *= 12.92
	} else {
		v = 1.055*math.Pow(v, 1/2.4) - 0.055
	}
	return uint8(math.Round(255 * max(0, min(1, v))))
}
