package siamfc

import (
	"errors"
	"fmt"
	"image"
	"math"

	"siamtrack/tracker"
)

// A scan looks for the target at the sizes findScaleStep^-findSteps to findScaleStep^findSteps, as multiples of the
// example's: a quarter to four times it. A network of the box kind measures what lies between.
const (
	findSteps     = 4
	findScaleStep = math.Sqrt2
	// findLeast is the least side of what a scan supposes, in frame pixels: networks have hardly seen smaller targets, and
	// are sure of any speck that is enlarged that much.
	findLeast = 12.0
)

// Found is what Find says of a frame.
type Found struct {
	Box tracker.Box // the best place, in pixels of the frame
	// Score is the model's there, in [0, 1], or, where the frame shows the example itself, the correlation coefficient
	// of their grey levels.
	Score float64
}

// Finder looks for an object over whole frames, wherever it is, by an example of it: a picture and its box there.
type Finder struct {
	t    *Tracker
	look *likeness // nil where the example has too little in it to be recognised by its pixels
}

// NewFinder returns a Finder that uses t, which it starts on the example, and which may not be started on anything else
// while the Finder is in use.
func NewFinder(t *Tracker, example *image.RGBA, object tracker.Box) (*Finder, error) {
	if err := t.Init(example, object); err != nil {
		return nil, err
	}
	size := example.Bounds().Size()
	box, err := object.Trackable(size.X, size.Y)
	if err != nil {
		return nil, err
	}
	return &Finder{t, newLikeness(example, box)}, nil
}

// Find returns the best place in a frame; whether its score is high enough is the caller's to judge. Where the frame
// shows the example itself, moved or resized, that is the place. Otherwise it is the one with the highest score of the
// model, at several sizes: search squares that overlap by half cover the frame, so a frame takes hundreds of runs of
// the network.
func (f *Finder) Find(img *image.RGBA) (Found, error) {
	if img == nil || img.Bounds().Empty() {
		return Found{}, errors.New("siamfc: find: the frame has no pixels")
	}
	if f.look != nil {
		if p := f.look.find(img); p.like >= f.look.least() {
			size := img.Bounds().Size()
			return Found{p.box.Clip(size.X, size.Y), min(p.like, 1)}, nil
		}
	}
	return f.t.scan(img)
}

// scan looks for the target over a whole frame with the network. It neither knows nor changes where the target was
// last.
func (t *Tracker) scan(img *image.RGBA) (Found, error) {
	size := img.Bounds().Size()
	c := t.cutter.filled(img)
	best := Found{Score: -1}
	for step := -findSteps; step <= findSteps; step++ {
		k := math.Pow(findScaleStep, float64(step))
		w, h := t.w*k, t.h*k
		if min(w, h) < min(findLeast, t.w, t.h) || w > float64(size.X) || h > float64(size.Y) {
			continue
		}
		side := t.searchSide(t.near, w, h)
		for _, cy := range centres(size.Y, side) {
			for _, cx := range centres(size.X, side) {
				f, err := t.findIn(img, c, cx, cy, w, h)
				if err != nil {
					return Found{}, err
				}
				if f.Score > best.Score && !f.Box.Clip(size.X, size.Y).Empty() {
					best = f
				}
			}
		}
	}
	if best.Score < 0 {
		return Found{}, fmt.Errorf("siamfc: find: an example of %.0fx%.0f pixels at no size fits a frame of %dx%d", t.w, t.h,
			size.X, size.Y)
	}
	best.Box = best.Box.Clip(size.X, size.Y)
	return best, nil
}

// centres places squares of a side along a length so that neighbours overlap by half and the ends are covered.
func centres(length int, side float64) []float64 {
	n := max(1, int(math.Ceil(float64(length)/(side/2)))-1)
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(length) * (float64(i) + 0.5) / float64(n)
	}
	return out
}

// findIn returns the place with the highest response in the search square about (x, y), without window or penalties:
// nothing is known of where the target is. w and h are the size that is supposed.
func (t *Tracker) findIn(img *image.RGBA, c cutter, x, y, w, h float64) (Found, error) {
	cx, cy := c.place(x, y)
	side := t.searchSide(t.near, w, h)
	t.near.see(c, img, cx, cy, side, t.scales)
	maps, err := t.search(t.near)
	if err != nil {
		return Found{}, fmt.Errorf("siamfc: find: %w", err)
	}
	return t.best(t.near, maps, cx, cy, side, w, h).Found, nil
}

// best is the highest response of maps, and at which of the tracker's scales it is.
type best struct {
	Found
	scale int
}

// best returns the place with the highest response of what a view showed: the square of a side about (cx, cy), in which
// a target of w x h was supposed.
func (t *Tracker) best(v *view, maps Maps, cx, cy, side, w, h float64) best {
	grid, area := v.grid, v.grid.Size*v.grid.Size
	b := best{Found: Found{Score: -1}}
	for s, k := range t.scales {
		px := side * k / float64(v.size) // frame pixels a crop pixel
		at := argmax(maps.Response[s*area : (s+1)*area])
		score := float64(maps.Response[s*area+at])
		var box tracker.Box
		if t.m.Kind == Peak {
			score = sigmoid(score)
			x, y := grid.Origin+float64(at%grid.Size)*grid.Stride, grid.Origin+float64(at/grid.Size)*grid.Stride
			box = tracker.FromCenter(cx+x*px, cy+y*px, w*k, h*k)
		} else {
			f := t.bias.correct(cellBox(grid, maps, at))
			box = tracker.FromCenter(cx+f.x*px, cy+f.y*px, f.w*px, f.h*px)
		}
		if score > b.Score && !box.Empty() {
			b = best{Found{box, score}, s}
		}
	}
	return b
}
