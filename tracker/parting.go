package tracker

import (
	"image"
	"math"
)

// Two targets that part after they met may have changed trackers: each stands where the other should be. Which is which
// is decided of both at once, by how far each is from where it should be by now, and by how much what is at either
// place looks like each exemplar.
const (
	strayNear   = 0.4  // standard deviation, in sides of the box, of where a target is about where it should be
	strayMore   = 0.03 // what comes to it with each frame that passes without the target being seen alone
	partingOdds = 1    // logarithm of the odds from which two are said to have changed
	partingFor  = 15   // frames for which one is waited for that is lost when they part
	leastLike   = 1e-3 // a likeness below it says no more than this
)

// part looks at two targets that have met and are apart again, and has their trackers change places where that is what
// happened. It reports whether it could tell.
func (m *Multi) part(i, j int, size image.Point) bool {
	a, b := &m.lanes[i], &m.lanes[j]
	x, y := &m.targets[i].Result, &m.targets[j].Result
	if x.State == Lost || y.State == Lost || a.path.mergedInto != 0 || b.path.mergedInto != 0 {
		return false
	}
	if !a.path.known || !b.path.known || a.placer == nil || b.placer == nil {
		return true // nothing is known, or nothing can be done
	}
	as := a.path.stray(x.Box, size) + b.path.stray(y.Box, size)
	changed := a.path.stray(y.Box, size) + b.path.stray(x.Box, size)
	if as-changed+preference(x, y.Box)+preference(y, x.Box) < partingOdds {
		return true
	}
	x.Box, y.Box = y.Box, x.Box
	x.Score, y.Score = y.Score, x.Score
	x.State, y.State = y.State, x.State
	a.placer.Place(x.Box)
	b.placer.Place(y.Box)
	return true
}

// stray is the negative logarithm of the likelihood that the path's target is at box: normal about where it should be.
func (p *path) stray(box Box, size image.Point) float64 {
	gx, gy := p.guess(size).Center()
	x, y := box.Center()
	sigma := (strayNear + strayMore*float64(p.since)) * math.Sqrt(max(1, p.box.Area()))
	return ((x-gx)*(x-gx) + (y-gy)*(y-gy)) / (2 * sigma * sigma)
}

// preference is how much more a tracker's exemplar looks like what is at other than like what the tracker found, as the
// logarithm of the ratio; 0 where other was not seen by it.
func preference(r *Result, other Box) float64 {
	there, ok := r.Response.near(other)
	if !ok {
		return 0
	}
	return math.Log(max(there, leastLike) / max(r.Score, leastLike))
}

// near is the largest value of a map in the cell in which a box has its centre and those about it; ok is false where
// the map does not reach there.
func (r *Response) near(b Box) (value float64, ok bool) {
	if r == nil || r.Area.Empty() {
		return 0, false
	}
	x, y := b.Center()
	column := int(math.Floor((x - r.Area.X) / r.Area.W * float64(r.Width)))
	row := int(math.Floor((y - r.Area.Y) / r.Area.H * float64(r.Height)))
	if column < 0 || row < 0 || column >= r.Width || row >= r.Height {
		return 0, false
	}
	for v := max(row-1, 0); v <= min(row+1, r.Height-1); v++ {
		for u := max(column-1, 0); u <= min(column+1, r.Width-1); u++ {
			value = max(value, float64(r.Values[v*r.Width+u]))
		}
	}
	return value, true
}
