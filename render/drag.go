package render

import "siamtrack/tracker"

// Pointer is what a mouse or a finger does at one moment: its place in the window, whether it is down, and whether
// the person cancels (Esc, the right button, a second finger).
type Pointer struct {
	X, Y         float64
	Down, Cancel bool
}

// DragEvent is what a moment meant to a Drag.
type DragEvent int

// The events of a drag: nothing new, begun, the box changed, the box is ready, given up.
const (
	DragNone DragEvent = iota
	DragBegan
	DragMoved
	DragDone
	DragCancelled
)

// Drag lets a person draw a box by dragging in any direction. Its corners are kept in the picture, so the window may
// be resized meanwhile. The zero Drag waits for the pointer to go down.
type Drag struct {
	active, spent  bool // spent: given up, the pointer has yet to be lifted
	x0, y0, x1, y1 float64
	box            tracker.Box
}

// Active reports whether a box is being drawn.
func (d *Drag) Active() bool { return d.active }

// Box returns the box so far, or the last one, inside the picture and in its pixels; it may be empty.
func (d *Drag) Box() tracker.Box { return d.box }

// Feed tells the drag of the pointer at one moment, in a window that shows the picture as f says. DragDone comes once,
// with a box that Box.Trackable accepts; a click, or a box too thin to track, is DragCancelled.
func (d *Drag) Feed(p Pointer, f Fit) DragEvent {
	x, y := f.ToPicture(p.X, p.Y)
	switch {
	case d.spent:
		d.spent = p.Down
		return DragNone
	case !d.active && (!p.Down || p.Cancel):
		return DragNone
	case !d.active:
		*d = Drag{active: true, x0: x, y0: y, x1: x, y1: y}
		return DragBegan
	case p.Cancel:
		*d = Drag{spent: p.Down}
		return DragCancelled
	}
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
	if d.box.W < tracker.MinSide || d.box.H < tracker.MinSide {
		d.box = tracker.Box{}
		return DragCancelled
	}
	return DragDone
}
