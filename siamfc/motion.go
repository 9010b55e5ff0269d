package siamfc

import (
	"image"
	"math"

	"siamtrack/tracker"
)

// How a velocity is learnt and forgotten, a frame.
const (
	velocityRate  = 0.5 // share of the newest frame
	velocityDecay = 0.9 // while the target is not surely tracked
)

// motion foresees where a target will be: where it was, moved as the camera moved, which the frame itself shows, and as
// the target moved of late against what is behind it. See LoopSpec.Motion.
type motion struct {
	least  float64
	camera *camera // nil where nothing is foreseen; those of a Team have one between them
	looked bool    // the camera's way into this frame was measured for the whole Team
	vx, vy float64 // of the target against what is behind it, in pixels a frame
	cx, cy float64 // how far the camera moved what the last frame shows
	sure   bool    // the target was tracked, and not uncertain, in the frame before
}

func newMotion(l LoopSpec) motion {
	m := motion{least: l.Motion}
	if m.least > 0 {
		m.camera = &camera{}
	}
	return m
}

// begin starts on a frame with a target.
func (m *motion) begin(img *image.RGBA, target tracker.Box) {
	if m.camera == nil {
		return
	}
	m.stop()
	m.sure, m.camera.kept = true, false
	m.camera.shift(img, target)
	m.camera.keep()
}

// stop forgets the velocity.
func (m *motion) stop() { m.vx, m.vy = 0, 0 }

// foresee returns how far a target will have moved in img from where it was in the frame before: 0, 0 where that is
// nothing much, or its way cannot be told.
func (m *motion) foresee(img *image.RGBA, target tracker.Box) (dx, dy float64) {
	if m.camera == nil {
		return 0, 0
	}
	if !m.looked {
		m.cx, m.cy = m.camera.shift(img, target)
	}
	dx, dy = m.cx+m.vx, m.cy+m.vy
	if !m.sure || math.Hypot(dx, dy) < m.least*math.Sqrt(target.W*target.H) {
		return 0, 0
	}
	return dx, dy
}

// share takes a camera, and how far that was measured to have moved into the next frame to be foreseen.
func (m *motion) share(c *camera, dx, dy float64) { m.camera, m.cx, m.cy, m.looked = c, dx, dy, true }

// learn is told how far the target was found to have moved in the frame of foresee.
func (m *motion) learn(state tracker.State, dx, dy float64) {
	if m.camera == nil {
		return
	}
	m.camera.keep()
	if m.sure = state == tracker.Tracking; !m.sure {
		m.vx, m.vy = velocityDecay*m.vx, velocityDecay*m.vy
		return
	}
	m.vx += velocityRate * (dx - m.cx - m.vx)
	m.vy += velocityRate * (dy - m.cy - m.vy)
}
