package siamfc

import (
	"image"
	"math"

	"siamtrack/tracker"
)

// gray is a picture in grey levels 0..255, row by row.
type gray struct {
	pix  []float32
	w, h int
}

// pyramid is a picture and its halves, each the mean of 2x2 pixels of the one before, down to a few pixels.
type pyramid []gray

// newPyramid takes a picture's luma (ITU-R BT.601).
func newPyramid(img *image.RGBA) pyramid {
	size := img.Bounds().Size()
	g := gray{make([]float32, size.X*size.Y), size.X, size.Y}
	for y := range size.Y {
		row := img.Pix[y*img.Stride:][:4*size.X]
		for x := range size.X {
			g.pix[y*size.X+x] = 0.299*float32(row[4*x]) + 0.587*float32(row[4*x+1]) + 0.114*float32(row[4*x+2])
		}
	}
	p := pyramid{g}
	for min(g.w, g.h) >= 8 {
		half := gray{make([]float32, (g.w/2)*(g.h/2)), g.w / 2, g.h / 2}
		for y := range half.h {
			upper, lower := g.pix[2*y*g.w:], g.pix[(2*y+1)*g.w:]
			for x := range half.w {
				half.pix[y*half.w+x] = (upper[2*x] + upper[2*x+1] + lower[2*x] + lower[2*x+1]) / 4
			}
		}
		p, g = append(p, half), half
	}
	return p
}

// sample writes a box of the picture, in pixels, to the w x h numbers of dst, bilinearly, from the level on which a
// step is one to two pixels. Beyond the picture its border is repeated.
func (p pyramid) sample(dst []float32, box tracker.Box, w, h int) {
	stepX, stepY := box.W/float64(w), box.H/float64(h)
	level := min(max(int(math.Floor(math.Log2(max(stepX, stepY, 1)))), 0), len(p)-1)
	g, scale := p[level], float64(int(1)<<level)
	x0, y0 := box.X/scale, box.Y/scale
	stepX, stepY = stepX/scale, stepY/scale
	for j := range h {
		y, fy := split(y0+(float64(j)+0.5)*stepY-0.5, g.h)
		upper, lower := g.pix[y*g.w:][:g.w], g.pix[min(y+1, g.h-1)*g.w:][:g.w]
		for i := range w {
			x, fx := split(x0+(float64(i)+0.5)*stepX-0.5, g.w)
			next := min(x+1, g.w-1)
			top, bottom := upper[x]+(upper[next]-upper[x])*fx, lower[x]+(lower[next]-lower[x])*fx
			dst[j*w+i] = top + (bottom-top)*fy
		}
	}
}

// split is the pixel at a position between pixel centres, and how far beyond it the position lies.
func split(at float64, size int) (int, float32) {
	at = min(max(at, 0), float64(size-1))
	first := int(at)
	return first, float32(at - float64(first))
}
