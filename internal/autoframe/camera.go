// Package autoframe cuts a picture of constant size out of a video so that it shows a target, as a camera operator
// would: it moves and zooms smoothly, keeps the target in view, stays inside the frame, and holds still while the
// target is lost.
package autoframe

import (
	"image"
	"math"
	"time"

	"siamtrack/tracker"
)

// Options say how a target is framed. The zero value serves.
type Options struct {
	// Size is that of the pictures, that of the first frame where it is (0, 0).
	Size image.Point
	// Fill is the share of the picture's height, or of its width where that is more, that the target takes up; 0 means
	// DefaultFill.
	Fill float64
	// Target is the name or number of the target; where it is "" the first one is shown.
	Target string
}

// DefaultFill leaves a target room to move.
const DefaultFill = 0.35

// The bounds of Options.Fill.
const (
	MinFill = 0.05
	MaxFill = 0.9
)

const (
	// panRate and zoomRate are the natural frequencies of the movement, in 1/s: a step is made to 91% in 4/rate.
	panRate, zoomRate = 5, 2
	// margin is what stays free round the target at least, as a share of the picture.
	margin = 0.05
	// maxZoom bounds how much a frame's pixels are enlarged: more shows no more.
	maxZoom = 4
)

// spring moves a value to its goal like a critically damped spring, as fast as it can without overshooting (the exact
// solution of x” = -2wx' - w²(x - goal)), whatever the time between two frames.
type spring struct{ at, speed float64 }

// move lets dt seconds pass.
func (s *spring) move(goal, rate, dt float64) {
	d, e := s.at-goal, math.Exp(-rate*dt)
	push := (s.speed + rate*d) * dt
	s.at = goal + (d+push)*e
	s.speed = (s.speed - rate*push) * e
}

// hold keeps the value within bounds; where one stops it, it stands still.
func (s *spring) hold(low, high float64) {
	if low > high { // no room: the middle
		low, high = (low+high)/2, (low+high)/2
	}
	if s.at < low {
		s.at, s.speed = low, max(s.speed, 0)
	}
	if s.at > high {
		s.at, s.speed = high, min(s.speed, 0)
	}
}

// Camera says which part of each frame is shown. It is used by one goroutine.
type Camera struct {
	size image.Point // of the pictures
	fill float64

	begun        bool
	last         time.Duration
	target       tracker.Box // where it was last seen
	x, y, height spring      // the middle of what is shown, and the logarithm of its height
}

// NewCamera returns a Camera for pictures of o.Size, which is not (0, 0).
func NewCamera(o Options) *Camera {
	if o.Fill == 0 {
		o.Fill = DefaultFill
	}
	return &Camera{size: o.Size, fill: o.Fill}
}

// Aim returns the part of a frame of the given size, shown at a time, that is to be shown: a rectangle of the pictures'
// shape in continuous pixels, inside the frame. t is the target, nil where it is not followed.
func (c *Camera) Aim(frame image.Point, t *tracker.Target, at time.Duration) tracker.Box {
	seen := false
	if t != nil && t.Result.State != tracker.Lost {
		if box := t.Result.Box.Clip(frame.X, frame.Y); !box.Empty() {
			c.target, seen = box, true
		}
	}
	shape := float64(c.size.X) / float64(c.size.Y)
	tallest := min(float64(frame.Y), float64(frame.X)/shape)
	if c.target.Empty() && !c.begun { // nothing was seen yet: all of the frame
		return cut(float64(frame.X)/2, float64(frame.Y)/2, tallest, shape)
	}
	goal := max(c.target.H, c.target.W/shape) / c.fill
	goal = min(max(goal, float64(c.size.Y)/maxZoom), tallest)
	x, y := c.target.Center()
	dt := (at - c.last).Seconds()
	if c.last = at; !c.begun {
		c.begun = true
		c.x.at, c.y.at, c.height.at = x, y, math.Log(goal)
	} else if dt > 0 {
		c.x.move(x, panRate, dt)
		c.y.move(y, panRate, dt)
		c.height.move(math.Log(goal), zoomRate, dt)
	}
	needed := min(max(c.target.H, c.target.W/shape)/(1-2*margin), tallest)
	c.height.hold(math.Log(needed), math.Log(tallest))
	h := math.Exp(c.height.at)
	w := h * shape
	if seen { // never out of view
		c.x.hold(c.target.X+c.target.W-(0.5-margin)*w, c.target.X+(0.5-margin)*w)
		c.y.hold(c.target.Y+c.target.H-(0.5-margin)*h, c.target.Y+(0.5-margin)*h)
	}
	c.x.hold(w/2, float64(frame.X)-w/2)
	c.y.hold(h/2, float64(frame.Y)-h/2)
	return cut(c.x.at, c.y.at, h, shape)
}

// cut is the rectangle of a height and a shape round a point.
func cut(x, y, h, shape float64) tracker.Box {
	w := h * shape
	return tracker.Box{X: x - w/2, Y: y - h/2, W: w, H: h}
}
