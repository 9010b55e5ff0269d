package siamfc

import (
	"errors"
	"image"
	"testing"

	"golang.org/x/image/draw"

	"siamtrack/tracker"
)

// TestFind starts on one picture and finds the target in it, moved and enlarged, wherever that is.
func TestFind(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing for the race detector")
	}
	target := tracker.Box{X: 60, Y: 50, W: 48, H: 48}
	example := image.NewRGBA(image.Rect(0, 0, 200, 160))
	draw.CatmullRom.Scale(example, example.Rect, noise(25, 20, 4), image.Rect(0, 0, 25, 20), draw.Src, nil) // coarse texture
	tr := pixelTracker(t)
	if _, err := tr.Find(example); !errors.Is(err, ErrNotStarted) {
		t.Errorf("before init: %v", err)
	}
	if err := tr.Init(example, target); err != nil {
		t.Fatal(err)
	}
	for _, k := range []float64{1, 2} {
		frame := image.NewRGBA(image.Rect(0, 0, 480, 360))
		at := image.Rect(60, 30, 60+int(200*k), 30+int(160*k))
		draw.CatmullRom.Scale(frame, at, example, example.Rect, draw.Src, nil)
		want := target.Scale(k)
		want.X, want.Y = want.X+60, want.Y+30
		got, err := tr.Find(frame)
		if err != nil || got.Box.IoU(want) < 0.5 { // plain pixels tell sizes coarsely
			t.Errorf("enlarged %v times: %+v, %v; want %v", k, got, err, want)
		}
	}
	if _, err := tr.Find(image.NewRGBA(image.Rect(0, 0, 0, 0))); err == nil {
		t.Error("a frame without pixels is searched")
	}
	if _, err := tr.Find(image.NewRGBA(image.Rect(0, 0, 8, 8))); err == nil {
		t.Error("a frame smaller than the target at every size is searched")
	}
}
