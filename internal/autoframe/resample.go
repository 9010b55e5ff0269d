package autoframe

import (
	"image"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"siamtrack/tracker"
)

// between is the place between two neighbours of a row or column: the first one, and the second one's share of 256.
type between struct{ first, share int }

// sampler draws a part of a picture in another size, to a fraction of a pixel. It keeps its memory.
type sampler struct {
	across []between
	row    []uint32 // one row of the source, between two of its rows, times 256
}

// draw fills dst with the part of src that view is, in src's pixels, continuous. Beyond src its edge goes on.
func (s *sampler) draw(dst, src *image.RGBA, view tracker.Box) {
	k := float64(dst.Rect.Dx()) / view.W
	if k < 0.5 { // neighbours alone would leave out pixels
		to := f64.Aff3{k, 0, -k * view.X, 0, k, -k * view.Y}
		draw.BiLinear.Transform(dst, to, src, src.Rect, draw.Src, nil)
		return
	}
	width, height := src.Rect.Dx(), src.Rect.Dy()
	s.across = s.across[:0]
	for x := range dst.Rect.Dx() {
		b := place(x, view.X-float64(src.Rect.Min.X), k, width)
		s.across = append(s.across, between{4 * b.first, b.share})
	}
	for len(s.row) < 4*width+4 {
		s.row = append(s.row, 0)
	}
	for y := range dst.Rect.Dy() {
		b := place(y, view.Y-float64(src.Rect.Min.Y), k, height)
		upper := src.Pix[b.first*src.Stride:][:4*width]
		lower := upper
		if b.share > 0 {
			lower = src.Pix[(b.first+1)*src.Stride:][:4*width]
		}
		s.line(dst.Pix[y*dst.Stride:][:4*len(s.across)], upper, lower, uint32(b.share))
	}
}

// line fills one row of the picture from two of the source.
func (s *sampler) line(out, upper, lower []uint8, share uint32) {
	rest := 256 - share
	row := s.row // four longer than upper: the last pixel has a neighbour, of no share
	for i := range upper {
		row[i] = uint32(upper[i])*rest + uint32(lower[i])*share
	}
	for x, b := range s.across {
		n := row[b.first:][:8:8] // two pixels of four channels
		o, right := out[4*x:][:4:4], uint32(b.share)
		left := 256 - right
		o[0] = uint8((n[0]*left + n[4]*right + 1<<15) >> 16)
		o[1] = uint8((n[1]*left + n[5]*right + 1<<15) >> 16)
		o[2] = uint8((n[2]*left + n[6]*right + 1<<15) >> 16)
		o[3] = uint8((n[3]*left + n[7]*right + 1<<15) >> 16)
	}
}

// place returns where pixel i of a picture lies among n of the source, whose first lies start before the view.
func place(i int, start, k float64, n int) between {
	u := max(0, min(float64(n-1), start+(float64(i)+0.5)/k-0.5))
	first := int(u)
	share := int((u - float64(first)) * 256)
	if first == n-1 {
		share = 0
	}
	return between{first, share}
}
