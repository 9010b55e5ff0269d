package siamfc

import (
	"image"
	"image/draw"
	"math/rand/v2"
	"slices"
	"testing"

	"siamtrack/tracker"
)

// TestCropsReadWhatTheySay: a crop of a frame that has pixels only where the cutter says that it reads is the crop of
// the frame, wherever it lies and whatever its size.
func TestCropsReadWhatTheySay(t *testing.T) {
	whole := noise(120, 80, 7)
	random := rand.New(rand.NewPCG(3, 4))
	for _, snap := range []Snap{"", SnapWhole, SnapCeiled} {
		frame := image.NewRGBA(whole.Rect)
		c := cutter{spec: SearchSpec{Size: 31, Snap: snap}, fill: RGB{9, 8, 7}}
		k := NewCropper(31, InputSpec{})
		want, got := make([]float32, k.Len()), make([]float32, k.Len())
		said := 0
		for range 2000 {
			side := 0.2 + 150*random.Float64()*random.Float64()
			square := c.square(-30+180*random.Float64(), -30+140*random.Float64(), side)
			c.need = nil
			c.crop(k, want, whole, square)
			for i := range frame.Pix {
				frame.Pix[i] = 77
			}
			c.need = func(img *image.RGBA, part image.Rectangle) {
				said += part.Dx() * part.Dy()
				draw.Draw(img, part, whole, part.Min, draw.Src)
			}
			c.crop(k, got, frame, square)
			if !slices.Equal(got, want) {
				t.Fatalf("snap %q: the crop of %v reads more than it says", snap, square)
			}
		}
		if most := 2000 * 120 * 80 / 3; said > most {
			t.Errorf("snap %q: %d pixels of squares are said to be read, more than %d", snap, said, most)
		}
	}
}

// TestTrackersReadWhatTheySay: a tracker finds the same boxes in frames that have pixels only where it says that it
// reads them, where the camera's motion is measured too.
func TestTrackersReadWhatTheySay(t *testing.T) {
	for _, motion := range []float64{0, 0.3} {
		m := PixelsManifest()
		m.Loop.Motion = motion
		track := func(parts bool) (boxes []tracker.Box) {
			tr, err := New(NewCorrelator(NewPixels(), m), m)
			if err != nil {
				t.Fatal(err)
			}
			var whole *image.RGBA
			if parts {
				tr.ReadParts(func(img *image.RGBA, part image.Rectangle) { draw.Draw(img, part, whole, part.Min, draw.Src) })
			}
			for i := range 12 {
				whole = noise(200, 150, 5)
				draw.Draw(whole, image.Rect(60+3*i, 50+2*i, 90+3*i, 80+2*i), noise(30, 30, 6), image.Point{}, draw.Src)
				img := whole
				if parts {
					img = image.NewRGBA(whole.Rect)
				}
				if i == 0 {
					if err := tr.Init(img, tracker.Box{X: 60, Y: 50, W: 30, H: 30}); err != nil {
						t.Fatal(err)
					}
					continue
				}
				r, err := tr.Update(img)
				if err != nil {
					t.Fatal(err)
				}
				boxes = append(boxes, r.Box)
			}
			return boxes
		}
		if got, want := track(true), track(false); !slices.Equal(got, want) {
			t.Errorf("motion %v: %v, with whole frames %v", motion, got, want)
		}
	}
}
