package siamfc

import (
	"image"
	"math"
	"testing"

	"siamtrack/tracker"
)

// squares is a box network that sees white on black: it boxes the white part of a search crop, factor times as wide as
// it is, and with the right side as far out as that gives. Black alone it scores 0.
type squares struct {
	m      Manifest
	factor float64
	score  float32
	maps   Maps
	sizes  []int // of the search crops
}

func (s *squares) Exemplar([]float32, tracker.Box) error { return nil }

func (s *squares) Search(crop []float32, size int) (Maps, error) {
	s.sizes = append(s.sizes, size)
	grid := s.m.GridOn(size)
	n := grid.Size
	left, top, right, bottom := size, size, 0, 0
	for i, v := range crop[:size*size] {
		if v > 127 {
			left, right = min(left, i%size), max(right, i%size+1)
			top, bottom = min(top, i/size), max(bottom, i/size+1)
		}
	}
	w, score := float64(right-left)*s.factor, s.score
	if right == 0 {
		left, top, right, bottom, w, score = 0, 0, size, size, float64(size), 0
	}
	s.maps = Maps{Response: make([]float32, n*n), Sides: make([]float32, 4*n*n)}
	for i := range n * n {
		x, y := float64(size)/2+grid.Origin+float64(i%n)*grid.Stride, float64(size)/2+grid.Origin+float64(i/n)*grid.Stride
		s.maps.Response[i] = score * float32(math.Exp(-math.Hypot(x-float64(left+right)/2, y-float64(top+bottom)/2)/20))
		for side, v := range []float64{x - float64(left), y - float64(top), float64(left) + w - x, float64(bottom) - y} {
			s.maps.Sides[side*n*n+i] = float32(v)
		}
	}
	return s.maps, nil
}

func boxManifest(loop LoopSpec) Manifest {
	return Manifest{
		Format: Format, Name: "squares", Kind: Box, Layout: LayoutSiamtrack,
		Exemplar: ExemplarSpec{Size: 128, Context: 0.5}, Search: SearchSpec{Size: 256},
		Grid: GridSpec{Size: 16, Stride: 16, Origin: -128}, Loop: loop, State: StateSpec{Uncertain: 0.4, Lost: 0.2},
	}
}

// white draws a white rectangle on black.
func white(box tracker.Box) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for y := int(box.Y); y < int(box.Y+box.H); y++ {
		for x := int(box.X); x < int(box.X+box.W); x++ {
			copy(img.Pix[img.PixOffset(x, y):], []uint8{255, 255, 255, 255})
		}
	}
	return img
}

// begun is a tracker that was shown a target.
func begun(t *testing.T, net *squares, target tracker.Box) *Tracker {
	t.Helper()
	tr, err := New(net, net.m)
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.Init(white(target), target); err != nil {
		t.Fatal(err)
	}
	return tr
}

// tracked is the box after one update on a target that moved from one place to another.
func tracked(t *testing.T, net *squares, from, to tracker.Box) tracker.Box {
	t.Helper()
	tr := begun(t, net, from)
	r, err := tr.Update(white(to))
	if err != nil {
		t.Fatal(err)
	}
	return r.Box
}

// TestCalibrationTakesOffTheFirstFramesError: the network boxes the target a fifth too wide; told by the first frame,
// the loop does not.
func TestCalibrationTakesOffTheFirstFramesError(t *testing.T) {
	from, to := tracker.Box{X: 120, Y: 90, W: 50, H: 50}, tracker.Box{X: 132, Y: 84, W: 60, H: 50}
	for _, c := range []struct{ share, width, right float64 }{{0, 1.2, 1.2}, {1, 1, 1}, {0.5, math.Sqrt(1.2), 0}} {
		m := boxManifest(LoopSpec{Calibration: c.share})
		got := tracked(t, &squares{m: m, factor: 1.2, score: 1}, from, to)
		if math.Abs(got.W/to.W-c.width) > 0.03 || math.Abs(got.H-to.H) > 1.5 {
			t.Errorf("share %v: %v, want a width of %.1f and a height of %.1f", c.share, got, c.width*to.W, to.H)
		}
		if c.right > 0 && math.Abs(got.X-to.X) > 1 {
			t.Errorf("share %v: the left side is at %.1f, want %.1f", c.share, got.X, to.X)
		}
	}
}

// TestNoCalibrationWhereTheTargetIsNotFound: a box of twice the width is no habit of a network but another object.
func TestNoCalibrationWhereTheTargetIsNotFound(t *testing.T) {
	box := tracker.Box{X: 120, Y: 90, W: 50, H: 50}
	m := boxManifest(LoopSpec{Calibration: 1})
	if got := tracked(t, &squares{m: m, factor: 2, score: 1}, box, box); math.Abs(got.W-100) > 2 {
		t.Errorf("%v, want the network's width of 100", got)
	}
}

