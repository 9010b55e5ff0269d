package siamfc

import (
	"errors"
	"image"
	"slices"
	"testing"

	"golang.org/x/image/draw"

	"siamtrack/tracker"
)

// TestFind starts on one picture and finds the target in it by the network, moved and enlarged, wherever that is.
func TestFind(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing for the race detector")
	}
	target := tracker.Box{X: 60, Y: 50, W: 48, H: 48}
	example := image.NewRGBA(image.Rect(0, 0, 200, 160))
	// A coarse texture.
	draw.CatmullRom.Scale(example, example.Rect, noise(25, 20, 4), image.Rect(0, 0, 25, 20), draw.Src, nil)
	f, err := NewFinder(pixelTracker(t), example, target)
	if err != nil {
		t.Fatal(err)
	}
	f.look = nil // the network alone
	for _, k := range []float64{1, 2} {
		frame := image.NewRGBA(image.Rect(0, 0, 480, 360))
		at := image.Rect(60, 30, 60+int(200*k), 30+int(160*k))
		draw.CatmullRom.Scale(frame, at, example, example.Rect, draw.Src, nil)
		want := target.Scale(k)
		want.X, want.Y = want.X+60, want.Y+30
		got, err := f.Find(frame)
		if err != nil || got.Box.IoU(want) < 0.5 { // plain pixels tell sizes coarsely
			t.Errorf("enlarged %v times: %+v, %v; want %v", k, got, err, want)
		}
	}
	if _, err := f.Find(image.NewRGBA(image.Rect(0, 0, 0, 0))); err == nil {
		t.Error("a frame without pixels is searched")
	}
	if _, err := f.Find(image.NewRGBA(image.Rect(0, 0, 8, 8))); err == nil {
		t.Error("a frame smaller than the target at every size is searched")
	}
	if _, err := NewFinder(pixelTracker(t), example, tracker.Box{X: 500, W: 9, H: 9}); !errors.Is(err, tracker.ErrBox) {
		t.Errorf("an object outside its picture: %v", err)
	}
}

// keeping is a network that keeps what it is shown and finds nothing.
type keeping struct {
	squares
	seen [][]float32
}

func (k *keeping) Search(crops []float32, size int) (Maps, error) {
	k.seen = append(k.seen, slices.Clone(crops))
	return k.squares.Search(crops, size)
}

// TestScanSeesWhatUpdateSees: a target in the middle of a small frame is shown to the network by the very same crop, on
// whole pixels and with the fill that the manifest asks for.
func TestScanSeesWhatUpdateSees(t *testing.T) {
	frame := noise(101, 91, 5)
	middle := tracker.FromCenter(50.5, 45.5, 31, 44)
	for _, snap := range []Snap{"", SnapNone, SnapWhole, SnapCeiled} {
		for _, fill := range []Fill{"", FillMean, FillBlack} {
			m := boxManifest(LoopSpec{})
			m.Search.Snap, m.Search.Fill = snap, fill
			net := &keeping{squares: squares{m: m, factor: 1, score: 1}}
			tr, err := New(net, m)
			if err != nil {
				t.Fatal(err)
			}
			if err := tr.Init(frame, middle); err != nil {
				t.Fatal(err)
			}
			if _, err := tr.scan(frame); err != nil {
				t.Fatal(err)
			}
			found := net.seen
			net.seen = nil
			if _, err := tr.Update(frame); err != nil {
				t.Fatal(err)
			}
			same := func(crop []float32) bool { return slices.Equal(crop, net.seen[0]) }
			if !slices.ContainsFunc(found, same) {
				t.Errorf("pixels %s, fill %s: none of %d crops is the one that is tracked with", snap, fill, len(found))
			}
		}
	}
}
