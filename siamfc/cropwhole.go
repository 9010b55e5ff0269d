package siamfc

import (
	"image"
	"math"

	"siamtrack/tracker"
)

// wholeCropper samples squares on whole pixels into size x size pixels exactly as OpenCV's resize does with
// INTER_LINEAR on 8-bit pictures: the crop is cut out first, so that no sample lies outside it, weights have 11 bits,
// and the result is rounded to whole grey levels. Trackers that were published with such crops react to the
// difference. It belongs to one goroutine and allocates nothing after it was made.
type wholeCropper struct {
	size int
	cols []wholeTap
	rows [2][]int32 // horizontally sampled rows of the crop, colour by colour
	have [2]int     // which row of the crop each holds
}

// wholeTap is where an output column samples: pixels first and second of the crop, with their weights.
type wholeTap struct {
	first, second int
	w0, w1        int32
}

const (
	wholeBits = 11 // INTER_RESIZE_COEF_BITS of OpenCV
	wholeOne  = 1 << wholeBits
)

func newWholeCropper(size int) *wholeCropper {
	return &wholeCropper{size: size, cols: make([]wholeTap, size),
		rows: [2][]int32{make([]int32, 3*size), make([]int32, 3*size)}}
}

// position is where output pixel i lies in a crop of side pixels: the pixel before it and the fraction beyond.
func (w *wholeCropper) position(i, side int) (int, float32) {
	scale := 1 / (float64(w.size) / float64(side))
	f := float32(float64((float64(i)+0.5)*scale) - 0.5)
	at := math.Floor(float64(f))
	return int(at), f - float32(at)
}

// crop calls put with each output row's two rows of the crop and their weights, for blend. square has a whole corner
// and side.
func (w *wholeCropper) crop(img *image.RGBA, square tracker.Box, fill RGB,
	put func(row int, upper, lower []int32, b0, b1 int32)) {
	side := max(1, int(square.W))
	x0, y0 := int(square.X), int(square.Y)
	for i := range w.cols {
		at, f := w.position(i, side)
		if at < 0 || at >= side-1 {
			at, f = clamp(at, side), 0
		}
		w.cols[i] = wholeTap{at, clamp(at+1, side), weight(1 - f), weight(f)}
	}
	w.have = [2]int{-1, -1}
	for j := range w.size {
		at, f := w.position(j, side)
		upper, lower := w.row(img, x0, y0, clamp(at, side), fill), w.row(img, x0, y0, clamp(at+1, side), fill)
		put(j, upper, lower, weight(1-f), weight(f))
	}
}

// blend is the rounded colour between two values of row.
func blend(upper, lower, b0, b1 int32) int32 { return ((b0*upper)>>16 + (b1*lower)>>16 + 2) >> 2 }

func weight(f float32) int32 { return int32(math.RoundToEven(float64(f * wholeOne))) }

func clamp(at, side int) int { return min(max(at, 0), side-1) }

// row returns row `at` of the crop, sampled horizontally, colour by colour, in 1/128 of a grey level; of the two rows
// kept the one with the same parity goes.
func (w *wholeCropper) row(img *image.RGBA, x0, y0, at int, fill RGB) []int32 {
	slot := at % 2
	dst := w.rows[slot]
	if w.have[slot] == at {
		return dst
	}
	w.have[slot] = at
	size := img.Bounds().Size()
	y, last := y0+at, x0+w.cols[w.size-1].second
	red, green, blue := dst[:w.size], dst[w.size:2*w.size], dst[2*w.size:3*w.size]
	if y >= 0 && y < size.Y && x0 >= 0 && last < size.X { // all taps inside
		line := img.Pix[y*img.Stride+4*x0:]
		for i, tap := range w.cols {
			p, q := line[4*tap.first:][:3], line[4*tap.second:][:3]
			red[i] = (int32(p[0])*tap.w0 + int32(q[0])*tap.w1) >> 4
			green[i] = (int32(p[1])*tap.w0 + int32(q[1])*tap.w1) >> 4
			blue[i] = (int32(p[2])*tap.w0 + int32(q[2])*tap.w1) >> 4
		}
		return dst
	}
	pixel := func(x int) []uint8 {
		if x < 0 || x >= size.X || y < 0 || y >= size.Y {
			return fill[:]
		}
		return img.Pix[y*img.Stride+4*x:][:3]
	}
	for i, tap := range w.cols {
		p, q := pixel(x0+tap.first), pixel(x0+tap.second)
		red[i] = (int32(p[0])*tap.w0 + int32(q[0])*tap.w1) >> 4
		green[i] = (int32(p[1])*tap.w0 + int32(q[1])*tap.w1) >> 4
		blue[i] = (int32(p[2])*tap.w0 + int32(q[2])*tap.w1) >> 4
	}
	return dst
}
