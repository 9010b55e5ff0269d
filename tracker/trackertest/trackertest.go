// Package trackertest checks that a tracker.Tracker keeps the interface's promises. Every implementation runs it.
package trackertest

import (
	"image"
	"math"
	"testing"

	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

// Run checks a tracker: results are finite and marked, the same input gives the same output, Init starts anew, the
// frame is neither kept nor changed, boxes that cannot be tracked are refused, frames of any size are taken, and one
// that can be told where to look looks there. open returns a fresh tracker; it closes what it opened by t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) tracker.Tracker) {
	t.Run("results", func(t *testing.T) { results(t, open(t)) })
	t.Run("deterministic", func(t *testing.T) { deterministic(t, open(t), open(t)) })
	t.Run("frame untouched", func(t *testing.T) { untouched(t, open(t)) })
	t.Run("refuses", func(t *testing.T) { refuses(t, open(t)) })
	t.Run("awkward frames", func(t *testing.T) { awkward(t, open(t)) })
	t.Run("placed", func(t *testing.T) { placed(t, open(t)) })
}

func scene(t *testing.T) *synth.Video {
	t.Helper()
	v, err := synth.New(synth.Scene{Width: 320, Height: 240, Frames: 30, Seed: 11})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// follow runs the scene and returns the boxes.
func follow(t *testing.T, tr tracker.Tracker, each func(tracker.Step)) []tracker.Box {
	t.Helper()
	v := scene(t)
	var boxes []tracker.Box
	err := tracker.Run(t.Context(), v, tr, tracker.RunOptions{Init: v.Truth(0).Box}, func(s tracker.Step) error {
		boxes = append(boxes, s.Targets[0].Result.Box)
		each(s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return boxes
}

func results(t *testing.T, tr tracker.Tracker) {
	follow(t, tr, func(s tracker.Step) {
		r := s.Targets[0].Result
		if r.Box.Empty() || math.IsNaN(r.Score) || r.Score < 0 || r.Score > 1 {
			t.Errorf("frame %d: box %v, score %v", s.Frame.Index, r.Box, r.Score)
		}
		if _, err := r.State.MarshalText(); err != nil {
			t.Errorf("frame %d: %v", s.Frame.Index, err)
		}
		if m := r.Response; m != nil && (len(m.Values) != m.Width*m.Height || m.Area.Empty()) {
			t.Errorf("frame %d: a response map of %dx%d with %d values over %v",
				s.Frame.Index, m.Width, m.Height, len(m.Values), m.Area)
		}
	})
}

func deterministic(t *testing.T, a, b tracker.Tracker) {
	none := func(tracker.Step) {}
	first, other, again := follow(t, a, none), follow(t, b, none), follow(t, a, none)
	for i := range first {
		if first[i] != other[i] || first[i] != again[i] {
			t.Fatalf("frame %d: %v, another tracker %v, the same after a new Init %v", i, first[i], other[i], again[i])
		}
	}
}

func untouched(t *testing.T, tr tracker.Tracker) {
	var f tracker.Frame
	v := scene(t)
	if err := v.Next(&f); err != nil {
		t.Fatal(err)
	}
	before := append([]byte(nil), f.Image.Pix...)
	if err := tr.Init(f.Image, v.Truth(0).Box); err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Update(f.Image); err != nil {
		t.Fatal(err)
	}
	for i := range before {
		if before[i] != f.Image.Pix[i] {
			t.Fatal("the frame was written to")
		}
	}
}

func refuses(t *testing.T, tr tracker.Tracker) {
	img := image.NewRGBA(image.Rect(0, 0, 100, 80))
	if _, err := tr.Update(img); err == nil {
		t.Error("an update before the first init was accepted")
	}
	for _, b := range []tracker.Box{{}, {X: math.NaN(), W: 5, H: 5}, {X: 200, W: 10, H: 10}} {
		if err := tr.Init(img, b); err == nil {
			t.Errorf("%v was accepted", b)
		}
	}
}

// awkward goes through frames whose size changes under way, and through one without any texture.
func awkward(t *testing.T, tr tracker.Tracker) {
	grey := func(w, h int) *image.RGBA {
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for i := range img.Pix {
			img.Pix[i] = 90
			if i%4 == 3 {
				img.Pix[i] = 255
			}
		}
		return img
	}
	if err := tr.Init(grey(200, 100), tracker.Box{X: 190, Y: 90, W: 10, H: 10}); err != nil {
		t.Fatal(err)
	}
	for _, size := range []image.Point{{X: 200, Y: 100}, {X: 40, Y: 30}, {X: 1, Y: 1}, {X: 333, Y: 211}} {
		r, err := tr.Update(grey(size.X, size.Y))
		if err != nil {
			t.Fatalf("%v: %v", size, err)
		}
		if !r.Box.Finite() {
			t.Errorf("%v: box %v", size, r.Box)
		}
	}
}

// placed tells a tracker.Placer to look elsewhere.
func placed(t *testing.T, tr tracker.Tracker) {
	p, ok := tr.(tracker.Placer)
	if !ok {
		t.Skip("it is no tracker.Placer")
	}
	var f tracker.Frame
	v := scene(t)
	if err := v.Next(&f); err != nil {
		t.Fatal(err)
	}
	if err := tr.Init(f.Image, v.Truth(0).Box); err != nil {
		t.Fatal(err)
	}
	p.Place(tracker.Box{X: 200, Y: 40, W: 40, H: 40})
	r, err := tr.Update(f.Image)
	if err != nil {
		t.Fatal(err)
	}
	if x, y := r.Search.Center(); math.Abs(x-220) > 1 || math.Abs(y-60) > 1 {
		t.Errorf("placed about (220, 60), it looks about (%.1f, %.1f)", x, y)
	}
}
