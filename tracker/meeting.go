package tracker

import (
	"image"
	"math"
)

// Placer is a Tracker that can be told where to look next.
type Placer interface {
	// Place makes the next Update look about box, as if the target had been found there. What the tracker knows of the
	// target's looks stays as it is, and so does what is thought of the whereabouts of one that is lost.
	Place(box Box)
}

// Avoider is a Tracker that can be told where its target is not.
type Avoider interface {
	// Avoid says, before each Update, where other targets are, which are not to be taken for this one's return where it is
	// lost. The boxes are read in that Update only.
	Avoid(others []Box)
}

// What two targets have to do with one another. Boxes of two objects that pass overlap too, so it takes some frames
// until they are said to be of one thing.
const (
	apartBelow  = 0.2 // IoU of targets that are told apart
	mergedAbove = 0.6 // IoU of targets that may follow the same thing
	mergedFor   = 3   // frames in a row
)

// path is what is known of a target's way while no other one is near, and the guess made of it afterwards.
type path struct {
	known      bool
	box        Box     // the last one
	vx, vy     float64 // pixels a frame, averaged over some
	score      float64 // averaged likewise
	since      int     // updates since then
	steps      int     // from frame to frame that the averages are of
	mergedInto int     // the number of the target on which this one's tracker lies by mistake, 0 while it does not
}

// note notes where the target is while no other is near.
func (p *path) note(r Result) {
	const least = 0.25 // share of the newest frame in the averages, once they are of some
	if p.known && p.since == 1 {
		p.steps++
		share := max(least, 1/float64(p.steps))
		x0, y0 := p.box.Center()
		x, y := r.Box.Center()
		p.vx += share * (x - x0 - p.vx)
		p.vy += share * (y - y0 - p.vy)
		p.score += share * (r.Score - p.score)
	} else if !p.known {
		p.score = r.Score
	}
	p.known, p.box, p.since = true, r.Box, 0
}

// guess returns where the target would be by now, had it gone on as it went: slower and slower, and not out of a frame
// of the given size.
func (p *path) guess(size image.Point) Box {
	const damping = 0.98 // of the velocity, each frame
	way := (1 - math.Pow(damping, float64(p.since))) / (1 - damping)
	x, y := p.box.Center()
	x = max(0, min(float64(size.X), x+way*p.vx))
	y = max(0, min(float64(size.Y), y+way*p.vy))
	return FromCenter(x, y, p.box.W, p.box.H)
}

// strangeness says how unlikely it is that r is the path's own target: how far it is from where that should be, in
// sides of its box, and how much less it looks like it than before.
func (p *path) strangeness(r Result, size image.Point) float64 {
	if !p.known {
		return 0
	}
	gx, gy := p.guess(size).Center()
	x, y := r.Box.Center()
	far := math.Hypot(x-gx, y-gy) / math.Sqrt(max(1, p.box.Area()))
	return min(far, 2) + 2*max(0, 1-r.Score/max(p.score, 1e-6))
}

// pair is what is known of two targets.
type pair struct {
	apart   bool    // they have been told apart
	close   int     // frames in a row in which they could not be
	doubt   float64 // in these frames, how much stranger the first is where both are than the second
	met     bool    // they were near one another since
	parting int     // frames since they parted in which it could not be told whether they changed
}

// meet looks for targets whose trackers have come to lie on one thing. Of the one that it fits worse it says that it
// is lost, and sends its tracker to where its own target should be by now.
func (m *Multi) meet(size image.Point) {
	for i := range m.lanes {
		m.lanes[i].path.since++
		for j := range i {
			m.meetPair(j, i, size)
		}
	}
	for i := range m.lanes {
		l, t := &m.lanes[i], &m.targets[i]
		switch {
		case l.path.mergedInto != 0:
			t.Result.State, t.Result.Box = Lost, l.path.guess(size)
			if l.placer != nil {
				l.placer.Place(t.Result.Box)
			}
		case t.Result.State == Tracking && !m.crowded(i) && !m.undecided(t.ID):
			l.path.note(t.Result)
		}
	}
}

// meetPair compares two targets as their trackers see them.
func (m *Multi) meetPair(i, j int, size image.Point) {
	a, b := &m.lanes[i].path, &m.lanes[j].path
	x, y := &m.targets[i], &m.targets[j]
	key := [2]int{x.ID, y.ID}
	p := m.pairs[key]
	switch iou := x.Result.Box.IoU(y.Result.Box); {
	case iou < apartBelow:
		p = pair{apart: true, met: p.met, parting: p.parting + 1}
		if a.mergedInto == y.ID && x.Result.State == Tracking {
			a.mergedInto = 0
		}
		if b.mergedInto == x.ID && y.Result.State == Tracking {
			b.mergedInto = 0
		}
		if p.met = p.met && p.parting <= partingFor && !m.part(i, j, size); !p.met {
			p.parting = 0
		}
	case iou < mergedAbove || !p.apart:
		p.close, p.doubt, p.met, p.parting = 0, 0, p.apart, 0
	default:
		p.close, p.met, p.parting = p.close+1, true, 0
		p.doubt += a.strangeness(x.Result, size) - b.strangeness(y.Result, size)
		if p.close < mergedFor {
			break
		}
		if p.doubt > 0 {
			a.mergedInto, b.mergedInto = y.ID, release(b.mergedInto, x.ID)
		} else {
			a.mergedInto, b.mergedInto = release(a.mergedInto, y.ID), x.ID
		}
	}
	m.pairs[key] = p
}

// release returns whom a target is merged into now that it is not into other.
func release(mergedInto, other int) int {
	if mergedInto == other {
		return 0
	}
	return mergedInto
}

// avoid tells the i-th target's tracker where the others are.
func (m *Multi) avoid(i int) {
	l := &m.lanes[i]
	if l.avoider == nil {
		return
	}
	m.others = m.others[:0]
	for j := range m.targets {
		if j != i && m.targets[j].Result.State != Lost {
			m.others = append(m.others, m.targets[j].Result.Box)
		}
	}
	l.avoider.Avoid(m.others)
}

// crowded reports whether another target's box lies on that of the i-th, so that it may not be the i-th's own.
func (m *Multi) crowded(i int) bool {
	for j := range m.targets {
		if j != i && m.targets[i].Result.Box.IoU(m.targets[j].Result.Box) >= apartBelow {
			return true
		}
	}
	return false
}

// undecided reports whether a target has parted from another and may be that one.
func (m *Multi) undecided(id int) bool {
	for key, p := range m.pairs {
		if p.met && (key[0] == id || key[1] == id) {
			return true
		}
	}
	return false
}

// forget removes what is known of a target and the others.
func (m *Multi) forget(id int) {
	for key := range m.pairs {
		if key[0] == id || key[1] == id {
			delete(m.pairs, key)
		}
	}
	for i := range m.lanes {
		if m.lanes[i].path.mergedInto == id {
			m.lanes[i].path.mergedInto = 0
		}
	}
}
