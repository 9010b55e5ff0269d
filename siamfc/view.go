package siamfc

import (
	"image"

	"siamtrack/tracker"
)

// view is one size of search crop, with all that is needed to look at it. A tracker has one, and, where the manifest
// asks for it, a smaller one for a target that moves little, and a larger one in which it looks over the frame for a
// target that is lost.
type view struct {
	size     int // of the crop in pixels
	grid     GridSpec
	cropper  *Cropper
	pixels   []float32 // a crop for each scale
	locate   locator
	response tracker.Response
}

func newView(m Manifest, size, scales int) *view {
	m.Grid = m.GridOn(size)
	v := &view{size: size, grid: m.Grid, cropper: NewCropper(size, m.Input), locate: newLocator(m)}
	v.pixels = make([]float32, scales*v.cropper.Len())
	v.response = tracker.Response{Values: make([]float32, m.Grid.Size*m.Grid.Size), Width: m.Grid.Size,
		Height: m.Grid.Size}
	return v
}

// resized is a view of another size, the same one where that is 0.
func (v *view) resized(m Manifest, size int) *view {
	if size == 0 {
		return v
	}
	return newView(m, size, len(v.pixels)/v.cropper.Len())
}

// part is where the crop of the i-th scale lies.
func (v *view) part(i int) []float32 {
	n := v.cropper.Len()
	return v.pixels[i*n : (i+1)*n]
}

// see crops a square about a place of a frame, at each scale of its side.
func (v *view) see(c cutter, img *image.RGBA, x, y, side float64, scales []float64) {
	for i, k := range scales {
		c.crop(v.cropper, v.part(i), img, c.square(x, y, side*k))
	}
}

// respond fills the response map from the best scale's map; crop is the crop pixels a frame pixel, cx, cy the crop's
// centre.
func (v *view) respond(kind Kind, m Maps, scale int, cx, cy, crop float64) {
	n := len(v.response.Values)
	values := m.Response[scale*n : (scale+1)*n]
	if kind == Peak {
		for i, logit := range values {
			v.response.Values[i] = float32(sigmoid(float64(logit)))
		}
	} else {
		copy(v.response.Values, values)
	}
	corner, length := (v.grid.Origin-v.grid.Stride/2)/crop, float64(v.grid.Size)*v.grid.Stride/crop
	v.response.Area = tracker.Box{X: cx + corner, Y: cy + corner, W: length, H: length}
	measure(&v.response)
}

// picture draws the crop of the first scale.
func (v *view) picture(dst *image.RGBA) *image.RGBA { return v.cropper.Picture(dst, v.part(0)) }
