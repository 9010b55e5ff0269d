package window

import (
	"image"
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"siamtrack/render"
)

// largest is the most pixels that a picture is scaled up to here: where a window is larger, whoever has a display of
// that size has a graphics card that does the rest.
const largest = 1920 * 1200

// makeRoom has pictures drawn in the size in which the window shows them.
func (g *game) makeRoom(frame image.Point) {
	room, pixels := g.window, float64(g.window.X)*float64(g.window.Y)
	share := 1.0
	if most := max(largest, float64(frame.X)*float64(frame.Y)); pixels > most {
		share = math.Sqrt(most / pixels)
		room = image.Pt(int(float64(room.X)*share), int(float64(room.Y)*share))
	}
	g.screen.Room, g.screen.Zoom = room, g.scale*share
}

// Layout takes the window's size in device-independent pixels; LayoutF takes its place.
func (g *game) Layout(width, height int) (int, int) { return width, height }

// LayoutF makes one pixel of the screen one of the display.
func (g *game) LayoutF(width, height float64) (float64, float64) {
	k := ebiten.Monitor().DeviceScaleFactor()
	if size := image.Pt(int(width*k), int(height*k)); size != g.window || k != g.scale {
		g.window, g.scale, g.dirty = size, k, true
	}
	return float64(g.window.X), float64(g.window.Y)
}

// grow gives the window the shape of the pictures with or without the panel, which has just come or gone, unless the
// person has given it another, or there is no room. Before is the canvas's size until now.
func (g *game) grow(before, frame image.Point) {
	fit := render.NewFit(g.window.X, g.window.Y, before.X, before.Y)
	w, _ := ebiten.WindowSize()
	_, room := ebiten.Monitor().Size()
	picture := int(math.Round(float64(w) * float64(frame.Y) / float64(frame.X)))
	higher := picture
	if g.screen.Show.Panel {
		higher += render.PanelHeight(w, picture)
	}
	if ebiten.IsFullscreen() || fit.X+fit.Y > 2*g.scale || higher > room {
		return
	}
	if x, y := ebiten.WindowPosition(); y+higher > room {
		ebiten.SetWindowPosition(x, room-higher)
	}
	ebiten.SetWindowSize(w, higher)
}

// leastSide is the shorter side of the window in which a small video is shown first: in a smaller one there is little
// room for text.
const leastSide = 480

// fitWindow sizes the window to the pictures, as far as the monitor has room, and small pictures larger; none of it is
// beyond the monitor's edge then.
func fitWindow(picture image.Point) {
	room := image.Pt(ebiten.Monitor().Size())
	size := windowSize(picture, room)
	at := image.Pt(ebiten.WindowPosition())
	if moved := within(at, size, room); moved != at {
		ebiten.SetWindowPosition(moved.X, moved.Y)
	}
	ebiten.SetWindowSize(size.X, size.Y)
}

// windowSize is the size of a window for pictures on a monitor.
func windowSize(picture, room image.Point) image.Point {
	k := max(1, leastSide/float64(min(picture.X, picture.Y)))
	k = min(k, 0.9*float64(room.X)/float64(picture.X), 0.9*float64(room.Y)/float64(picture.Y))
	return image.Pt(int(k*float64(picture.X)), int(k*float64(picture.Y)))
}

// within is where a window of a size is to be that is at a place of the monitor: there or, where a part of it would be
// beyond the right or the lower edge, in the middle of that direction.
func within(at, size, room image.Point) image.Point {
	if at.X+size.X > room.X {
		at.X = max(0, (room.X-size.X)/2)
	}
	if at.Y+size.Y > room.Y {
		at.Y = max(0, (room.Y-size.Y)/2)
	}
	return at
}
