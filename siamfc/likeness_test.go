package siamfc

import (
	"image"
	"math"
	"testing"

	"golang.org/x/image/draw"

	"siamtrack/tracker"
)

// textured is a picture with coarse and fine detail.
func textured(w, h int, seed uint64) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	coarse := noise(w/8, h/8, seed)
	draw.CatmullRom.Scale(img, img.Rect, coarse, coarse.Rect, draw.Src, nil)
	return img
}

// TestThePictureItselfIsFoundHoweverSmall: cut out of a frame of other things just like it, resized or not.
func TestThePictureItselfIsFoundHoweverSmall(t *testing.T) {
	frame := textured(320, 240, 11)
	for _, c := range []struct{ box, want tracker.Box }{
		{box: tracker.Box{X: 201, Y: 77, W: 12, H: 10}},
		{box: tracker.Box{X: 3, Y: 180, W: 60, H: 21}},
		{box: tracker.Box{X: 250.5, Y: 30.25, W: 40, H: 55}},
	} {
		for _, k := range []float64{1, 0.7, 1.6} {
			view := image.NewRGBA(image.Rect(0, 0, int(320*k), int(240*k)))
			draw.CatmullRom.Scale(view, view.Rect, frame, frame.Rect, draw.Src, nil)
			want := c.box.Scale(k)
			if want.W*want.H < coarseLeast {
				continue
			}
			l := newLikeness(frame, c.box)
			if p := l.find(view); p.like < l.least() || p.box.IoU(want) < 0.85 {
				t.Errorf("%v, frame times %v: %v, likeness %.3f; want %v", c.box, k, p.box, p.like, want)
			}
			if p := l.find(textured(320, 240, 12)); p.like >= l.least() {
				t.Errorf("%v: %v in a frame that does not show it, likeness %.3f", c.box, p.box, p.like)
			}
		}
	}
}

// TestFindTakesThePictureItself: the network, which sees only black, is not asked.
func TestFindTakesThePictureItself(t *testing.T) {
	frame, box := textured(320, 240, 13), tracker.Box{X: 100, Y: 60, W: 24, H: 18}
	m := boxManifest(LoopSpec{})
	tr, err := New(&squares{m: m, factor: 1}, m)
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewFinder(tr, cutOut(frame, image.Rect(100, 60, 124, 78)), tracker.Box{W: 24, H: 18})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.Find(frame); err != nil || got.Box.IoU(box) < 0.9 || !(got.Score >= sameLook && got.Score <= 1) {
		t.Errorf("%+v, %v; want %v", got, err, box)
	}
}

func TestNothingToRecogniseAPictureBy(t *testing.T) {
	flat := image.NewRGBA(image.Rect(0, 0, 100, 100))
	for name, l := range map[string]*likeness{
		"black":      newLikeness(flat, tracker.Box{W: 50, H: 50}),
		"few pixels": newLikeness(textured(100, 100, 1), tracker.Box{X: 10, Y: 10, W: 6, H: 6}),
		"a line":     newLikeness(textured(100, 100, 1), tracker.Box{X: 10, Y: 10, W: 80, H: 2}),
	} {
		if l != nil {
			t.Errorf("%s: %+v", name, l)
		}
	}
	if p := newLikeness(textured(100, 100, 1), tracker.Box{W: 50, H: 50}).find(flat); p.like != 0 {
		t.Errorf("in a black frame: %+v", p)
	}
}

// TestSampleMeansWhatItCovers: of a ramp every sample is the value at its centre, on whatever level it is taken.
func TestSampleMeansWhatItCovers(t *testing.T) {
	ramp := image.NewRGBA(image.Rect(0, 0, 200, 100))
	for i := range ramp.Pix {
		ramp.Pix[i] = uint8(i / 4 % 200)
	}
	p := newPyramid(ramp)
	for _, c := range []struct {
		box  tracker.Box
		w, h int
	}{{tracker.Box{X: 20, Y: 10, W: 100, H: 50}, 100, 50}, {tracker.Box{X: 20, Y: 10, W: 120, H: 60}, 17, 9},
		{tracker.Box{X: 50.5, Y: 20.25, W: 10, H: 10}, 40, 40}} {
		got := make([]float32, c.w*c.h)
		p.sample(got, c.box, c.w, c.h)
		for i, v := range got {
			x := c.box.X + (float64(i%c.w)+0.5)*c.box.W/float64(c.w) - 0.5
			if math.Abs(float64(v)-x) > 0.05 {
				t.Fatalf("%+v: sample %d is %v, want %v", c, i, v, x)
			}
		}
	}
}

func BenchmarkLikeness(b *testing.B) {
	frame := textured(1280, 720, 1)
	l := newLikeness(frame, tracker.Box{X: 600, Y: 300, W: 30, H: 60})
	for b.Loop() {
		l.find(frame)
	}
}
