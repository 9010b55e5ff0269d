package siamfc

import (
	"encoding/binary"
	"image"
	"math"
	"unsafe"

	"siamtrack/tracker"
)

// RGB is a colour of 0..255 a channel.
type RGB [3]uint8

// MeanColor returns the mean colour of a frame, rounded: what SiamFC fills the outside of a frame with. It reads
// every pixel, so compute it once a target.
func MeanColor(img *image.RGBA) RGB {
	b := img.Bounds()
	n := uint64(b.Dx() * b.Dy())
	if n == 0 {
		return RGB{}
	}
	var r, g, bl uint64
	for y := range b.Dy() {
		row := img.Pix[y*img.Stride : y*img.Stride+4*b.Dx()]
		for ; len(row) >= 4; row = row[4:] {
			r += uint64(row[0])
			g += uint64(row[1])
			bl += uint64(row[2])
		}
	}
	return RGB{uint8((r + n/2) / n), uint8((g + n/2) / n), uint8((bl + n/2) / n)}
}

// Cropper samples a rectangle of a frame into Size x Size pixels, bilinearly at pixel centres and without padding or
// copying the frame: output pixel i samples the frame at X + (i+0.5)*W/Size. Like OpenCV's INTER_LINEAR, with which
// such networks are trained, it does not blur before shrinking. A Cropper belongs to one goroutine.
type Cropper struct {
	size         int
	plane        [3]int        // where red, green and blue go
	scale, shift [3]float32    // by colour: out = sample*scale + shift
	at, frac     []int32       // of the columns, as a tap's
	whole        *wholeCropper // made by the first CropWhole
}

// tap is where one output column (or row) samples: between pixels at and at+1, frac of the way in 1/weightOne.
type tap struct{ at, frac int32 }

// samples is what sampleRow is told of columns of a row; sample_amd64.s knows where each field lies.
type samples struct {
	upper, lower     *uint8 // the first pixel of two rows of a frame
	at, frac         *int32 // of the columns
	red, green, blue *float32
	row              int32 // how far the row is from the upper one
	scale, shift     [3]float32
}

// A mistake where samples is not as sample_amd64.s has it.
var _ = [1]int{}[unsafe.Offsetof(samples{}.shift)-72]

// Bilinear weights are 15-bit whole numbers that add up to weightOne.
const (
	weightBits = 15
	weightOne  = 1 << weightBits
)

// NewCropper returns a Cropper to size x size pixels, normalised and ordered as in says.
func NewCropper(size int, in InputSpec) *Cropper {
	c := &Cropper{size: size, plane: [3]int{0, 1, 2}, at: make([]int32, size), frac: make([]int32, size)}
	if in.Order == OrderBGR {
		c.plane = [3]int{2, 1, 0}
	}
	for colour := range 3 {
		// Mean and Std are listed in the order of the planes.
		std := in.Std[c.plane[colour]]
		if std == 0 {
			std = 1
		}
		c.scale[colour] = 1 / (weightOne * std)
		c.shift[colour] = -in.Mean[c.plane[colour]] / std
	}
	return c
}

// Len is the length of a crop: 3 planes of size x size.
func (c *Cropper) Len() int { return 3 * c.size * c.size }

// CropWhole is Crop for a square whose corner and side are whole numbers, sampled exactly as OpenCV's resize would
// sample it once cut out of a padded frame: rounded to whole grey levels, and clamped at the square's own border.
func (c *Cropper) CropWhole(dst []float32, img *image.RGBA, square tracker.Box, fill RGB) {
	if c.whole == nil {
		c.whole = newWholeCropper(c.size)
	}
	area := c.size * c.size
	c.whole.crop(img, square, fill, func(row int, upper, lower []int32, b0, b1 int32) {
		for colour, plane := range c.plane {
			out := dst[plane*area+row*c.size:][:c.size]
			u, l := upper[colour*c.size:][:len(out)], lower[colour*c.size:][:len(out)]
			scale, shift := c.scale[colour]*weightOne, c.shift[colour]
			for i := range out {
				out[i] = scaled(float32(blend(u[i], l[i], b0, b1)), scale, shift)
			}
		}
	})
}

// Crop samples region of img, whose bounds start at (0, 0), into dst, planar [3, size, size] of length Len. What lies
// outside the frame has the colour fill; a sample between the last pixel and the outside is a blend of both, as if
// the frame were padded. A region that is empty or not finite gives fill everywhere.
func (c *Cropper) Crop(dst []float32, img *image.RGBA, region tracker.Box, fill RGB) {
	size := img.Bounds().Size()
	if region.Empty() {
		region = tracker.Box{X: -2, Y: -2, W: 1, H: 1}
	}
	stepX, stepY := region.W/float64(c.size), region.H/float64(c.size)
	first, last := c.size, 0 // columns whose two taps are both inside
	for i := range c.at {
		col := tapAt(region.X + float64((float64(i)+0.5)*stepX) - 0.5)
		if c.at[i], c.frac[i] = col.at, col.frac; col.at >= 0 && int(col.at)+1 < size.X {
			first, last = min(first, i), i+1
		}
	}
	for j := range c.size {
		row := tapAt(region.Y + float64((float64(j)+0.5)*stepY) - 0.5)
		if row.at < 0 || int(row.at)+1 >= size.Y || first >= last {
			c.edge(dst, img, j, row, 0, c.size, fill)
			continue
		}
		c.edge(dst, img, j, row, 0, first, fill)
		c.inside(dst, img, j, row, first, last)
		c.edge(dst, img, j, row, last, c.size, fill)
	}
}

