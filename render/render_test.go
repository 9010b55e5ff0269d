package render

import (
	"image"
	"image/color"
	"math"
	"testing"

	"siamtrack/internal/golden"
	"siamtrack/tracker"
)

// scene is a picture to draw over: a ramp of greys with a chequered object in the middle of target.
func scene(w, h int, target tracker.Box) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	at := pixels(target)
	for y := range h {
		for x := range w {
			v := uint8(60 + 120*x/w)
			c := color.RGBA{v, uint8(60 + 100*y/h), v / 2, 255}
			if image.Pt(x, y).In(at) {
				c = color.RGBA{uint8(90 + 120*((x/8+y/8)%2)), 70, 160, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// bump is a response map of n x n cells over area, with one peak at (px, py) of the frame.
func bump(n int, area tracker.Box, px, py float64) *tracker.Response {
	r := &tracker.Response{Values: make([]float32, n*n), Width: n, Height: n, Area: area, Peak: 1}
	for i := range r.Values {
		x := area.X + (float64(i%n)+0.5)*area.W/float64(n) - px
		y := area.Y + (float64(i/n)+0.5)*area.H/float64(n) - py
		r.Values[i] = float32(math.Exp(-8 * (x*x + y*y) / (area.W * area.H / 4)))
	}
	return r
}

func painter(t testing.TB) *Painter {
	t.Helper()
	p, err := NewPainter()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var (
	target = tracker.Box{X: 140.3, Y: 84.6, W: 60, H: 48}
	search = tracker.FromCenter(165, 105, 200, 200)
	levels = tracker.Thresholds{Uncertain: 0.6, Lost: 0.35}
)

func TestGoldens(t *testing.T) {
	full := tracker.Result{Box: target, Score: 0.87, Search: search, Response: bump(16, search, 170, 108)}
	history := NewHistory(120)
	for i := range 100 {
		s := 0.9 - 0.7*math.Exp(-math.Pow(float64(i-60)/12, 2))
		state := tracker.Tracking
		if s < 0.6 {
			state = tracker.Uncertain
		}
		if s < 0.35 {
			state = tracker.Lost
		}
		history.Add(tracker.Result{Score: s, State: state})
	}
	for _, c := range []struct {
		name string
		w, h int
		draw func(p *Painter, dst *image.RGBA)
	}{
		{"tracking", 320, 240, func(p *Painter, dst *image.RGBA) {
			p.Search(dst, search)
			p.Target(dst, &tracker.Target{Result: full})
		}},
		{"uncertain", 320, 240, func(p *Painter, dst *image.RGBA) {
			p.Target(dst, &tracker.Target{Result: tracker.Result{Box: target, Score: 0.41, State: tracker.Uncertain}})
		}},
		{"lost", 320, 240, func(p *Painter, dst *image.RGBA) {
			p.Target(dst, &tracker.Target{Result: tracker.Result{Box: target, Score: 0.08, State: tracker.Lost}})
		}},
		{"corners", 320, 240, func(p *Painter, dst *image.RGBA) { // labels stay inside the picture
			for _, b := range []tracker.Box{{X: -20, Y: -10, W: 60, H: 60}, {X: 290, Y: 200, W: 60, H: 60}} {
				p.Box(dst, b, StateColor(tracker.Tracking), tracker.Tracking, "Ünïcode 0.12")
			}
		}},
		{"heatmap", 320, 240, func(p *Painter, dst *image.RGBA) {
			p.HeatMap(dst, full.Response, 0.7, full.Box)
			p.Search(dst, search)
			p.Target(dst, &tracker.Target{Result: full})
		}},
		{"graph", 320, 240, func(p *Painter, dst *image.RGBA) {
			p.Graph(dst, image.Rect(20, 40, 300, 200), history, levels)
		}},
		{"hud", 320, 240, func(p *Painter, dst *image.RGBA) { p.HUD(dst, []string{"29.7 frames/s", "2 dropped"}) }},
		{"panel", 640, 160, func(p *Painter, dst *image.RGBA) {
			whole := scene(320, 240, target)
			v := Panel{
				Exemplar: whole.SubImage(image.Rect(110, 50, 230, 170)).(*image.RGBA),
				Search:   whole.SubImage(pixels(search)).(*image.RGBA),
				Result:   full, History: history, Thresholds: levels,
			}
			p.Panel(dst, dst.Rect, v)
		}},
		{"1080p", 1920, 1080, func(p *Painter, dst *image.RGBA) {
			r := full
			r.Box = target.Scale(4.5)
			p.Target(dst, &tracker.Target{Result: r})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dst := scene(c.w, c.h, target.Scale(float64(c.h)/240))
			c.draw(painter(t), dst)
			if c.w > 1000 { // what is asked is the size of lines and letters: a corner shows it
				dst = dst.SubImage(image.Rect(580, 320, 980, 470)).(*image.RGBA)
			}
			golden.Image(t, "testdata/"+c.name+".png", dst, 2)
		})
	}
}
