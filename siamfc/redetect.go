package siamfc

import (
	"image"
	"slices"

	"siamtrack/tracker"
)

// redetection looks for a target that is lost or in doubt over the whole frame, as StateSpec.Redetect says, with one
// crop a frame: at places by a schedule, and at a candidate once something was found in one of them.
type redetection struct {
	plan      schedule
	sure      spot // where the target was, when it was sure
	candidate candidate
}

// candidate is what may be the target, away from where that was lost.
type candidate struct {
	spot
	met   bool    // there is one
	seen  bool    // it was searched for in the frame before, and found with a score
	score float64 // the last one
	alike int     // looks in a row in which it was like the target
}

const (
	// anothersAbove is the IoU of a candidate with another target from which it is that one.
	anothersAbove = 0.3
	// lead is by how much a candidate is more like the target than what is still tracked and only in doubt.
	lead = 0.08
)

// begin notes where the target is sure to be; what was thought of its whereabouts is forgotten.
func (r *redetection) begin(at spot) { *r = redetection{plan: newSchedule(), sure: at} }

// scale follows a change of the frames' size.
func (r *redetection) scale(c cutter, kx, ky float64) {
	r.sure, r.candidate.spot = r.sure.scaled(c, kx, ky), r.candidate.scaled(c, kx, ky)
}

// seek spends a frame's further crop; r is what the usual search of the frame gave. A candidate is searched for in one
// frame and compared with the exemplar in the next, by turns. Once it looked like the target it is what is said,
// uncertain, and after some looks it is the target.
func (t *Tracker) seek(img *image.RGBA, r tracker.Result) (tracker.Result, error) {
	c := &t.again.candidate
	var err error
	switch {
	case !c.met:
		return r, t.scour(img, &r)
	case !c.seen:
		err = t.approach(img, &r)
	default:
		err = t.compareCandidate(img)
	}
	if err != nil || !c.met || c.alike == 0 {
		return r, err
	}
	r.Box, r.Score, r.State = t.steadied(c.spot).box(), c.score, tracker.Uncertain
	if c.alike >= t.m.State.redetectLooks() {
		r.State = tracker.Tracking
		t.settle(c.spot)
	}
	return r, nil
}

// settle makes a place that of the target.
func (t *Tracker) settle(at spot) {
	t.spot = at
	t.judge.lost, t.judge.bad = false, 0
	t.known.doubt, t.known.strange, t.known.alike = false, 0, 0
	t.motion.stop()
	t.pace = unknownPace()
	t.again.begin(at)
}

// scour looks at the next place of the schedule.
func (t *Tracker) scour(img *image.RGBA, r *tracker.Result) error {
	sure := t.again.sure
	near, large := t.searchSide(t.near, sure.w, sure.h), t.searchSide(t.sweep, sure.w, sure.h)
	x, y, q := t.again.plan.next(t.size, sure.x, sure.y, sure.w, sure.h, near, large)
	v := t.near
	if q.large {
		v = t.sweep
	}
	x, y = t.cutter.place(x, y)
	side := t.cutter.side(q.side)
	maps, err := t.see(v, img, x, y, side)
	if err != nil {
		return err
	}
	best := t.best(v, maps, x, y, side, q.w, q.h)
	v.respond(t.m.Kind, maps, best.scale, x, y, float64(v.size)/(side*t.scales[best.scale]))
	r.Search, r.Response = t.cutter.square(x, y, side*t.scales[best.scale]), &v.response
	if cx, cy := best.Box.Center(); best.Score >= t.m.State.Uncertain {
		at := spot{cx, cy, q.w, q.h}
		t.again.candidate = candidate{spot: at, met: !t.another(at.box())}
	}
	return nil
}

// approach searches for the candidate where it was seen last.
func (t *Tracker) approach(img *image.RGBA, r *tracker.Result) error {
	c := &t.again.candidate
	g, err := t.look(img, c.spot, t.near)
	if err != nil {
		return err
	}
	s := t.locate(g)
	s.rate = 1
	c.spot, c.score, c.seen = t.moved(c.spot, s), s.score, true
	c.met = s.score >= t.m.State.redetectScore() && !t.another(c.box())
	r.Search, r.Response = s.square, &t.near.response
	if t.m.State.RedetectLikeness == 0 { // nothing more is asked
		c.alike, c.seen = c.alike+1, false
	}
	return nil
}

// compareCandidate compares the candidate with the exemplar.
func (t *Tracker) compareCandidate(img *image.RGBA) error {
	c := &t.again.candidate
	like, err := t.likeness(img, c.spot)
	if err != nil {
		return err
	}
	least := t.m.State.RedetectLikeness
	if drop := t.m.State.RedetectDrop; drop > 0 {
		least = max(least, t.known.usual-drop)
	}
	if !t.judge.lost {
		least = max(least, t.known.like+lead)
	}
	c.seen, c.alike, c.met = false, c.alike+1, like >= least
	return nil
}

// another reports whether a box is of another target, or of what is tracked and in doubt.
func (t *Tracker) another(b tracker.Box) bool {
	return !t.judge.lost && t.spot.box().IoU(b) > anothersAbove ||
		slices.ContainsFunc(t.others, func(o tracker.Box) bool { return o.IoU(b) > anothersAbove })
}