// tapAt splits a position in pixels. Far outside is clamped: it is outside all the same, and stays an int.
func tapAt(u float64) tap {
	const far = 1 << 24
	u = min(max(u, -far), far)
	at := math.Floor(u)
	return tap{int32(at), int32((u - at) * weightOne)}
}

// scaled is v*scale + shift, rounded twice on every processor: without the conversion, those that can multiply and add
// at once (arm64) do, and round once (Go's specification, "Floating-point operators").
func scaled(v, scale, shift float32) float32 { return float32(v*scale) + shift }

// inside samples columns [from, to) of row j where all four taps lie in the frame: the fast path, with the processor's
// vector instructions where they are known.
func (c *Cropper) inside(dst []float32, img *image.RGBA, j int, row tap, from, to int) {
	upper, lower := img.Pix[int(row.at)*img.Stride:], img.Pix[(int(row.at)+1)*img.Stride:]
	base, area := j*c.size, c.size*c.size
	red, green, blue := dst[c.plane[0]*area+base:], dst[c.plane[1]*area+base:], dst[c.plane[2]*area+base:]
	if n := (to - from) &^ 7; fast && n > 0 {
		last := from + n - 1
		_, _, _ = red[last], green[last], blue[last]
		_ = lower[4*int(c.at[last])+7] // the right pixel of the last column, to its end
		s := samples{upper: &upper[0], lower: &lower[0], at: &c.at[from], frac: &c.frac[from], red: &red[from],
			green: &green[from], blue: &blue[from], row: row.frac, scale: c.scale, shift: c.shift}
		sampleRow(&s, n)
		from += n
	}
	c.sample(red[:to], green[:to], blue[:to], upper, lower, row, from)
}

// sample is inside in Go, from a column on. Two neighbouring pixels are one uint64; masked, a colour of both is
// (left | right<<32), and times (wr | wl<<32) its bits from 32 up are left*wl + right*wr: one multiplication weighs two
// samples.
func (c *Cropper) sample(red, green, blue []float32, upper, lower []uint8, row tap, from int) {
	const colour = 0xff<<32 | 0xff
	s0, s1, s2 := c.scale[0], c.scale[1], c.scale[2]
	d0, d1, d2 := c.shift[0], c.shift[1], c.shift[2]
	down := uint64(row.frac)
	at, frac := c.at[:len(red)], c.frac[:len(red)]
	green, blue = green[:len(red)], blue[:len(red)]
	for i := from; i < len(red); i++ {
		right := uint64(frac[i])
		u := binary.LittleEndian.Uint64(upper[4*at[i]:])
		l := binary.LittleEndian.Uint64(lower[4*at[i]:])
		lr := right * down >> weightBits // the weight of the lower right pixel; the others follow
		wl := lr | (down-lr)<<32
		wu := (right - lr) | (weightOne-right-down+lr)<<32
		red[i] = scaled(float32(int32((u&colour*wu+l&colour*wl)>>32)), s0, d0)
		green[i] = scaled(float32(int32((u>>8&colour*wu+l>>8&colour*wl)>>32)), s1, d1)
		blue[i] = scaled(float32(int32((u>>16&colour*wu+l>>16&colour*wl)>>32)), s2, d2)
	}
}

// edge samples columns [from, to) of row j where some tap may lie outside.
func (c *Cropper) edge(dst []float32, img *image.RGBA, j int, row tap, from, to int, fill RGB) {
	size, area := img.Bounds().Size(), c.size*c.size
	for i := from; i < to; i++ {
		right, down := uint64(c.frac[i]), uint64(row.frac)
		lr := right * down >> weightBits
		weights := [4]uint64{weightOne - right - down + lr, right - lr, down - lr, lr}
		var sum [3]uint64
		for k, weight := range weights {
			x, y := int(c.at[i])+k%2, int(row.at)+k/2
			sample := fill[:]
			if x >= 0 && y >= 0 && x < size.X && y < size.Y {
				sample = img.Pix[y*img.Stride+4*x:][:3]
			}
			for colour := range sum {
				sum[colour] += uint64(sample[colour]) * weight
			}
		}
		for colour, v := range sum {
			dst[c.plane[colour]*area+j*c.size+i] = scaled(float32(int32(v)), c.scale[colour], c.shift[colour])
		}
	}
}

// Picture turns a crop of this Cropper back into a picture, for showing; dst is reused where its size fits.
func (c *Cropper) Picture(dst *image.RGBA, crop []float32) *image.RGBA {
	if dst == nil || dst.Rect.Dx() != c.size || dst.Rect.Dy() != c.size {
		dst = image.NewRGBA(image.Rect(0, 0, c.size, c.size))
	}
	area := c.size * c.size
	for colour := range 3 {
		scale, shift := c.scale[colour]*weightOne, c.shift[colour]
		for i, v := range crop[c.plane[colour]*area : (c.plane[colour]+1)*area] {
			dst.Pix[4*i+colour] = uint8(min(max((v-shift)/scale+0.5, 0), 255))
		}
	}
	for i := 3; i < len(dst.Pix); i += 4 {
		dst.Pix[i] = 255
	}
	return dst
}
