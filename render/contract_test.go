package render

import (
	"image"
	"math"
	"testing"

	"siamtrack/tracker"
)

// everything draws all there is.
func everything(p *Painter, dst *image.RGBA, r tracker.Result, h *History, crop *image.RGBA) {
	p.HeatMap(dst, r.Response, 0.7, r.Box)
	p.Search(dst, r.Search)
	p.Target(dst, &tracker.Target{Result: r})
	p.Box(dst, r.Box, StateColor(tracker.Lost), tracker.Lost, "label")
	p.Panel(dst, image.Rect(0, dst.Rect.Max.Y-PanelHeight(dst.Rect.Dx(), dst.Rect.Dy()), dst.Rect.Max.X, dst.Rect.Max.Y),
		Panel{Exemplar: crop, Search: crop, Result: r, History: h, Thresholds: levels})
}

func TestDrawingAllocatesNothing(t *testing.T) {
	p, dst, h := painter(t), scene(1280, 720, target), NewHistory(300)
	crop, lines := scene(127, 127, target), []string{"30.0 frames/s", "0 dropped"}
	r := tracker.Result{Box: target, Score: 0.5, State: tracker.Uncertain, Search: search}
	r.Response = bump(25, search, 170, 100)
	frame := func() {
		r.Score = math.Mod(r.Score+0.0371, 1)
		h.Add(r)
		everything(p, dst, r, h, crop)
		p.HUD(dst, lines)
	}
	for range 40 { // every digit has been seen
		frame()
	}
	if n := testing.AllocsPerRun(20, frame); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// FuzzDraw: whatever a tracker returns, drawing neither panics nor writes outside the picture.
func FuzzDraw(f *testing.F) {
	f.Add(10.0, 10.0, 20.0, 20.0, 0.5, 2, uint8(16), uint8(16))
	f.Add(-1e300, 1e300, 1e300, 1e300, math.NaN(), 99, uint8(1), uint8(255))
	f.Add(math.NaN(), 0.0, math.Inf(1), 1.0, math.Inf(-1), -1, uint8(0), uint8(0))
	f.Add(-50.0, -50.0, 1e-9, 1e7, 1.0, 1, uint8(3), uint8(7))
	p := painter(f)
	f.Fuzz(func(t *testing.T, x, y, w, h, score float64, state int, cols, rows uint8) {
		whole := image.NewRGBA(image.Rect(0, 0, 90, 70))
		dst := whole.SubImage(image.Rect(10, 10, 80, 60)).(*image.RGBA)
		b := tracker.Box{X: x, Y: y, W: w, H: h}
		r := tracker.Result{Box: b, Score: score, State: tracker.State(state), Search: b}
		r.Response = &tracker.Response{Width: int(cols), Height: int(rows), Area: b,
			Values: make([]float32, int(cols)*int(rows))}
		for i := range r.Response.Values {
			r.Response.Values[i] = float32(score)
		}
		history := NewHistory(5)
		history.Add(r)
		everything(p, dst, r, history, dst)
		p.Graph(dst, dst.Rect, history, tracker.Thresholds{Uncertain: score, Lost: score / 2})
		for i := 0; i < len(whole.Pix); i += 4 {
			at := image.Pt(i/4%90, i/4/90)
			if !at.In(dst.Rect) && (whole.Pix[i] != 0 || whole.Pix[i+3] != 0) {
				t.Fatalf("wrote outside the picture, at %v", at)
			}
		}
	})
}

func TestHeatMapLiesOverItsArea(t *testing.T) {
	p, dst := painter(t), image.NewRGBA(image.Rect(0, 0, 100, 100))
	area := tracker.Box{X: 20, Y: 30, W: 40, H: 20}
	r := &tracker.Response{Values: []float32{0, 1, 0, 0, 0, 0, 0, 0}, Width: 4, Height: 2, Area: area}
	p.HeatMap(dst, r, 1)
	best, at := uint8(0), image.Point{}
	for y := range 100 {
		for x := range 100 {
			if v := dst.RGBAAt(x, y).G; v > best {
				best, at = v, image.Pt(x, y)
			}
		}
	}
	// The cell in column 1 and row 0 covers [30, 40) x [30, 40); above its centre the map is constant.
	if at.X < 34 || at.X > 35 || at.Y < 30 || at.Y > 35 {
		t.Errorf("the peak is drawn at %v, want the middle of [30, 40) x [30, 40)", at)
	}
	// The pixel centre 34.5 lies a twentieth of a cell from the cell's centre 35: a response of 0.95, as opaque.
	if want := 0.95 * float64(p.colors[242].G); math.Abs(float64(best)-want) > 2 {
		t.Errorf("the peak is drawn as green %d, want %.0f", best, want)
	}
}

func TestHeatMapWithoutValues(t *testing.T) {
	p, dst := painter(t), image.NewRGBA(image.Rect(0, 0, 10, 10))
	p.HeatMap(dst, nil, 1)
	p.HeatMap(dst, &tracker.Response{Width: 4, Height: 4, Area: tracker.Box{W: 10, H: 10}}, 1)
	for i, v := range dst.Pix {
		if v != 0 {
			t.Fatalf("byte %d drawn", i)
		}
	}
}

func TestHistoryForgetsTheOldest(t *testing.T) {
	h := NewHistory(3)
	for i := range 5 {
		if want := min(i, 3); h.Len() != want {
			t.Errorf("after %d: %d remembered, want %d", i, h.Len(), want)
		}
		h.Add(tracker.Result{Score: float64(i) / 10})
	}
	for i, want := range []float64{0.2, 0.3, 0.4} {
		if got := h.at(i).score; got != want {
			t.Errorf("at(%d) = %v, want %v", i, got, want)
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	for _, c := range []struct {
		name string
		w, h int
	}{{"720p", 1280, 720}, {"1080p", 1920, 1080}} {
		b.Run(c.name, func(b *testing.B) {
			p, dst, h := painter(b), scene(c.w, c.h, target), NewHistory(300)
			crop := scene(255, 255, target)
			r := tracker.Result{Box: target, Score: 0.5, Search: search, Response: bump(25, search, 170, 100)}
			for b.Loop() {
				h.Add(r)
				everything(p, dst, r, h, crop)
			}
		})
	}
}

// TestHeatMapLeavesTheTargetToBeSeen: inside a box that is to stay clear only lines are drawn, whatever the response.
func TestHeatMapLeavesTheTargetToBeSeen(t *testing.T) {
	p, dst := painter(t), image.NewRGBA(image.Rect(0, 0, 320, 240))
	p.HeatMap(dst, bump(16, search, 170, 108), 0.7, target)
	box, drawn, outside := pixels(target), 0, 0
	for y := range 240 {
		for x := range 320 {
			if dst.RGBAAt(x, y).A == 0 {
				continue
			}
			if image.Pt(x, y).In(box) {
				drawn++
			} else {
				outside++
			}
		}
	}
	if share := float64(drawn) / float64(box.Dx()*box.Dy()); share < 0.05 || share > 0.35 {
		t.Errorf("%.2f of the box is drawn on, want lines alone", share)
	}
	if outside < box.Dx()*box.Dy() {
		t.Errorf("outside the box %d pixels are drawn on", outside)
	}
}

// TestHelpFits: all keys are in the place where the help is drawn, down to a small one.
func TestHelpFits(t *testing.T) {
	p := painter(t)
	keys := make([]Key, 18)
	for i := range keys {
		keys[i] = Key{Name: "Delete"[:1+i%6], Does: "some words to be read"[:8+i%13]}
		keys[i].More = "more words than fit anywhere but here"
	}
	for _, size := range []image.Point{{320, 240}, {320, 180}, {640, 480}, {1280, 720}, {360, 640}} {
		dst := image.NewRGBA(image.Rectangle{Max: size})
		p.fit(dst)
		if l := p.layHelp(size, keys); !p.fitsHelp(&l, keys) || l.em < 9 {
			t.Errorf("%v: letters of %d pixels, %d columns of %d rows", size, l.em, l.columns, l.rows)
		}
		p.help(dst, keys)
	}
}
