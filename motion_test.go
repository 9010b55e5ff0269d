package siamtrack_test

import (
	"image"
	"io"
	"math"
	"testing"

	"siamtrack"
	"siamtrack/internal/synth"
	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// panned is what a camera sees of a picture that it pans over.
type panned struct {
	world *image.RGBA
	path  []image.Point
	next  int
}

func (p *panned) Next(f *tracker.Frame) error {
	if p.next == len(p.path) {
		return io.EOF
	}
	at := p.path[p.next]
	f.Image, f.Index = image.NewRGBA(image.Rect(0, 0, 1280, 720)), p.next
	for row := range 720 {
		copy(f.Image.Pix[row*f.Image.Stride:][:4*1280], p.world.Pix[p.world.PixOffset(at.X, at.Y+row):])
	}
	p.next++
	return nil
}

func (p *panned) Close() error { return nil }

// TestFastCamera follows an object of 60 pixels while the camera pans to and fro by up to 150 pixels a frame: it is
// kept with Motion, and lost without.
func TestFastCamera(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing for the race detector")
	}
	const widest, speed = 500.0, 150.0
	v, err := synth.New(synth.Scene{Width: 3000, Height: 1000, Still: true, TargetW: 60, TargetH: 60})
	if err != nil {
		t.Fatal(err)
	}
	var world tracker.Frame
	if err := v.Next(&world); err != nil {
		t.Fatal(err)
	}
	target := v.Truth(0).Box
	cx, cy := target.Center()
	path := make([]image.Point, 16)
	for i := range path {
		path[i] = image.Pt(int(cx-640+widest*math.Sin(1+float64(i)*speed/widest)), int(cy-360))
	}
	seen := func(i int) tracker.Box {
		return tracker.Box{X: target.X - float64(path[i].X), Y: target.Y - float64(path[i].Y), W: target.W, H: target.H}
	}
	half := 0.5
	for name, o := range map[string]siamfc.Overrides{"without": {}, "with": {Motion: &half}} {
		model, err := siamtrack.Open(siamtrack.DefaultModel, siamtrack.Options{Overrides: o})
		if err != nil {
			t.Fatal(err)
		}
		kept := 0
		err = model.Track(t.Context(), &panned{world: world.Image, path: path}, tracker.RunOptions{Init: seen(0)},
			func(s tracker.Step) error {
				if s.Targets[0].Result.Box.IoU(seen(s.Frame.Index)) > 0.5 {
					kept++
				}
				return nil
			})
		if err != nil {
			t.Fatal(err)
		}
		if err := model.Close(); err != nil {
			t.Error(err)
		}
		if (kept == len(path)) != (name == "with") {
			t.Errorf("%s: %d frames of %d", name, kept, len(path))
		}
	}
}
