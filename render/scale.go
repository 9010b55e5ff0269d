package render

import (
	"encoding/binary"
	"image"
)

// scaler brings pictures to another size. It keeps where each column reads, so that frames of one size cost their
// pixels alone. golang.org/x/image/draw's ApproxBiLinear takes four to eight times as long, which is a frame's whole
// time where a large picture is shown without a graphics card.
type scaler struct {
	from, to int   // the widths that columns suit
	columns  []tap // of the picture that is written
}

// tap is where a column or row reads: at byte or row `at` and at `next`, which is the neighbour's, mixed in the share
// of 256.
type tap struct{ at, next, share int }

// scale fills dst with src, bilinear between the centres of src's pixels: of a much larger picture it reads four pixels
// for each one.
func (s *scaler) scale(dst, src *image.RGBA) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	if dst.Rect.Empty() || w == 0 || h == 0 {
		return
	}
	if dst.Rect.Size() == src.Rect.Size() {
		for y := range h {
			copy(dst.Pix[y*dst.Stride:][:4*w], src.Pix[y*src.Stride:])
		}
		return
	}
	if s.from != w || s.to != dst.Rect.Dx() {
		s.from, s.to, s.columns = w, dst.Rect.Dx(), s.columns[:0]
		for x := range s.to {
			t := tapAt(x, s.to, w)
			s.columns = append(s.columns, tap{4 * t.at, 4 * t.next, t.share})
		}
	}
	for y := range dst.Rect.Dy() {
		t := tapAt(y, dst.Rect.Dy(), h)
		out := dst.Pix[y*dst.Stride:][:4*s.to]
		mix(out, src.Pix[t.at*src.Stride:][:4*w], src.Pix[t.next*src.Stride:][:4*w], s.columns, uint32(t.share))
	}
}

// tapAt returns where the i-th of `to` places reads among `from`.
func tapAt(i, to, from int) tap {
	at := (2*i+1)*from*128/to - 128 // the centre in 256ths of a pixel, from the first one's centre
	at = max(0, min(at, (from-1)*256))
	return tap{at >> 8, min(at>>8+1, from-1), at & 255}
}

// mix writes one row: between the rows upper and lower in the share of 256, between neighbours as columns say. Red and
// blue, and green and alpha, go through the arithmetic together, two in a word.
func mix(out, upper, lower []uint8, columns []tap, share uint32) {
	const two = 0x00ff00ff
	load := func(p []uint8, i int) (rb, ga uint32) {
		v := binary.LittleEndian.Uint32(p[i : i+4])
		return v & two, v >> 8 & two
	}
	for x, t := range columns {
		f := uint32(t.share)
		rb0, ga0 := load(upper, t.at)
		rb1, ga1 := load(upper, t.next)
		rb2, ga2 := load(lower, t.at)
		rb3, ga3 := load(lower, t.next)
		rb0, ga0 = (rb0*(256-f)+rb1*f)>>8&two, (ga0*(256-f)+ga1*f)>>8&two
		rb2, ga2 = (rb2*(256-f)+rb3*f)>>8&two, (ga2*(256-f)+ga3*f)>>8&two
		rb0, ga0 = (rb0*(256-share)+rb2*share)>>8&two, (ga0*(256-share)+ga2*share)>>8&two
		binary.LittleEndian.PutUint32(out[4*x:4*x+4], rb0|ga0<<8)
	}
}
