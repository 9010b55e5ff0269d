package siamfc

import (
	"image"
	"math"

	"siamtrack/tracker"
)

// cutter cuts squares out of frames as a manifest says: the one way in which a frame becomes a crop, for tracking, for
// the first frame's calibration and for finding.
type cutter struct {
	spec SearchSpec
	fill RGB                                         // of what lies outside the frame
	need func(img *image.RGBA, part image.Rectangle) // called before a part of a frame is read; nil: nobody is told
}

// ReadParts implements tracker.PartReader.
func (t *Tracker) ReadParts(fill func(img *image.RGBA, part image.Rectangle)) {
	t.cutter.need = fill
	if t.motion.camera != nil {
		t.motion.camera.need = fill
	}
}

// reads tells that a part of a frame is about to be read: what lies in it of a box and the pixels round it, with which
// samples at its border are blended.
func (c cutter) reads(img *image.RGBA, b tracker.Box) {
	const beside = 2
	if c.need == nil || !b.Finite() {
		return
	}
	b = tracker.Box{X: b.X - beside, Y: b.Y - beside, W: b.W + 2*beside, H: b.H + 2*beside}
	b = b.Clip(img.Rect.Dx(), img.Rect.Dy())
	if !b.Empty() {
		c.need(img, image.Rect(int(b.X), int(b.Y), int(math.Ceil(b.X+b.W)), int(math.Ceil(b.Y+b.H))))
	}
}

// readsAll tells that all of a frame is about to be read.
func (c cutter) readsAll(img *image.RGBA) {
	if c.need != nil {
		c.need(img, img.Rect)
	}
}

// filled returns the cutter for frames that are filled up as img: with its mean colour or with black.
func (c cutter) filled(img *image.RGBA) cutter {
	c.fill = RGB{}
	if c.spec.Fill != FillBlack {
		c.readsAll(img)
		c.fill = MeanColor(img)
	}
	return c
}

// place returns the point that the manifest counts as the centre of a target about (x, y). Where squares are of whole
// pixels it is the index of the pixel there, half a pixel less.
func (c cutter) place(x, y float64) (float64, float64) {
	if c.spec.Snap == SnapWhole {
		return x - 0.5, y - 0.5
	}
	return x, y
}

// side returns the side, in pixels of the frame, of the square that becomes a search crop.
func (c cutter) side(side float64) float64 {
	if c.spec.Snap == SnapCeiled {
		return math.Ceil(side)
	}
	return side
}

// square returns the square of a side about a place, on whole pixels where the manifest says so.
func (c cutter) square(x, y, side float64) tracker.Box {
	switch c.spec.Snap {
	case SnapWhole:
		side = math.RoundToEven(side)
		return tracker.Box{X: math.Floor(x - side/2), Y: math.Floor(y - side/2), W: side, H: side}
	case SnapCeiled:
		side = math.Ceil(side)
		return tracker.Box{X: math.RoundToEven(x - side/2), Y: math.RoundToEven(y - side/2), W: side, H: side}
	default:
		return tracker.FromCenter(x, y, side, side)
	}
}

// inCrop returns a box of the frame in the pixels of the crop of size x size that a square becomes.
func inCrop(box, square tracker.Box, size int) tracker.Box {
	k := float64(size) / square.W
	return tracker.Box{X: (box.X - square.X) * k, Y: (box.Y - square.Y) * k, W: box.W * k, H: box.H * k}
}

// crop samples a square of a frame with k into dst.
func (c cutter) crop(k *Cropper, dst []float32, img *image.RGBA, square tracker.Box) {
	c.reads(img, square)
	if c.spec.Snap == SnapWhole || c.spec.Snap == SnapCeiled {
		k.CropWhole(dst, img, square, c.fill)
		return
	}
	k.Crop(dst, img, square, c.fill)
}
