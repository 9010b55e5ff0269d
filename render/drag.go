package render

import (
	"math"

	"siamtrack/tracker"
)

// Pointer is what a mouse or a finger does at one moment: its place in the window, whether it is down, and whether
// the person cancels (Esc, the right button, a second finger).
type Pointer struct {
	X, Y         float64
	Down, Cancel bool
}

// DragEvent is what a moment meant to a Drag.
type DragEvent int

// The events of a drag: nothing new, begun, the box changed, the box is ready, given up, and let go where it began.
const (
	DragNone DragEvent = iota
	DragBegan
	DragMoved
	DragDone
	DragCancelled
	DragClicked
)

// clickSlack is how far a hand may move within a click, in pixels of the window.
const clickSlack = 4

// Drag lets a person draw a box by dragging in any direction. Its corners are kept in the picture, so the window may
// be resized meanwhile. The zero Drag waits for the pointer to go down.
type Drag struct {
	active, spent  bool        // spent: given up, the pointer has yet to be lifted
	x0, y0, x1, y1 float64     // in pixels of the picture
	from           Pointer     // where it began, in pixels of the window
	strayed        bool        // it has been further from there than a click may
	box            tracker.Box // so far
}

// Active reports whether a box is being drawn.
func (d *Drag) Active() bool { return d.active }

// Box returns the box so far, or the last one, inside the picture and in its pixels; it may be empty.
func (d *Drag) Box() tracker.Box { return d.box }

// Point returns where the drag began, in pixels of the picture.
func (d *Drag) Point() (x, y float64) { return d.x0, d.y0 }

// Feed tells the drag of the pointer at one moment, in a window that shows the picture as f says. DragDone comes once,
// with a box that Box.Trackable accepts; a box too thin to track is DragCancelled, and a click DragClicked.
func (d *Drag) Feed(p Pointer, f Fit) DragEvent {
	x, y := f.ToPicture(p.X, p.Y)
	switch {
	case d.spent:
		d.spent = p.Down
		return DragNone
	case !d.active && (!p.Down || p.Cancel):
		return DragNone
	case !d.active:
		*d = Drag{active: true, x0: x, y0: y, x1: x, y1: y, from: p}
		return DragBegan
	case p.Cancel:
		*d = Drag{spent: p.Down}
		return DragCancelled
	}
	d.strayed = d.strayed || math.Hypot(p.X-d.from.X, p.Y-d.from.Y) > clickSlack
	moved := x != d.x1 || y != d.y1
	d.x1, d.y1 = x, y
	d.box = f.clip(tracker.FromCorners(d.x0, d.y0, x, y))
	if p.Down {
		if moved {
			return DragMoved
		}
		return DragNone
	}
	d.active = false
	if !d.strayed {
		d.box = tracker.Box{}
		return DragClicked
	}
	if d.box.W < tracker.MinSide || d.box.H < tracker.MinSide {
		d.box = tracker.Box{}
		return DragCancelled
	}
	return DragDone
}
