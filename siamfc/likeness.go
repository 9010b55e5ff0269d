package siamfc

import (
	"cmp"
	"image"
	"math"
	"slices"

	"siamtrack/tracker"
)

// likeness looks for a picture itself in frames, at several sizes: by the zero-mean normalised cross-correlation of
// grey levels (Lewis, "Fast Normalized Cross-Correlation", 1995). It finds what looks nearly the same, however small it
// is, where a network that was trained on larger targets with their surroundings may not. What turned is the network's.
type likeness struct {
	example pyramid
	w, h    float64   // of the example in its own pixels
	fine    []float32 // the example as the best places are compared with it, prepared
	fw, fh  int
	buffer  []float32
}

const (
	coarseArea   = 320 // pixels of the template of the first search, at most
	coarseLeast  = 80  // at least: less says too little
	coarseStride = 2   // pixels between places
	fineArea     = 1600
	candidates   = 8 // places that are looked at closely
	// leastDev is the standard deviation, in grey levels, of a picture with enough in it to be recognised by, and of a
	// place that may be compared: noise alone has one to two.
	leastDev = 4
	// likenessSteps are the sizes on either side, 2^(1/4) apart: the correlation bears half of that.
	likenessSteps = 8
	// sameLook is the correlation coefficient from which a place shows the picture itself, were it large: 52 targets of 26
	// sequences were found in their own frames at 0.974 or more, and nothing in others' frames at more than 0.921. Of
	// smallLook more is asked where there are only smallArea pixels, which few shapes differ by.
	sameLook  = 0.95
	smallLook = 0.035
	smallArea = 120
)

// least is the correlation coefficient from which a place shows the picture.
func (l *likeness) least() float64 { return sameLook + smallLook*min(1, smallArea/(l.w*l.h)) }

// place is a box of a frame and the correlation coefficient there.
type place struct {
	box  tracker.Box
	like float64
}

// newLikeness keeps the picture in a box of img to look for; nil where it has too little in it.
func newLikeness(img *image.RGBA, box tracker.Box) *likeness {
	l := &likeness{w: box.W, h: box.H}
	all := newPyramid(img)
	l.fw, l.fh = shrunk(box.W, box.H, fineArea)
	if box.W*box.H < coarseLeast || l.fw < 3 || l.fh < 3 {
		return nil
	}
	l.fine, l.buffer = make([]float32, l.fw*l.fh), make([]float32, l.fw*l.fh)
	all.sample(l.fine, box, l.fw, l.fh)
	if !prepare(l.fine) {
		return nil
	}
	rect := image.Rect(int(box.X), int(box.Y), int(math.Ceil(box.X+box.W)), int(math.Ceil(box.Y+box.H)))
	l.example = newPyramid(cutOut(img, rect))
	return l
}

// cutOut is part of a picture as a picture of its own, in the same memory.
func cutOut(img *image.RGBA, r image.Rectangle) *image.RGBA {
	r = r.Intersect(img.Rect)
	return &image.RGBA{Pix: img.Pix[img.PixOffset(r.Min.X, r.Min.Y):], Stride: img.Stride,
		Rect: image.Rect(0, 0, r.Dx(), r.Dy())}
}

// shrunk is the size in whole pixels of a box of w x h, made smaller where it has more than area of them.
func shrunk(w, h, area float64) (int, int) {
	k := min(1, math.Sqrt(area/(w*h)))
	return int(math.Round(w * k)), int(math.Round(h * k))
}

// prepare brings numbers to zero mean and length one; it reports whether they differ enough to be compared.
func prepare(v []float32) bool {
	var sum, squares float64
	for _, x := range v {
		sum += float64(x)
		squares += float64(x) * float64(x)
	}
	n := float64(len(v))
	variance := squares/n - sum/n*sum/n
	if variance < leastDev*leastDev {
		return false
	}
	mean, scale := float32(sum/n), float32(1/math.Sqrt(variance*n))
	for i, x := range v {
		v[i] = (x - mean) * scale
	}
	return true
}

// find returns the place in a frame that looks most like the picture.
func (l *likeness) find(img *image.RGBA) place {
	frame := newPyramid(img)
	var found []place
	for step := -likenessSteps; step <= likenessSteps; step++ {
		found = append(found, l.coarse(frame, math.Pow(2, float64(step)/4))...)
	}
	slices.SortFunc(found, func(a, b place) int { return cmp.Compare(b.like, a.like) })
	var best place
	for _, p := range apart(found) {
		if p = l.refine(frame, p); p.like > best.like {
			best = p
		}
	}
	return best
}

