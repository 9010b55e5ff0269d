package autoframe

import (
	"errors"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"siamtrack/tracker"
)

// at is a target of a box in a state.
func at(b tracker.Box, s tracker.State) *tracker.Target {
	return &tracker.Target{ID: 1, Result: tracker.Result{Box: b, State: s}}
}

// frameTime is the time of frame i at 30 frames a second.
func frameTime(i int) time.Duration { return time.Duration(i) * time.Second / 30 }

// TestSpringIsCriticallyDamped compares with the closed form of a step, (1 - (1 + wt) exp(-wt)), whatever the frame
// rate.
func TestSpringIsCriticallyDamped(t *testing.T) {
	for _, fps := range []float64{5, 30, 240} {
		s := spring{}
		for i := 1; i <= int(2*fps); i++ {
			s.move(10, 4, 1/fps)
			x := 4 * float64(i) / fps
			if want := 10 * (1 - (1+x)*math.Exp(-x)); math.Abs(s.at-want) > 1e-9 {
				t.Fatalf("%v frames/s: %v after %d frames, want %v", fps, s.at, i, want)
			}
		}
	}
}

func TestFraming(t *testing.T) {
	frame := image.Pt(640, 480)
	c := NewCamera(Options{Size: image.Pt(320, 180), Fill: 0.5})
	whole := tracker.Box{X: 0, Y: 60, W: 640, H: 360}
	if got := c.Aim(frame, nil, 0); !near(got, whole, 1e-9) {
		t.Errorf("before a target was seen: %v, want %v", got, whole)
	}
	box := tracker.Box{X: 300, Y: 200, W: 20, H: 60}
	want := tracker.Box{X: 310 - 120*16./9/2, Y: 230 - 60, W: 120 * 16. / 9, H: 120}
	if got := c.Aim(frame, at(box, tracker.Tracking), 0); !near(got, want, 1e-6) {
		t.Errorf("the target is half as high as the picture: %v, want %v", got, want)
	}
	for i := range 300 { // it goes, and it is lost at another place: the camera stays with where it was seen
		c.Aim(frame, at(box, tracker.Tracking), frameTime(i))
	}
	for i := range 300 {
		lost := tracker.Box{X: 10 + float64(i), Y: 10, W: 50, H: 50}
		if got := c.Aim(frame, at(lost, tracker.Lost), frameTime(300+i)); !near(got, want, 1e-3) {
			t.Fatalf("lost for %d frames: %v, want %v", i, got, want)
		}
	}
	if got := c.Aim(frame, nil, frameTime(601)); !near(got, want, 1e-3) {
		t.Errorf("not followed any more: %v", got)
	}
	wide := NewCamera(Options{Size: image.Pt(100, 100)})
	if got := wide.Aim(frame, at(tracker.Box{X: 0, Y: 0, W: 640, H: 480}, tracker.Tracking), 0); got.W > 480.001 ||
		got.X < 0 {
		t.Errorf("a target that fills the frame: %v", got)
	}
	tiny := NewCamera(Options{Size: image.Pt(640, 480)})
	if got := tiny.Aim(frame, at(tracker.Box{X: 600, Y: 400, W: 2, H: 2}, tracker.Tracking),
		0); math.Abs(got.H-120) > 1e-6 {
		t.Errorf("a target of two pixels: %v, which is enlarged more than %d times", got, maxZoom)
	}
}

func near(a, b tracker.Box, by float64) bool {
	return math.Abs(a.X-b.X) <= by && math.Abs(a.Y-b.Y) <= by && math.Abs(a.W-b.W) <= by && math.Abs(a.H-b.H) <= by
}

// TestKeepsInView: however the target jumps and grows, what is shown lies in the frame, has the right shape and holds
// the target, where there is room for it.
func TestKeepsInView(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	frame, size := image.Pt(640, 480), image.Pt(200, 300)
	c := NewCamera(Options{Size: size})
	now := time.Duration(0)
	for i := range 5000 {
		box := tracker.Box{X: r.Float64()*700 - 30, Y: r.Float64()*500 - 30, W: 2 + r.Float64()*200, H: 2 + r.Float64()*300}
		now += time.Duration(r.Float64() * float64(100*time.Millisecond))
		got := c.Aim(frame, at(box, tracker.Tracking), now)
		const slack = 1e-6
		if got.X < -slack || got.Y < -slack || got.X+got.W > 640+slack || got.Y+got.H > 480+slack ||
			math.Abs(got.W/got.H-2./3) > 1e-9 {
			t.Fatalf("step %d: %v", i, got)
		}
		if box = box.Clip(frame.X, frame.Y); box.Empty() { // it holds still
			continue
		}
		if box.W <= got.W && (box.X < got.X-slack || box.X+box.W > got.X+got.W+slack) {
			t.Fatalf("step %d: %v shows not all of %v across", i, got, box)
		}
		if box.H <= got.H && (box.Y < got.Y-slack || box.Y+box.H > got.Y+got.H+slack) {
			t.Fatalf("step %d: %v shows not all of %v up and down", i, got, box)
		}
	}
}

