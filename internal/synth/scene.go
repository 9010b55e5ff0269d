// Package synth draws synthetic video whose truth is known: a textured object that moves over a textured background,
// grows and shrinks, is hidden, leaves the picture and comes back, beside a look-alike if asked. The same Scene gives
// the same pixels on every machine. The package also holds sources that misbehave: that fail, stall, or keep time.
package synth

import (
	"fmt"
	"math"
	"time"

	"siamtrack/tracker"
)

// Span is a run of frames, From included, To not. The zero Span holds none.
type Span struct{ From, To int }

// at returns how far frame i is into the span, from 0 to 1; inside is false outside it.
func (s Span) at(i int) (part float64, inside bool) {
	if i < s.From || i >= s.To {
		return 0, false
	}
	return (float64(i-s.From) + 0.5) / float64(s.To-s.From), true
}

// Scene describes a synthetic video. Only Width and Height must be set.
type Scene struct {
	// Width and Height are the frame's size in pixels, at least MinWidth x MinHeight.
	Width, Height int
	// Frames is the length; 0 means that the video never ends.
	Frames int
	// FPS gives the frames their times; 0 means 30.
	FPS float64
	// Seed chooses the textures and where the path begins.
	Seed uint64
	// TargetW and TargetH are the object's size in pixels at scale 1; 0 means a sixth of the frame's height.
	TargetW, TargetH float64
	// Period is the number of frames in which the object goes once round its path; 0 means 240. Still keeps it at the
	// path's beginning.
	Period int
	Still  bool
	// Zoom is the amplitude of the change of scale about 1, over Period frames: 0.3 means from 0.7 to 1.3.
	Zoom float64
	// Hidden are the spans in which a board rises in front of the object, covers it wholly, and sinks again.
	Hidden []Span
	// Away are the spans in which the object leaves the frame at the right and comes back to its path.
	Away []Span
	// Distractor adds a look-alike: the same texture, half a period ahead on the same path.
	Distractor bool
}

// The smallest frame in which the default object still has texture.
const (
	MinWidth  = 48
	MinHeight = 48
)

// Truth is what is known of the object in one frame.
type Truth struct {
	// Box is where the object is, in pixels of the frame, seen or not; it may lie outside.
	Box tracker.Box
	// Visible is the share of the box that can be seen, in [0, 1].
	Visible float64
}

// withDefaults returns s with its zero fields filled in, or an error that names the field that cannot be.
func (s Scene) withDefaults() (Scene, error) {
	if s.Width < MinWidth || s.Height < MinHeight {
		return s, fmt.Errorf("synth: frame of %dx%d, at least %dx%d is needed", s.Width, s.Height, MinWidth, MinHeight)
	}
	if s.FPS == 0 {
		s.FPS = 30
	}
	if s.TargetW == 0 {
		s.TargetW = float64(s.Height) / 6
	}
	if s.TargetH == 0 {
		s.TargetH = float64(s.Height) / 6
	}
	if s.Period == 0 {
		s.Period = 240
	}
	switch {
	case s.Frames < 0:
		return s, fmt.Errorf("synth: %d frames", s.Frames)
	case !(s.FPS > 0) || math.IsInf(s.FPS, 0):
		return s, fmt.Errorf("synth: %v frames a second", s.FPS)
	case s.Period < 2:
		return s, fmt.Errorf("synth: a period of %d frames, at least 2 are needed", s.Period)
	case !(s.Zoom >= 0 && s.Zoom < 1):
		return s, fmt.Errorf("synth: zoom of %v, it must lie in [0, 1)", s.Zoom)
	case !(s.TargetW >= tracker.MinSide && s.TargetW <= float64(s.Width)),
		!(s.TargetH >= tracker.MinSide && s.TargetH <= float64(s.Height)):
		return s, fmt.Errorf("synth: object of %vx%v in a frame of %dx%d", s.TargetW, s.TargetH, s.Width, s.Height)
	}
	return s, nil
}

// time returns the time of frame i since the start.
func (s Scene) time(i int) time.Duration {
	return time.Duration(math.Round(float64(i) / s.FPS * float64(time.Second)))
}

// truth returns what is known of frame i.
func (s Scene) truth(i int) Truth {
	box := s.place(float64(i))
	seen := box.Clip(s.Width, s.Height)
	covered := s.board(i, box).Intersect(seen)
	return Truth{box, math.Min(1, (seen.Area()-covered.Area())/box.Area())}
}

// place returns the object's box at frame i, which need not be whole: a Lissajous figure with frequencies 1 and 2
// that stays inside the frame at every scale, pushed out to the right while the object is away.
func (s Scene) place(i float64) tracker.Box {
	start := float64(s.Seed%16) / 16
	angle := 2 * math.Pi * (i/float64(s.Period) + start)
	scale := 1 + s.Zoom*math.Sin(angle*3)
	if s.Still {
		angle, scale = 2*math.Pi*start, 1
	}
	w, h := float64(s.Width), float64(s.Height)
	reachX := math.Max(0, (w-s.TargetW*(1+s.Zoom))/2-2)
	reachY := math.Max(0, (h-s.TargetH*(1+s.Zoom))/2-2)
	cx, cy := w/2+0.9*reachX*math.Sin(angle), h/2+0.9*reachY*math.Sin(2*angle)
	for _, away := range s.Away {
		if part, inside := away.at(int(math.Floor(i))); inside {
			cx += (w + s.TargetW*(1+s.Zoom)) * smooth(math.Sin(math.Pi*part))
		}
	}
	return tracker.FromCenter(cx, cy, s.TargetW*scale, s.TargetH*scale)
}

// distractor returns the look-alike's box at frame i.
func (s Scene) distractor(i int) tracker.Box {
	s.Away = nil
	return s.place(float64(i) + float64(s.Period)/2)
}

// board returns the board in front of the object at frame i, the zero Box where there is none: wider than the object
// by a quarter to each side, standing on the height that it has reached.
func (s Scene) board(i int, object tracker.Box) tracker.Box {
	for _, hidden := range s.Hidden {
		if part, inside := hidden.at(i); inside {
			covered := math.Min(1, 3*math.Min(part, 1-part)) // a third up, a third there, a third down
			margin := 0.25 * object.W
			return tracker.Box{
				X: object.X - margin, Y: object.Y + object.H*(1-covered) - margin*covered,
				W: object.W + 2*margin, H: object.H*covered + 2*margin*covered,
			}
		}
	}
	return tracker.Box{}
}

// smooth is the cubic 3x^2-2x^3, which starts and ends at rest on [0, 1].
func smooth(x float64) float64 { return x * x * (3 - 2*x) }
