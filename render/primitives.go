package render

import (
	"image"
	"image/color"
	"math"

	"siamtrack/tracker"
)

// coordLimit bounds the pixel coordinates that are drawn, so that a box far away cannot overflow an int.
const coordLimit = 1 << 20

// pixels returns the rectangle of pixels nearest to b.
func pixels(b tracker.Box) image.Rectangle {
	near := func(v float64) int { return int(math.Round(max(-coordLimit, min(coordLimit, v)))) }
	return image.Rect(near(b.X), near(b.Y), near(b.X+b.W), near(b.Y+b.H))
}

// clipped returns the part of dst inside r, sharing its pixels. It is a value, where SubImage would allocate.
func clipped(dst *image.RGBA, r image.Rectangle) image.RGBA {
	r = r.Intersect(dst.Rect)
	if r.Empty() {
		return image.RGBA{}
	}
	return image.RGBA{Pix: dst.Pix[dst.PixOffset(r.Min.X, r.Min.Y):], Stride: dst.Stride, Rect: r}
}

// blend lays c with opacity a (0 to 256) over the opaque pixel px.
func blend(px []uint8, c color.RGBA, a int) {
	px = px[:4:4]
	px[0] += uint8((int(c.R) - int(px[0])) * a >> 8)
	px[1] += uint8((int(c.G) - int(px[1])) * a >> 8)
	px[2] += uint8((int(c.B) - int(px[2])) * a >> 8)
	px[3] = 255
}

// fill lays colour c with the given opacity in [0, 1] over the part of r inside dst.
func fill(dst *image.RGBA, r image.Rectangle, c color.RGBA, opacity float64) {
	r = r.Intersect(dst.Rect)
	if r.Empty() {
		return
	}
	a := int(opacity*256 + 0.5)
	first := row(dst, r, r.Min.Y)
	for i := 0; i < len(first); i += 4 {
		blend(first[i:i+4], c, a)
	}
	for y := r.Min.Y + 1; y < r.Max.Y; y++ {
		if line := row(dst, r, y); a >= 256 {
			copy(line, first)
		} else {
			for i := 0; i < len(line); i += 4 {
				blend(line[i:i+4], c, a)
			}
		}
	}
}

// row returns the pixels of row y of dst inside r, which lies inside dst.
func row(dst *image.RGBA, r image.Rectangle, y int) []uint8 {
	return dst.Pix[dst.PixOffset(r.Min.X, y) : dst.PixOffset(r.Max.X-1, y)+4]
}

// outline draws the four sides of r, w pixels thick, inside r.
func outline(dst *image.RGBA, r image.Rectangle, w int, c color.RGBA, opacity float64) {
	if r.Dx() <= 2*w || r.Dy() <= 2*w {
		fill(dst, r, c, opacity)
		return
	}
	fill(dst, image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+w), c, opacity)
	fill(dst, image.Rect(r.Min.X, r.Max.Y-w, r.Max.X, r.Max.Y), c, opacity)
	fill(dst, image.Rect(r.Min.X, r.Min.Y+w, r.Min.X+w, r.Max.Y-w), c, opacity)
	fill(dst, image.Rect(r.Max.X-w, r.Min.Y+w, r.Max.X, r.Max.Y-w), c, opacity)
}

// dashes draws the four sides of r, w pixels thick, as dashes of the given length with gaps between them.
func dashes(dst *image.RGBA, r image.Rectangle, w, length, gap int, c color.RGBA) {
	period := length + gap
	visible := r.Intersect(dst.Rect.Inset(-period)) // a side far outside is not walked along
	first := func(from, min int) int { return min + (max(from, min)-min)/period*period }
	for x := first(visible.Min.X, r.Min.X); x < visible.Max.X; x += period {
		end := min(x+length, r.Max.X)
		fill(dst, image.Rect(x, r.Min.Y, end, r.Min.Y+w), c, 1)
		fill(dst, image.Rect(x, r.Max.Y-w, end, r.Max.Y), c, 1)
	}
	for y := first(visible.Min.Y, r.Min.Y); y < visible.Max.Y; y += period {
		end := min(y+length, r.Max.Y)
		fill(dst, image.Rect(r.Min.X, y, r.Min.X+w, end), c, 1)
		fill(dst, image.Rect(r.Max.X-w, y, r.Max.X, end), c, 1)
	}
}
