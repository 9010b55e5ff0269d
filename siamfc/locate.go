package siamfc

import "math"

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
	n := b.grid.Size
	area := n * n
	best, rank := found{x: 0, y: 0, w: w, h: h}, math.Inf(-1)
	for i := range area {
		left, top := float64(m.Sides[i]), float64(m.Sides[area+i])
		right, bottom := float64(m.Sides[2*area+i]), float64(m.Sides[3*area+i])
		cw, ch := left+right, top+bottom
		if !(cw > 0 && ch > 0) { // also not a number
			continue
		}
		score := float64(m.Response[i])
		penalty := sizePenalty(cw, ch, w, h, b.loop.PenaltyK)
		r := b.blend(penalty*score, b.window[i])
		if r <= rank {
			continue
		}
		rank = r
		x := b.grid.Origin + float64(i%n)*b.grid.Stride
		y := b.grid.Origin + float64(i/n)*b.grid.Stride
		rate := 1.0
		if b.loop.SizeRate > 0 {
			rate = penalty * score * b.loop.SizeRate
		}
		best = found{x: x + (right-left)/2, y: y + (bottom-top)/2, w: cw, h: ch, score: score, rate: rate}
	}
	return best
}

func (b *boxLocator) blend(response, window float64) float64 {
	if b.loop.Blend == "multiply" {
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
