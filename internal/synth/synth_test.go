package synth

import (
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"siamtrack/tracker"
)

var small = Scene{Width: 160, Height: 120, Frames: 40, Seed: 3, Period: 40}

func open(t *testing.T, s Scene) *Video {
	t.Helper()
	v, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

// frames returns copies of the pixels of n frames.
func frames(t *testing.T, src tracker.Source, n int) [][]byte {
	t.Helper()
	var f tracker.Frame
	var all [][]byte
	for range n {
		if err := src.Next(&f); err != nil {
			t.Fatal(err)
		}
		all = append(all, bytes.Clone(f.Image.Pix))
	}
	return all
}

func TestSameSceneSamePixels(t *testing.T) {
	s := small
	s.Zoom, s.Distractor = 0.3, true
	a, b := frames(t, open(t, s), 40), frames(t, open(t, s), 40)
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			t.Fatalf("frame %d differs between two runs", i)
		}
	}
	s.Seed++
	if other := frames(t, open(t, s), 1); bytes.Equal(a[0], other[0]) {
		t.Error("another seed gives the same picture")
	}
}

// TestPixelsNeverChange pins the pixels themselves: results measured on a scene stay comparable.
func TestPixelsNeverChange(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("pinned where products and sums are not fused")
	}
	s := small
	s.Zoom, s.Distractor = 0.3, true
	sum := crc32.NewIEEE()
	for _, f := range frames(t, open(t, s), 5) {
		sum.Write(f)
	}
	if got, want := sum.Sum32(), uint32(0x2beaa9ac); got != want {
		t.Errorf("checksum of five frames %#x, want %#x", got, want)
	}
}

// TestTruthIsWhereTheObjectIs finds the object by what differs from the same scene without motion of its own.
func TestTruthIsWhereTheObjectIs(t *testing.T) {
	s := small
	s.Zoom = 0.3
	v := open(t, s)
	p := newPainter(v.scene)
	for i, pix := range frames(t, v, s.Frames) {
		x0, y0, x1, y1 := s.Width, s.Height, -1, -1
		for y := range s.Height {
			for x := range s.Width {
				at := 4 * (y*s.Width + x)
				if !bytes.Equal(pix[at:at+3], p.background.Pix[at:at+3]) {
					x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
				}
			}
		}
		seen := tracker.FromCorners(float64(x0), float64(y0), float64(x1+1), float64(y1+1))
		truth := v.Truth(i)
		for name, d := range map[string]float64{
			"left": seen.X - truth.Box.X, "top": seen.Y - truth.Box.Y,
			"right":  seen.X + seen.W - truth.Box.X - truth.Box.W,
			"bottom": seen.Y + seen.H - truth.Box.Y - truth.Box.H,
		} {
			if math.Abs(d) > 2 { // a pixel covered by a sliver may round to the background
				t.Errorf("frame %d: %s is off by %.2f pixels", i, name, d)
			}
		}
		if truth.Visible < 1-1e-9 || truth.Visible > 1 {
			t.Errorf("frame %d: visible %v of an object that nothing hides", i, truth.Visible)
		}
	}
}

func TestVisible(t *testing.T) {
	s := small
	s.Hidden, s.Away = []Span{{5, 14}}, []Span{{20, 35}}
	v := open(t, s)
	for _, c := range []struct {
		name     string
		frame    int
		low, top float64
	}{
		{"before", 4, 1 - 1e-9, 1}, {"half covered", 6, 0.3, 0.7}, {"covered", 9, 0, 0}, {"uncovered", 14, 1 - 1e-9, 1},
		{"away", 27, 0, 0}, {"back", 35, 1 - 1e-9, 1},
	} {
		if got := v.Truth(c.frame).Visible; got < c.low || got > c.top {
			t.Errorf("%s: frame %d: visible %v, want it in [%v, %v]", c.name, c.frame, got, c.low, c.top)
		}
	}
	if box := v.Truth(27).Box; box.X < float64(s.Width) {
		t.Errorf("away, the object is at %v, inside the frame", box)
	}
}

func TestDistractorLooksAlike(t *testing.T) {
	s := small
	s.Distractor = true
	v := open(t, s)
	if iou := v.scene.distractor(0).IoU(v.scene.place(float64(s.Period) / 2)); math.Abs(iou-1) > 1e-9 {
		t.Errorf("the look-alike is not half a period ahead: IoU %v", iou)
	}
}

func TestEnds(t *testing.T) {
	v := open(t, small)
	frames(t, v, small.Frames)
	var f tracker.Frame
	for range 2 {
		if err := v.Next(&f); err != io.EOF {
			t.Fatalf("after the last frame: %v, want io.EOF", err)
		}
	}
	endless := small
	endless.Frames = 0
	frames(t, open(t, endless), 3*small.Frames)
}

func TestFramesReuseTheImage(t *testing.T) {
	v := open(t, small)
	var f tracker.Frame
	frames(t, v, 1)
	if err := v.Next(&f); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(20, func() { _ = v.Next(&f) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestBadScenes(t *testing.T) {
	nan := math.NaN()
	for name, s := range map[string]Scene{
		"no size":      {},
		"too small":    {Width: 47, Height: 100},
		"frames":       {Width: 100, Height: 100, Frames: -1},
		"speed":        {Width: 100, Height: 100, FPS: -1},
		"speed nan":    {Width: 100, Height: 100, FPS: nan},
		"period":       {Width: 100, Height: 100, Period: 1},
		"zoom":         {Width: 100, Height: 100, Zoom: 1},
		"big object":   {Width: 100, Height: 100, TargetW: 101},
		"object nan":   {Width: 100, Height: 100, TargetH: nan},
		"small object": {Width: 100, Height: 100, TargetH: 1},
	} {
		if _, err := New(s); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestPacedKeepsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := Paced(open(t, small))
		begin := time.Now()
		frames(t, src, 31)
		if got := time.Since(begin); got != time.Second {
			t.Errorf("31 frames at 30 frames a second came in %v, want 1s", got)
		}
		time.Sleep(time.Second) // a late caller waits no more until it has caught up
		begin = time.Now()
		frames(t, src, 5)
		if got := time.Since(begin); got != 0 {
			t.Errorf("a late caller waited %v", got)
		}
	})
}

func TestFailAfter(t *testing.T) {
	gone := errors.New("unplugged")
	src := FailAfter(open(t, small), 3, gone)
	frames(t, src, 3)
	var f tracker.Frame
	if err := src.Next(&f); !errors.Is(err, gone) {
		t.Errorf("fourth frame: %v, want %v", err, gone)
	}
}

func TestCloseEndsAStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, src := range map[string]tracker.Source{
			"stalled": StallAfter(open(t, small), 0),
			"paced":   Paced(&slow{open(t, small)}),
		} {
			end := make(chan error)
			go func() {
				var f tracker.Frame
				end <- src.Next(&f)
			}()
			synctest.Wait()
			src.Close()
			src.Close()
			if err := <-end; err != io.EOF {
				t.Errorf("%s: closed while waiting: %v, want io.EOF", name, err)
			}
		}
	})
}

// slow is a source whose first frame is due in an hour.
type slow struct{ *Video }

func (s *slow) Next(dst *tracker.Frame) error {
	err := s.Video.Next(dst)
	dst.Time += time.Hour
	return err
}

func BenchmarkNext720p(b *testing.B) {
	v, err := New(Scene{Width: 1280, Height: 720})
	if err != nil {
		b.Fatal(err)
	}
	var f tracker.Frame
	for b.Loop() {
		if err := v.Next(&f); err != nil {
			b.Fatal(err)
		}
	}
}
