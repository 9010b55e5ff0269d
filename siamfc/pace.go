package siamfc

import "math"

// paceDecay is what a frame leaves of how far from the middle of the search crop the target was found before.
const paceDecay = 0.9

// pace is how far from the middle of the search crop the target was found of late, on the axis on which that is more,
// in crop pixels: what it moves a frame.
type pace float64

// unknownPace is that of a target which was not searched for yet.
func unknownPace() pace { return pace(math.Inf(1)) }

// learn is told what a search found. A target that may be elsewhere is taken for one that moves to the usual crop's
// edge.
func (p *pace) learn(f found, m *Manifest) {
	shift := pace(max(math.Abs(f.x), math.Abs(f.y)))
	if f.score < m.State.Uncertain {
		shift = pace(m.Search.Size) / 2
	}
	if *p *= paceDecay; shift > *p || math.IsInf(float64(*p), 1) {
		*p = shift
	}
}

// nextView is the view in which the target is searched for next: the smaller one, where there is one, while it moves
// little and is not in doubt.
func (t *Tracker) nextView() *view {
	if float64(t.pace) < t.m.Loop.CalmShift && !t.known.doubt {
		return t.calm
	}
	return t.near
}
