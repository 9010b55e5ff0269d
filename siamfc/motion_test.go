package siamfc

import (
	"image"
	"math"
	"testing"

	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

// world is a large textured picture in which nothing is pure red, so that the network squares sees only what is drawn
// on it.
func world(t testing.TB) *image.RGBA {
	t.Helper()
	v, err := synth.New(synth.Scene{Width: 2400, Height: 1400, Seed: 4, Still: true})
	if err != nil {
		t.Fatal(err)
	}
	var f tracker.Frame
	if err := v.Next(&f); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(f.Image.Pix); i += 4 {
		f.Image.Pix[i] /= 3
	}
	return f.Image
}

// window is what a camera of w x h pixels at (x, y) sees of the world.
func window(world *image.RGBA, x, y, w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for row := range h {
		copy(img.Pix[row*img.Stride:][:4*w], world.Pix[world.PixOffset(x, y+row):])
	}
	return img
}

// TestCameraMeasuresShifts: of two windows of one picture the shift is known.
func TestCameraMeasuresShifts(t *testing.T) {
	w := world(t)
	for _, size := range []image.Point{{1280, 720}, {640, 480}, {330, 251}} {
		unit := float64(size.X) / 1280
		for _, d := range [][2]float64{
			{0, 0}, {10, 0}, {7, -13}, {40, 20}, {-120, 33}, {200, 0}, {-250, -100}, {0, 150}, {0, -230},
		} {
			dx, dy := int(d[0]*unit), int(d[1]*unit)
			c := camera{}
			c.shift(window(w, 600, 300, size.X, size.Y), tracker.Box{})
			c.keep()
			// The target moves its own way, and does not count.
			target := tracker.Box{X: 0.3 * float64(size.X), Y: 0.3 * float64(size.Y), W: 150 * unit, H: 150 * unit}
			now := window(w, 600-dx, 300-dy, size.X, size.Y)
			for y := int(target.Y); y < int(target.Y+target.H); y++ {
				for x := int(target.X); x < int(target.X+target.W); x++ {
					copy(now.Pix[now.PixOffset(x, y):], w.Pix[w.PixOffset(x, y):][:4])
				}
			}
			for i := range now.Pix { // and a light goes on
				now.Pix[i] = min(now.Pix[i], 215) + 40
			}
			gx, gy := c.shift(now, target)
			if math.Hypot(gx-float64(dx), gy-float64(dy)) > 1.5 {
				t.Errorf("%v: moved by %d, %d; measured %.1f, %.1f", size, dx, dy, gx, gy)
			}
		}
	}
}

// TestCameraSaysNothing of pictures in which nothing can be told: of one colour, too small, of another scene.
func TestCameraSaysNothing(t *testing.T) {
	for name, pair := range map[string][2]*image.RGBA{
		"one colour":   {white(tracker.Box{}), white(tracker.Box{})},
		"too small":    {noise(12, 9, 1), noise(12, 9, 2)},
		"a line":       {noise(400, 3, 1), noise(400, 3, 2)},
		"another cut":  {noise(320, 240, 1), noise(320, 240, 2)},
		"another size": {noise(320, 240, 1), noise(640, 480, 1)},
	} {
		var c camera
		c.shift(pair[0], tracker.Box{})
		c.keep()
		if dx, dy := c.shift(pair[1], tracker.Box{X: -50, Y: -50, W: 5000, H: 60}); dx != 0 || dy != 0 {
			t.Errorf("%s: %v, %v", name, dx, dy)
		}
	}
}

// TestMotionFollowsAFastCamera: the camera jumps to and fro by more than the search reaches, and a target goes by as
// fast before a camera at rest: without Motion both are lost.
func TestMotionFollowsAFastCamera(t *testing.T) {
	w := world(t)
	for name, at := range map[string]func(i int) (camera image.Point, target tracker.Box){
		"jumps": func(i int) (image.Point, tracker.Box) {
			return image.Pt(600+90*(i%2), 400+40*(i%3)), tracker.Box{X: 900, Y: 620, W: 30, H: 30}
		},
		"pans": func(i int) (image.Point, tracker.Box) {
			return image.Pt(500+80*(4-abs(4-i%8)), 400), tracker.Box{X: 900, Y: 620, W: 30, H: 30}
		},
		"target": func(i int) (image.Point, tracker.Box) {
			return image.Pt(600, 400), tracker.Box{X: 650 + 3*float64(i*i), Y: 600, W: 30, H: 30}
		},
	} {
		for _, least := range []float64{0, 0.5} {
			m := boxManifest(LoopSpec{Motion: least, Window: WindowCentred, WindowInfluence: 0.3})
			tr, err := New(&squares{m: m, factor: 1, score: 1}, m)
			if err != nil {
				t.Fatal(err)
			}
			frame := func(i int) (*image.RGBA, tracker.Box) {
				p, box := at(i)
				img := window(w, p.X, p.Y, 640, 480)
				box.X, box.Y = box.X-float64(p.X), box.Y-float64(p.Y)
				for y := range 30 {
					for x := range 30 {
						img.Pix[img.PixOffset(int(box.X)+x, int(box.Y)+y)] = 255
					}
				}
				return img, box
			}
			img, box := frame(0)
			if err := tr.Init(img, box); err != nil {
				t.Fatal(err)
			}
			found := 0
			for i := 1; i < 12; i++ {
				img, box = frame(i)
				r, err := tr.Update(img)
				if err != nil {
					t.Fatal(err)
				}
				if r.Box.IoU(box) > 0.5 {
					found++
				}
			}
			if (found == 11) != (least > 0) {
				t.Errorf("%s, motion %v: found in %d frames of 11", name, least, found)
			}
		}
	}
}

func TestMotionAllocatesNothing(t *testing.T) {
	m := PixelsManifest()
	m.Loop.Motion = 0.5
	tr, err := New(NewCorrelator(NewPixels(), m), m)
	if err != nil {
		t.Fatal(err)
	}
	img := noise(320, 240, 3)
	if err := tr.Init(img, tracker.Box{X: 100, Y: 80, W: 50, H: 40}); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(5, func() {
		if _, err := tr.Update(img); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations an update", n)
	}
}

// TestTeamMeasuresTheCameraOnce: two targets in the picture of a camera that jumps, one that joins them later, and when
// all but that one are given up it is still followed: they have one camera between them, which has seen every frame.
func TestTeamMeasuresTheCameraOnce(t *testing.T) {
	w := world(t)
	m := boxManifest(LoopSpec{Motion: 0.5, Window: WindowCentred, WindowInfluence: 0.3})
	several := tracker.NewMulti(func() (tracker.Tracker, error) { return New(&squares{m: m, factor: 1, score: 1}, m) })
	team := NewTeam(nil)
	several.SearchAs(team)
	places := []image.Point{{900, 620}, {780, 500}, {1010, 700}}
	frame := func(i int) (*image.RGBA, [3]tracker.Box) {
		at := image.Pt(600+90*(i%2), 400+40*(i%3))
		img := window(w, at.X, at.Y, 640, 480)
		var boxes [3]tracker.Box
		for k, p := range places {
			p = p.Sub(at)
			boxes[k] = tracker.Box{X: float64(p.X), Y: float64(p.Y), W: 30, H: 30}
			for y := range 30 {
				for x := range 30 {
					img.Pix[img.PixOffset(p.X+x, p.Y+y)] = 255
				}
			}
		}
		return img, boxes
	}
	for i := range 14 {
		img, boxes := frame(i)
		if _, err := several.Update(img); err != nil {
			t.Fatal(err)
		}
		for _, s := range several.Targets() {
			if s.Result.Box.IoU(boxes[s.ID-1]) < 0.5 {
				t.Errorf("frame %d: target %d is at %v, want %v", i, s.ID, s.Result.Box, boxes[s.ID-1])
			}
		}
		var add []int
		switch i {
		case 0:
			add = []int{0, 1}
		case 4:
			add = []int{2}
		case 8:
			several.Remove(1)
		case 10:
			several.Remove(2)
		}
		for _, k := range add {
			if _, err := several.Add(img, tracker.Start{Box: boxes[k]}); err != nil {
				t.Fatal(err)
			}
		}
		for _, own := range team.members {
			if own.motion.camera != team.members[0].motion.camera {
				t.Errorf("frame %d: a member has a camera of its own", i)
			}
		}
	}
}

// BenchmarkCamera measures the camera's motion between two frames of 720p.
func BenchmarkCamera(b *testing.B) {
	w := world(b)
	frames := [2]*image.RGBA{window(w, 600, 300, 1280, 720), window(w, 637, 281, 1280, 720)}
	var c camera
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		c.shift(frames[i%2], tracker.Box{X: 500, Y: 300, W: 80, H: 120})
		c.keep()
		i++
	}
}
