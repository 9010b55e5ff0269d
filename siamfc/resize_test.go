package siamfc

import (
	"image"
	"testing"

	"golang.org/x/image/draw"

	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

// TestFramesChangeTheirSize: a stream that is set up anew shows the same scene in other pixels, also of another shape;
// the target is followed on, in those.
func TestFramesChangeTheirSize(t *testing.T) {
	v, tr := scene(t, synth.Scene{Width: 320, Height: 240, Frames: 40, Seed: 1}), pixelTracker(t)
	sizes := []image.Point{{320, 240}, {640, 480}, {480, 240}, {320, 240}}
	var f tracker.Frame
	for i := range 40 {
		if err := v.Next(&f); err != nil {
			t.Fatal(err)
		}
		size := sizes[i/10]
		frame := image.NewRGBA(image.Rectangle{Max: size})
		draw.ApproxBiLinear.Scale(frame, frame.Rect, f.Image, f.Image.Rect, draw.Src, nil)
		kx, ky := float64(size.X)/320, float64(size.Y)/240
		truth := v.Truth(i).Box
		truth = tracker.Box{X: truth.X * kx, Y: truth.Y * ky, W: truth.W * kx, H: truth.H * ky}
		if i == 0 {
			if err := tr.Init(frame, truth); err != nil {
				t.Fatal(err)
			}
			continue
		}
		r, err := tr.Update(frame)
		if err != nil {
			t.Fatal(err)
		}
		if iou := r.Box.IoU(truth); iou < 0.5 {
			t.Errorf("frame %d of %v: IoU %.2f of %v and %v", i, size, iou, r.Box, truth)
		}
	}
}
