package siamfc

import "math"

// peakLocator is SiamFC's: each scale's map is upsampled, scales other than the middle one are damped, the best
// scale's map is normalised and blended with the window, and its peak is the displacement (Bertinetto et al., 2016,
// section 4.1; the order of steps is that of the authors' tracker).
type peakLocator struct {
	grid     GridSpec
	loop     LoopSpec
	up       *upsampler
	window   []float64 // over the upsampled map, sums to 1
	maps     [][]float32
	response []float64
}

func newPeakLocator(m Manifest) *peakLocator {
	factor := max(1, m.Upsample)
	p := &peakLocator{grid: m.Grid, loop: m.Loop, up: newUpsampler(m.Grid.Size, factor)}
	side := m.Grid.Size * factor
	fine := GridSpec{Size: side, Stride: m.Grid.Stride / float64(factor)}
	fine.Origin = m.Grid.Origin + m.Grid.Stride*(0.5/float64(factor)-0.5)
	p.window = windowFor(m.Loop, fine)
	var sum float64
	for _, v := range p.window {
		sum += v
	}
	for i := range p.window {
		p.window[i] /= sum
	}
	for range m.Loop.Scales {
		p.maps = append(p.maps, make([]float32, side*side))
	}
	p.response = make([]float64, side*side)
	return p
}

// scaleFactors returns ScaleStep^{-k..k}.
func scaleFactors(l LoopSpec) []float64 {
	f := make([]float64, l.Scales)
	for i := range f {
		f[i] = math.Pow(l.ScaleStep, float64(i-l.Scales/2))
	}
	return f
}

func (p *peakLocator) locate(m Maps, w, h float64) found {
	cells := p.grid.Size * p.grid.Size
	lowest := float32(math.Inf(1))
	for s := range p.maps {
		p.up.run(p.maps[s], m.Response[s*cells:(s+1)*cells])
		for _, v := range p.maps[s] {
			lowest = min(lowest, v)
		}
	}
	scale, best := p.loop.Scales/2, math.Inf(-1)
	for s, values := range p.maps {
		top := float64(values[argmax(values)] - lowest)
		if s != p.loop.Scales/2 {
			top *= p.loop.ScalePenalty
		}
		if top > best {
			best, scale = top, s
		}
	}
	at := p.peak(p.maps[scale], lowest)
	side := p.up.side
	step := p.grid.Stride / float64(p.up.factor)
	origin := p.grid.Origin + p.grid.Stride*(0.5/float64(p.up.factor)-0.5)
	k := math.Pow(p.loop.ScaleStep, float64(scale-p.loop.Scales/2))
	return found{
		x: (origin + float64(at%side)*step) * k, y: (origin + float64(at/side)*step) * k,
		w: w * k, h: h * k, score: sigmoid(float64(p.maps[scale][at])), rate: p.loop.ScaleRate, scale: scale,
	}
}

// peak normalises a map to a sum of one, blends it with the window and returns the index of the largest value.
func (p *peakLocator) peak(values []float32, lowest float32) int {
	var sum float64
	for _, v := range values {
		sum += float64(v - lowest)
	}
	scale := 0.0
	if sum > 0 {
		scale = (1 - p.loop.WindowInfluence) / sum
	}
	at, best := 0, math.Inf(-1)
	for i, v := range values {
		r := float64(v-lowest)*scale + p.window[i]*p.loop.WindowInfluence
		if p.loop.Blend == BlendMultiply {
			r = float64(v-lowest) * p.window[i]
		}
		if r > best {
			at, best = i, r
		}
	}
	return at
}

func argmax(v []float32) int {
	at := 0
	for i := range v {
		if v[i] > v[at] {
			at = i
		}
	}
	return at
}

func sigmoid(v float64) float64 { return 1 / (1 + math.Exp(-v)) }

// upsampler enlarges a square map by a whole factor, bicubically (Keys, 1981, a = -0.75 as OpenCV's INTER_CUBIC),
// with the edge repeated.
type upsampler struct {
	size, factor, side int
	taps               [][4]int
	weights            [][4]float32
	rows               []float32 // size rows of side values
}

func newUpsampler(size, factor int) *upsampler {
	u := &upsampler{size: size, factor: factor, side: size * factor, rows: make([]float32, size*size*factor)}
	for i := range u.side {
		at := (float64(i)+0.5)/float64(factor) - 0.5
		first := math.Floor(at)
		w := cubicWeights(at - first)
		var taps [4]int
		for k := range taps {
			taps[k] = min(max(int(first)-1+k, 0), size-1)
		}
		u.taps, u.weights = append(u.taps, taps), append(u.weights, w)
	}
	return u
}

// cubicWeights are the four weights at a fraction t between the second and the third tap.
func cubicWeights(t float64) [4]float32 {
	const a = -0.75
	near := func(d float64) float64 { return ((a+2)*d-(a+3))*d*d + 1 }
	far := func(d float64) float64 { return ((a*d-5*a)*d+8*a)*d - 4*a }
	return [4]float32{float32(far(t + 1)), float32(near(t)), float32(near(1 - t)), float32(far(2 - t))}
}

// run writes the enlarged map, side x side, to dst.
func (u *upsampler) run(dst, src []float32) {
	if u.factor == 1 {
		copy(dst, src)
		return
	}
	for y := range u.size {
		row, out := src[y*u.size:(y+1)*u.size], u.rows[y*u.side:(y+1)*u.side]
		for x := range out {
			t, w := &u.taps[x], &u.weights[x]
			out[x] = row[t[0]]*w[0] + row[t[1]]*w[1] + row[t[2]]*w[2] + row[t[3]]*w[3]
		}
	}
	for y := range u.side {
		t, w := &u.taps[y], &u.weights[y]
		r := func(k int) []float32 { return u.rows[t[k]*u.side:][:u.side] }
		r0, r1, r2, r3, out := r(0), r(1), r(2), r(3), dst[y*u.side:][:u.side]
		for x := range out {
			out[x] = r0[x]*w[0] + r1[x]*w[1] + r2[x]*w[2] + r3[x]*w[3]
		}
	}
}