// TestSteadyTakesSmallChangesBack: of a box a fifth wider than in the first frame a part is told, of one of twice the
// width all; the search looks at the same squares as without.
func TestSteadyTakesSmallChangesBack(t *testing.T) {
	first := tracker.Box{X: 120, Y: 90, W: 50, H: 50}
	for _, c := range []struct{ factor, told float64 }{
		{1.2, 50 * math.Pow(1.2, 1-0.5*math.Exp(-math.Pow(math.Log(1.2)/0.25, 2)))},
		{2, 50 * math.Pow(2, 1-0.5*math.Exp(-math.Pow(math.Log(2)/0.25, 2)))},
		{1, 50},
	} {
		var boxes, searched [2]tracker.Box
		for i, steady := range []float64{0, 0.5} {
			m := boxManifest(LoopSpec{Steady: steady})
			boxes[i], searched[i] = second(t, &squares{m: m, factor: c.factor, score: 1}, first)
		}
		found := boxes[0].W / first.W // by the cells of the crop
		told := found * math.Exp(-0.5*math.Log(found)*math.Exp(-math.Pow(math.Log(found)/0.25, 2)))
		if math.Abs(boxes[1].W-told*first.W) > 1e-9 || math.Abs(boxes[1].W-c.told) > 1 {
			t.Errorf("%.1f times as wide: %v told, %v found, want a width of %.2f", c.factor, boxes[1], boxes[0], c.told)
		}
		if searched[0] != searched[1] {
			t.Errorf("%.1f times as wide: the search is at %v, without at %v", c.factor, searched[1], searched[0])
		}
	}
}

// TestToldRate: the size that is told is there at once, the search's follows at its own rate, as without.
func TestToldRate(t *testing.T) {
	first := tracker.Box{X: 120, Y: 90, W: 50, H: 50}
	var boxes, searched [3]tracker.Box
	for i, loop := range []LoopSpec{{SizeRate: 0.4}, {SizeRate: 0.4, ToldRate: 1}, {}} {
		m := boxManifest(loop)
		boxes[i], searched[i] = second(t, &squares{m: m, factor: 1.2, score: 1}, first)
	}
	if searched[0] != searched[1] || searched[1] == searched[2] {
		t.Errorf("the search is at %v, without at %v, at the size found at %v", searched[1], searched[0], searched[2])
	}
	if math.Abs(boxes[1].W-60) > 1.5 || boxes[0].W > boxes[1].W-2 {
		t.Errorf("%v told, want a width near 60; without %v", boxes[1], boxes[0])
	}
}

// second is what is told after the second of two updates on a target that stands still, and the square then searched.
func second(t *testing.T, net *squares, box tracker.Box) (told, searched tracker.Box) {
	t.Helper()
	tr := begun(t, net, box)
	for range 2 {
		r, err := tr.Update(white(box))
		if err != nil {
			t.Fatal(err)
		}
		told, searched = r.Box, r.Search
	}
	return told, searched
}

// TestVotesAreWeighedByResponseAndOverlap has the numbers of test_tracking.py's test of the same name.
func TestVotesAreWeighedByResponseAndOverlap(t *testing.T) {
	m := boxManifest(LoopSpec{Vote: 2, SizeRate: 1})
	maps := Maps{Response: make([]float32, 256), Sides: make([]float32, 4*256)}
	for i := range maps.Sides {
		maps.Sides[i] = 1
	}
	for _, c := range []struct {
		cell     int
		response float32
		sides    [4]float32
	}{
		{8*16 + 8, 0.8, [4]float32{20, 20, 20, 20}}, // a square of 40 about (0, 0)
		{7*16 + 8, 0.3, [4]float32{20, 20, 20, 20}}, // too weak
		{8*16 + 9, 0.6, [4]float32{26, 20, 14, 20}}, // the same, 10 to the right: IoU 30/50, not above 0.6
		{9*16 + 8, 0.5, [4]float32{20, 28, 20, 12}}, // 8 down: IoU 32/48
	} {
		maps.Response[c.cell] = c.response
		for side, v := range c.sides {
			maps.Sides[side*256+c.cell] = v
		}
	}
	f := newLocator(m).locate(maps, 40, 40)
	weight, own := 0.25*(5.0/8-0.5)*(32.0/48-0.6), 0.64*0.5*0.4
	want := 8 * weight / (weight + own)
	if far := max(math.Abs(f.y-want), math.Abs(f.x), math.Abs(f.w-40), math.Abs(f.score-0.8)); far > 1e-6 {
		t.Errorf("%+v, want a square of 40 about (0, %.4f), score 0.8", f, want)
	}
}