// TestSmooths: of a box that trembles by some pixels a tenth is left, and an even walk is followed at an even pace.
func TestSmooths(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	frame := image.Pt(1920, 1080)
	c := NewCamera(Options{Size: image.Pt(640, 360)})
	var in, out float64
	var before, last float64
	for i := range 600 {
		tremble := 4 * (r.Float64() - 0.5)
		x := 500 + float64(i) + tremble
		got := c.Aim(frame, at(tracker.Box{X: x, Y: 400, W: 60, H: 120}, tracker.Tracking), frameTime(i))
		middle := got.X + got.W/2
		if i > 100 {
			in += tremble * tremble
			pace := middle - last - (last - before) // the change of pace from frame to frame
			out += pace * pace
		}
		before, last = last, middle
	}
	if ratio := math.Sqrt(out / in); ratio > 0.1 {
		t.Errorf("the picture trembles %.3f times as much as the box", ratio)
	}
}

// keeper is a writer that keeps the pictures.
type keeper struct {
	pictures []*image.RGBA
	times    []time.Duration
	fails    error
	closed   int
}

func (k *keeper) WriteAt(img *image.RGBA, at time.Duration) error {
	copied := *img
	copied.Pix = append([]uint8(nil), img.Pix...)
	k.pictures, k.times = append(k.pictures, &copied), append(k.times, at)
	return k.fails
}

func (k *keeper) Close() error {
	k.closed++
	return nil
}

// slope is a frame whose red grows from left to right and whose green from top to bottom, by one a pixel.
func slope(width, height int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.SetRGBA(x, y, color.RGBA{uint8(x), uint8(y), 0, 255})
		}
	}
	return img
}

// TestPictures: what is cut out of a slope is a slope: each pixel has the value of its place in the frame.
func TestPictures(t *testing.T) {
	for _, size := range []image.Point{{X: 120, Y: 80}, {X: 30, Y: 20}, {}} {
		k := &keeper{}
		v := NewVideo(k, Options{Size: size, Fill: 0.5, Target: "b"})
		frame := slope(240, 160)
		for i := range 3 {
			other := tracker.Target{ID: 1, Name: "a", Result: tracker.Result{Box: tracker.Box{X: 1, Y: 1, W: 9, H: 9}}}
			shown := tracker.Target{ID: 2, Name: "b", Result: tracker.Result{Box: tracker.Box{X: 100.25, Y: 60.5, W: 20, H: 30}}}
			step := tracker.Step{Frame: tracker.Frame{Image: frame, Index: i, Time: frameTime(i)},
				Targets: []tracker.Target{other, shown}}
			if err := v.Put(step); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(v.Close(), v.Close()); err != nil || k.closed != 1 || len(k.pictures) != 3 {
			t.Fatal(err, k.closed, len(k.pictures))
		}
		if size == (image.Point{}) {
			size = image.Pt(240, 160)
		}
		img := k.pictures[2]
		if img.Rect.Size() != size || k.times[2] != frameTime(2) {
			t.Fatalf("%v at %v", img.Rect, k.times[2])
		}
		height := 60.0 // twice the target's
		left, top, scale := 110.25-height*1.5/2, 75.5-height/2, height/float64(size.Y)
		for y := 1; y < size.Y-1; y++ {
			for x := 1; x < size.X-1; x++ {
				c := img.RGBAAt(x, y)
				wantX, wantY := left+(float64(x)+0.5)*scale-0.5, top+(float64(y)+0.5)*scale-0.5
				if math.Abs(float64(c.R)-wantX) > 1.1 || math.Abs(float64(c.G)-wantY) > 1.1 || c.A != 255 {
					t.Fatalf("%v: pixel %d,%d is %v, want %.2f,%.2f", size, x, y, c, wantX, wantY)
				}
			}
		}
	}
}

// TestFrameOfAnotherSize: the pictures keep their size.
func TestFrameOfAnotherSize(t *testing.T) {
	k := &keeper{}
	v := NewVideo(k, Options{})
	for i, img := range []*image.RGBA{slope(64, 48), slope(200, 100), slope(10, 30)} {
		if err := v.Put(tracker.Step{Frame: tracker.Frame{Image: img, Index: i, Time: frameTime(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	for _, img := range k.pictures {
		if img.Rect.Size() != image.Pt(64, 48) || img.RGBAAt(32, 24).A != 255 {
			t.Errorf("%v", img.Rect)
		}
	}
}

// TestWriterFails: its error is said once, and nothing hangs.
func TestWriterFails(t *testing.T) {
	broken := errors.New("disk full")
	v := NewVideo(&keeper{fails: broken}, Options{})
	var err error
	for i := 0; i < 2+shotsAhead && err == nil; i++ { // no more are on their way
		err = v.Put(tracker.Step{Frame: tracker.Frame{Image: slope(32, 32), Index: i, Time: frameTime(i)}})
	}
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if err := v.Close(); err != nil {
		t.Errorf("said twice: %v", err)
	}
}

func BenchmarkPut720p(b *testing.B) {
	v := NewVideo(&discard{}, Options{Size: image.Pt(1280, 720)})
	img := slope(1280, 720)
	for i := 0; b.Loop(); i++ {
		box := tracker.Box{X: 400 + float64(i%200), Y: 300, W: 60, H: 140}
		step := tracker.Step{Frame: tracker.Frame{Image: img, Index: i, Time: frameTime(i)},
			Targets: []tracker.Target{*at(box, tracker.Tracking)}}
		if err := v.Put(step); err != nil {
			b.Fatal(err)
		}
	}
	if err := v.Close(); err != nil {
		b.Fatal(err)
	}
}

type discard struct{}

func (discard) WriteAt(*image.RGBA, time.Duration) error { return nil }
func (discard) Close() error                             { return nil }
