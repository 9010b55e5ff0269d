package render

import (
	"image"
	"math"
	"testing"

	"siamtrack/internal/golden"
	"siamtrack/session"
	"siamtrack/tracker"
)

// plain is a step whose frame is one grey, so that only what is drawn on it can differ from size to size.
func plain(w, h int) tracker.Step {
	k := float64(w) / 320
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 90 | uint8(i%4/3*255)
	}
	area := search.Scale(k)
	r := tracker.Result{Box: target.Scale(k), Score: 0.87, Search: area, Response: bump(16, area, 170*k, 108*k)}
	return tracker.Step{Frame: tracker.Frame{Image: img}, Targets: []tracker.Target{{
		ID: 1, Result: r, Thresholds: levels, Exemplar: scene(60, 60, target), Search: scene(80, 80, target),
	}}}
}

// TestRoomMakesFramesOfAllSizesLookAlike: in the same window letters, lines, graph and map of a 320x240 frame and of
// one ten times as large are the same, pixel for pixel.
func TestRoomMakesFramesOfAllSizesLookAlike(t *testing.T) {
	var first *image.RGBA
	for _, w := range []int{320, 640, 3200} {
		s, err := NewScreen()
		if err != nil {
			t.Fatal(err)
		}
		s.Room = image.Pt(900, 600)
		s.Show = Show{HeatMap: true, Search: true, Panel: true, Figures: true}
		m := Moment{Step: plain(w, w*3/4), Recording: true}
		m.Drag = tracker.Box{X: 10, Y: 150, W: 60, H: 50}.Scale(float64(w) / 320)
		m.Live = &Live{Status: session.Status{CaptureFPS: 30, TrackFPS: 30, LastFrame: noon}, Now: noon}
		s.Observe(m.Step)
		before := m.Targets[0].Result.Box
		got := s.Draw(nil, m)
		if m.Targets[0].Result.Box != before {
			t.Errorf("%d: the box was changed", w)
		}
		if size := got.Rect.Size(); size.X > 900 || size.Y > 600 || size.Y < 595 {
			t.Errorf("%d: drawn in %v, the room is 900x600", w, size)
		}
		if first == nil {
			first = got
			golden.Image(t, "testdata/room.png", got, 2)
			continue
		}
		label := image.Rect(0, 240, 300, 420) // what is being drawn is measured in the frame's pixels
		for y := range got.Rect.Dy() {
			for x := range got.Rect.Dx() {
				a, b := got.RGBAAt(x, y), first.RGBAAt(x, y)
				if d := math.Abs(float64(a.G) - float64(b.G)); d > 3 && !image.Pt(x, y).In(label) {
					t.Fatalf("%d: (%d, %d) is %v, of the smallest frame %v", w, x, y, a, b)
				}
			}
		}
	}
}

// TestRoomKeepsItsBounds: whatever the shapes, the picture fits into the room and fills it in one direction.
func TestRoomKeepsItsBounds(t *testing.T) {
	s, err := NewScreen()
	if err != nil {
		t.Fatal(err)
	}
	for _, panel := range []bool{false, true} {
		for _, frame := range []image.Point{{320, 240}, {3840, 2160}, {405, 720}, {5000, 50}, {16, 4000}} {
			for _, room := range []image.Point{{320, 240}, {1280, 800}, {300, 900}, {1920, 1200}} {
				s.Show.Panel, s.Room = panel, room
				got := s.Size(frame)
				if got.X > room.X || got.Y > room.Y && !panel {
					t.Errorf("%v in %v, panel %v: %v", frame, room, panel, got)
				}
				if got.X < room.X-1 && got.Y < room.Y-4 {
					t.Errorf("%v in %v, panel %v: %v does not fill it", frame, room, panel, got)
				}
				f := s.Fit(frame)
				x, y := f.ToWindow(float64(frame.X), float64(frame.Y))
				if want := s.picture(frame); math.Abs(x-float64(want.X)) > 1 || math.Abs(y-float64(want.Y)) > 1 {
					t.Errorf("%v in %v, panel %v: the corner is at (%.1f, %.1f) of %v", frame, room, panel, x, y, want)
				}
			}
		}
	}
}

// TestZoomEnlargesText: on a screen whose pixels are half as large letters take twice as many.
func TestZoomEnlargesText(t *testing.T) {
	p := painter(t)
	dst := image.NewRGBA(image.Rect(0, 0, 480, 320))
	for zoom, em := range map[float64]int{1: leastEm, 2: 2 * leastEm} {
		p.zoom = zoom
		if p.fit(dst); p.glyph.em != em {
			t.Errorf("zoom %v: letters of %d pixels, want %d", zoom, p.glyph.em, em)
		}
	}
}

// BenchmarkScreen is a frame with everything drawn on it, in its own size and in that of a window.
func BenchmarkScreen(b *testing.B) {
	for _, c := range []struct {
		name string
		w    int
		room image.Point
	}{
		{"4K/own", 3840, image.Point{}}, {"4K/1152x648", 3840, image.Pt(1152, 648)},
		{"720p/own", 1280, image.Point{}}, {"240p/1152x648", 320, image.Pt(1152, 648)},
	} {
		b.Run(c.name, func(b *testing.B) {
			s, err := NewScreen()
			if err != nil {
				b.Fatal(err)
			}
			s.Room, s.Show = c.room, Show{HeatMap: true, Search: true, Scores: true, Figures: true}
			m := Moment{Step: plain(c.w, c.w*9/16), Live: &Live{Now: noon, Status: session.Status{LastFrame: noon}}}
			var canvas *image.RGBA
			for b.Loop() {
				s.Observe(m.Step)
				canvas = s.Draw(canvas, m)
			}
		})
	}
}
