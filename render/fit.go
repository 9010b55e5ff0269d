package render

import (
	"math"

	"siamtrack/tracker"
)

// Fit maps between a window and a picture shown in it as large as it fits, centred, with bars at two sides where the
// shapes differ. A point (x, y) of the picture is shown at (X + x*Scale, Y + y*Scale), both continuous.
type Fit struct {
	Scale, X, Y   float64
	Width, Height float64 // of the picture
}

// NewFit returns the mapping for the given sizes in pixels. A side below 1 counts as 1.
func NewFit(windowWidth, windowHeight, pictureWidth, pictureHeight int) Fit {
	side := func(v int) float64 { return math.Max(1, float64(v)) }
	ww, wh := side(windowWidth), side(windowHeight)
	pw, ph := side(pictureWidth), side(pictureHeight)
	k := math.Min(ww/pw, wh/ph)
	return Fit{Scale: k, X: (ww - k*pw) / 2, Y: (wh - k*ph) / 2, Width: pw, Height: ph}
}

// ToPicture returns the point of the picture that is shown at (x, y); on a bar it lies outside the picture.
func (f Fit) ToPicture(x, y float64) (px, py float64) {
	return (x - f.X) / f.Scale, (y - f.Y) / f.Scale
}

// ToWindow returns where the picture's point (x, y) is shown.
func (f Fit) ToWindow(x, y float64) (wx, wy float64) { return f.X + x*f.Scale, f.Y + y*f.Scale }

// Of returns the mapping of a picture within the picture that f shows, in which inner shows it.
func (f Fit) Of(inner Fit) Fit {
	return Fit{Scale: f.Scale * inner.Scale, X: f.X + f.Scale*inner.X, Y: f.Y + f.Scale*inner.Y,
		Width: inner.Width, Height: inner.Height}
}

// clip returns the part of b inside the picture.
func (f Fit) clip(b tracker.Box) tracker.Box {
	return b.Intersect(tracker.Box{W: f.Width, H: f.Height})
}
