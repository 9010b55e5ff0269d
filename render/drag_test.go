package render

import (
	"math"
	"testing"

	"siamtrack/tracker"
)

func TestFit(t *testing.T) {
	for _, c := range []struct {
		name           string
		ww, wh, pw, ph int
		want           Fit
	}{
		{"same", 640, 480, 640, 480, Fit{1, 0, 0, 640, 480}},
		{"twice", 1280, 960, 640, 480, Fit{2, 0, 0, 640, 480}},
		{"bars left and right", 1000, 480, 640, 480, Fit{1, 180, 0, 640, 480}},
		{"bars above and below", 320, 480, 640, 480, Fit{0.5, 0, 120, 640, 480}},
		{"nothing", 0, -1, 0, 0, Fit{1, 0, 0, 1, 1}},
	} {
		if got := NewFit(c.ww, c.wh, c.pw, c.ph); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func FuzzFitThereAndBack(f *testing.F) {
	f.Add(1280, 720, 640, 480, 3.5, 700.0)
	f.Add(1, 4000, 4000, 1, -20.0, 0.0)
	f.Fuzz(func(t *testing.T, ww, wh, pw, ph int, x, y float64) {
		if math.Abs(x) > 1e6 || math.Abs(y) > 1e6 || max(ww, wh, pw, ph) > 1<<16 || min(ww, wh, pw, ph) < 1 {
			t.Skip()
		}
		fit := NewFit(ww, wh, pw, ph)
		px, py := fit.ToPicture(x, y)
		bx, by := fit.ToWindow(px, py)
		if math.Abs(bx-x) > 1e-6 || math.Abs(by-y) > 1e-6 {
			t.Errorf("(%v, %v) -> (%v, %v) -> (%v, %v)", x, y, px, py, bx, by)
		}
	})
}

// at is a moment with the button down.
func at(x, y float64) Pointer { return Pointer{X: x, Y: y, Down: true} }

// up is the moment of letting go.
func up(x, y float64) Pointer { return Pointer{X: x, Y: y} }

func TestDrag(t *testing.T) {
	cancel := Pointer{X: 300, Y: 150, Down: true, Cancel: true}
	fit := NewFit(1000, 480, 640, 480) // the picture from x = 180 to 820
	box := tracker.Box{X: 20, Y: 30, W: 100, H: 200}
	for _, c := range []struct {
		name  string
		moves []Pointer
		last  DragEvent
		box   tracker.Box
	}{
		{"down right", []Pointer{at(200, 30), at(250, 90), up(300, 230)}, DragDone, box},
		{"up left", []Pointer{at(300, 230), at(250, 90), up(200, 30)}, DragDone, box},
		{"up right", []Pointer{at(200, 230), up(300, 30)}, DragDone, box},
		{"out and back", []Pointer{at(200, 30), at(5000, -900), up(300, 230)}, DragDone, box},
		{"from a bar", []Pointer{at(20, 0), up(280, 480)}, DragDone, tracker.Box{X: 0, Y: 0, W: 100, H: 480}},
		{"to outside", []Pointer{at(720, 380), up(5000, 5000)}, DragDone, tracker.Box{X: 540, Y: 380, W: 100, H: 100}},
		{"a click", []Pointer{at(200, 30), up(200, 30)}, DragClicked, tracker.Box{}},
		{"a click of a hand that shakes", []Pointer{at(200, 30), at(202, 33), up(202, 32)}, DragClicked, tracker.Box{}},
		{"there and back", []Pointer{at(200, 30), at(300, 90), up(200, 30)}, DragCancelled, tracker.Box{}},
		{"a line", []Pointer{at(200, 30), at(400, 31), up(500, 31)}, DragCancelled, tracker.Box{}},
		{"all on a bar", []Pointer{at(10, 10), up(170, 300)}, DragCancelled, tracker.Box{}},
		{"cancelled", []Pointer{at(200, 30), at(300, 150), cancel}, DragCancelled, tracker.Box{}},
		{"not taken up again before it is lifted", []Pointer{at(200, 30), cancel, at(300, 230), up(300, 230)},
			DragNone, tracker.Box{}},
		{"again after a cancel", []Pointer{at(1, 1), cancel, up(9, 9), at(200, 30), up(300, 230)}, DragDone, box},
		{"cancel without a drag", []Pointer{{X: 5, Y: 5, Cancel: true}}, DragNone, tracker.Box{}},
		{"held still", []Pointer{at(200, 30), at(200, 30)}, DragNone, tracker.Box{}},
		{"moved", []Pointer{at(200, 30), at(300, 230)}, DragMoved, box},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d Drag
			event := DragNone
			for _, p := range c.moves {
				event = d.Feed(p, fit)
			}
			if event != c.last || d.Box() != c.box {
				t.Errorf("event %d with box %v, want %d with %v", event, d.Box(), c.last, c.box)
			}
			if d.Active() != (c.last == DragMoved || c.name == "held still") {
				t.Errorf("active %v", d.Active())
			}
		})
	}
}

// TestDragInAResizedWindow halves the window between the two corners.
func TestDragInAResizedWindow(t *testing.T) {
	var d Drag
	d.Feed(at(200, 100), NewFit(640, 480, 640, 480))
	d.Feed(at(100, 50), NewFit(320, 240, 640, 480)) // the same place
	if event := d.Feed(up(150, 100), NewFit(320, 240, 640, 480)); event != DragDone {
		t.Fatalf("event %d", event)
	}
	if want := (tracker.Box{X: 200, Y: 100, W: 100, H: 100}); d.Box() != want {
		t.Errorf("box %v, want %v", d.Box(), want)
	}
}
