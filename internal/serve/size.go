package serve

import (
	"image"
	"math"

	"siamtrack/render"
)

// size is how large pictures are sent.
type size struct {
	// most is what a frame is scaled down to, least the shorter side that a small one is scaled up to, so that text can
	// be read; the panel comes on top.
	most  image.Point
	least int
	zoom  float64 // as render.Screen.Zoom
	// bare pictures are without figures, the list of targets and notices: the page that asks for them says all that.
	bare bool
}

// sizes are those that a viewer may ask for, by name. Pictures are drawn and encoded for each that is looked at, so
// there are few. The one without a name is for those who do not know: the frame as it is, unless it is very large.
var sizes = map[string]size{
	"":       {most: image.Pt(1920, 1200), zoom: 1},
	"narrow": {most: image.Pt(720, 720), least: 480, zoom: 2, bare: true}, // a telephone's, whose pixels are half as large
	"wide":   {most: image.Pt(1280, 960), least: 480, zoom: 1, bare: true},
	"large":  {most: image.Pt(1920, 1200), least: 480, zoom: 1, bare: true},
}

// cut is what is drawn and encoded in one size. It is guarded by the server's lock.
type cut struct {
	size     size
	watchers int
	picture  *picture    // the newest one encoded, nil while nobody looks
	canvas   *image.RGBA // what is drawn on
}

// draw draws and encodes a moment.
func (c *cut) draw(s *render.Screen, m render.Moment, encoded func(*image.RGBA) []byte) {
	m.Bare = c.size.bare
	s.Room, s.Zoom = c.size.room(m.Frame.Image.Rect.Size()), c.size.zoom
	c.canvas = s.Draw(c.canvas, m)
	c.picture = &picture{jpeg: encoded(c.canvas)}
}

// room returns the place for frames of a size: as high as it takes.
func (z size) room(frame image.Point) image.Point {
	const high = 1 << 20
	w, h := float64(frame.X), float64(frame.Y)
	k := min(max(1, float64(z.least)/min(w, h)), float64(z.most.X)/w, float64(z.most.Y)/h)
	return image.Pt(max(1, int(math.Round(k*w))), high)
}
