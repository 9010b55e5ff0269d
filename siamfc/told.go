package siamfc

import "math"

// smallChange is the logarithm of a side's change about which it is as likely the network's as the target's.
const smallChange = 0.25

// told is what is told of a target that was at a spot before: the size follows what was found at Loop.ToldRate. The
// search's follows at Loop.SizeRate, slower, so that one wrong box does not lead it astray; told, it would lag behind.
func (t *Tracker) told(before spot, s sight) spot {
	if loop := t.m.Loop; loop.ToldRate > 0 && loop.SizeRate > 0 {
		s.rate = min(s.rate*loop.ToldRate/loop.SizeRate, 1)
	}
	return t.steadied(t.moved(before, s))
}

// steadied takes back a share, Loop.Steady, of a small change of a side since the first frame. Boxes that people draw
// rarely change by a little for long, and networks' boxes do. A larger change is the target's and is told as it is.
func (t *Tracker) steadied(at spot) spot {
	if t.m.Loop.Steady > 0 {
		at.w *= steady(at.w/t.first.w, t.m.Loop.Steady)
		at.h *= steady(at.h/t.first.h, t.m.Loop.Steady)
	}
	return at
}

// steady is the factor on a side that has grown by another: share of the change, in logarithms, back while it is small.
func steady(grown, share float64) float64 {
	change := math.Log(grown)
	return math.Exp(-share * change * math.Exp(-change*change/(smallChange*smallChange)))
}
