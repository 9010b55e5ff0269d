package siamfc

import (
	"math"

	"siamtrack/tracker"
)

// found is a target in a search crop: its box by centre and size in crop pixels relative to the crop's centre, and
// the score at its place. Rate is how far the size may follow.
type found struct {
	x, y, w, h  float64
	score, rate float64
	scale       int // which of the scales was best; 0 for the box kind
}

// locator turns maps into the target's place; it belongs to one tracker.
type locator interface {
	// locate is given the target's last size w x h in crop pixels.
	locate(m Maps, w, h float64) found
}

// newLocator returns the locator of a manifest.
func newLocator(m Manifest) locator {
	if m.Kind == Peak {
		return newPeakLocator(m)
	}
	return &boxLocator{grid: m.Grid, loop: m.Loop, window: windowFor(m.Loop, m.Grid)}
}

// boxLocator finds the best cell of a box map: the response, less where size or aspect change (SiamRPN, Li et al.,
// CVPR 2018, section 4.4), blended with the window.
type boxLocator struct {
	grid   GridSpec
	loop   LoopSpec
	window []float64
}

func (b *boxLocator) locate(m Maps, w, h float64) found {
	best, rank, penalty := -1, math.Inf(-1), 0.0
	for i := range b.window {
		box := cellBox(b.grid, m, i)
		if !(box.w > 0 && box.h > 0 && box.w+box.h <= math.MaxFloat64) { // also not a number, and without an end
			continue
		}
		p := sizePenalty(box.w, box.h, w, h, b.loop.PenaltyK)
		if r := b.blend(p*float64(m.Response[i]), b.window[i]); r > rank {
			best, rank, penalty = i, r, p
		}
	}
	if best < 0 {
		return found{w: w, h: h}
	}
	f := cellBox(b.grid, m, best)
	f.score, f.rate = min(max(float64(m.Response[best]), 0), 1), 1 // rounding may lead out of it
	if b.loop.SizeRate > 0 {
		f.rate = penalty * f.score * b.loop.SizeRate
	}
	if b.loop.Vote > 0 && f.score > 0 { // with a score of 0 every other cell would count without an end
		return b.elect(m, f)
	}
	return f
}

// cellBox is the box of the i-th cell of a box map.
func cellBox(g GridSpec, m Maps, i int) found {
	n := g.Size
	left, top := float64(m.Sides[i]), float64(m.Sides[n*n+i])
	right, bottom := float64(m.Sides[2*n*n+i]), float64(m.Sides[3*n*n+i])
	x, y := g.Origin+float64(i%n)*g.Stride, g.Origin+float64(i/n)*g.Stride
	return found{x: x + (right-left)/2, y: y + (bottom-top)/2, w: left + right, h: top + bottom}
}

// Which cells vote on the box: those whose box has more than this IoU with the best one's, and whose response is more
// than this share of its. Their weight grows from 0 at both, so that a cell at the border does not make the box jump.
const (
	agreeing = 0.6
	nearBest = 0.5
)

// elect is the best box with its centre and size the mean of those that agree with it; see LoopSpec.Vote.
func (b *boxLocator) elect(m Maps, best found) found {
	var x, y, w, h, total float64
	for i := range b.window {
		response := float64(m.Response[i])
		if !(response > nearBest*best.score) {
			continue
		}
		box := cellBox(b.grid, m, i)
		iou := box.box().IoU(best.box())
		if !(box.w > 0 && box.h > 0 && iou > agreeing) {
			continue
		}
		weight := math.Pow(response, b.loop.Vote) * (response/best.score - nearBest) * (iou - agreeing)
		x, y, w, h, total = x+weight*box.x, y+weight*box.y, w+weight*box.w, h+weight*box.h, total+weight
	}
	if !(total > 0) {
		return best
	}
	best.x, best.y, best.w, best.h = x/total, y/total, w/total, h/total
	return best
}

// box is what was found as a box in crop pixels about the crop's centre.
func (f found) box() tracker.Box { return tracker.FromCenter(f.x, f.y, f.w, f.h) }

func (b *boxLocator) blend(response, window float64) float64 {
	if b.loop.Blend == BlendMultiply {
		return response * window
	}
	return response*(1-b.loop.WindowInfluence) + window*b.loop.WindowInfluence
}

// sizePenalty is exp(-k (r s - 1)) with r the change of aspect and s the change of padded size, both >= 1 (SiamRPN).
func sizePenalty(w, h, lastW, lastH, k float64) float64 {
	r := change((w / h) / (lastW / lastH))
	s := change(paddedSide(w, h, 0.5) / paddedSide(lastW, lastH, 0.5))
	return math.Exp(-k * (r*s - 1))
}

func change(r float64) float64 { return max(r, 1/r) }

// paddedSide is the side of the square of equal area about a box of w x h with context on all sides.
func paddedSide(w, h, context float64) float64 {
	pad := context * (w + h)
	return math.Sqrt((w + pad) * (h + pad))
}