// apart returns the best places, of those that overlap the first.
func apart(sorted []place) []place {
	var kept []place
	for _, p := range sorted {
		if !slices.ContainsFunc(kept, func(k place) bool { return k.box.IoU(p.box) > 0.5 }) {
			if kept = append(kept, p); len(kept) == candidates {
				break
			}
		}
	}
	return kept
}

// coarse compares the picture, scaled by k, with the frame at every second pixel of a frame that was made as small as
// the template, and returns the best places.
func (l *likeness) coarse(frame pyramid, k float64) []place {
	w, h := l.w*k, l.h*k
	tw, th := shrunk(w, h, coarseArea)
	r := float64(tw) / w
	fw, fh := int(float64(frame[0].w)*r), int(float64(frame[0].h)*r)
	if tw < 3 || th < 3 || tw*th < coarseLeast || fw < tw || fh < th {
		return nil
	}
	template := make([]float32, tw*th)
	l.example.sample(template, tracker.Box{W: l.w, H: l.h}, tw, th)
	if !prepare(template) {
		return nil
	}
	small := gray{make([]float32, fw*fh), fw, fh}
	frame.sample(small.pix, tracker.Box{W: float64(fw) / r, H: float64(fh) / r}, fw, fh)
	sums := newIntegral(small)
	n := float64(tw * th)
	var best []place
	for y := 0; y+th <= fh; y += coarseStride {
		for x := 0; x+tw <= fw; x += coarseStride {
			sum, squares := sums.over(x, y, tw, th)
			variance := squares - sum*sum/n
			if variance < leastDev*leastDev*n {
				continue
			}
			var product float32
			for j := range th {
				product += dot(template[j*tw:(j+1)*tw], small.pix[(y+j)*fw+x:][:tw])
			}
			like := float64(product) / math.Sqrt(variance)
			box := tracker.Box{X: float64(x) / r, Y: float64(y) / r, W: w, H: h}
			best = keepBest(best, place{box, like})
		}
	}
	return best
}

// keepBest adds a place to a list of the best few.
func keepBest(list []place, p place) []place {
	if len(list) < 4*candidates {
		return append(list, p)
	}
	worst := 0
	for i := range list {
		if list[i].like < list[worst].like {
			worst = i
		}
	}
	if p.like > list[worst].like {
		list[worst] = p
	}
	return list
}

// refine moves and scales a place towards the greatest likeness, in steps that halve.
func (l *likeness) refine(frame pyramid, p place) place {
	p.like = l.at(frame, p.box)
	move, grow := 0.1, math.Pow(2, 1.0/8)
	for range 7 {
		for improved := true; improved; {
			improved = false
			cx, cy := p.box.Center()
			w, h := p.box.W, p.box.H
			for _, next := range []tracker.Box{
				tracker.FromCenter(cx-move*w, cy, w, h), tracker.FromCenter(cx+move*w, cy, w, h),
				tracker.FromCenter(cx, cy-move*h, w, h), tracker.FromCenter(cx, cy+move*h, w, h),
				tracker.FromCenter(cx, cy, w*grow, h*grow), tracker.FromCenter(cx, cy, w/grow, h/grow),
			} {
				if like := l.at(frame, next); like > p.like {
					p, improved = place{next, like}, true
				}
			}
		}
		move, grow = move/2, math.Sqrt(grow)
	}
	return p
}

// at is the correlation coefficient of the picture with a box of the frame.
func (l *likeness) at(frame pyramid, box tracker.Box) float64 {
	frame.sample(l.buffer, box, l.fw, l.fh)
	if !prepare(l.buffer) {
		return 0
	}
	return float64(dot(l.fine, l.buffer))
}

// integral holds the sums of a picture's numbers, and of their squares, over all rectangles from its corner.
type integral struct {
	sums, squares []float64
	w             int
}

func newIntegral(g gray) integral {
	s := integral{make([]float64, (g.w+1)*(g.h+1)), make([]float64, (g.w+1)*(g.h+1)), g.w + 1}
	for y := range g.h {
		var sum, squares float64
		for x := range g.w {
			v := float64(g.pix[y*g.w+x])
			sum, squares = sum+v, squares+v*v
			at := (y+1)*s.w + x + 1
			s.sums[at], s.squares[at] = s.sums[at-s.w]+sum, s.squares[at-s.w]+squares
		}
	}
	return s
}

// over returns the sums over a rectangle.
func (s integral) over(x, y, w, h int) (sum, squares float64) {
	a, b := y*s.w+x, (y+h)*s.w+x
	return s.sums[b+w] - s.sums[b] - s.sums[a+w] + s.sums[a], s.squares[b+w] - s.squares[b] - s.squares[a+w] + s.squares[a]
}
