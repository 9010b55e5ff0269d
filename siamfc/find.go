package siamfc

import (
	"errors"
	"fmt"
	"image"
	"math"

	"siamtrack/tracker"
)

// Find looks for the target at the sizes findScaleStep^-findSteps to findScaleStep^findSteps, as multiples of the
// example's: a quarter to four times it. A network of the box kind measures what lies between.
const (
	findSteps     = 4
	findScaleStep = math.Sqrt2
)

// Found is what Find says of a frame.
type Found struct {
	Box   tracker.Box // the best place, in pixels of the frame
	Score float64     // of the model there, in [0, 1]
}

// Find looks for the target that the tracker was started on over a whole frame, at several sizes, and returns the place
// with the highest score; whether it is high enough is the caller's to judge. It neither knows nor changes where the
// target was last, so a tracker may be started on one picture, an example, and find its object in others. Search
// squares that overlap by half cover the frame, so a frame takes hundreds of runs of the network.
func (t *Tracker) Find(img *image.RGBA) (Found, error) {
	if !t.started {
		return Found{}, ErrNotStarted
	}
	if img == nil || img.Bounds().Empty() {
		return Found{}, errors.New("siamfc: find: the frame has no pixels")
	}
	size := img.Bounds().Size()
	c := t.cutter.filled(img)
	best := Found{Score: -1}
	for step := -findSteps; step <= findSteps; step++ {
		k := math.Pow(findScaleStep, float64(step))
		w, h := t.w*k, t.h*k
		if min(w, h) < tracker.MinSide || w > float64(size.X) || h > float64(size.Y) {
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
	maps, err := t.net.Search(t.near.pixels, t.near.size)
	if err != nil {
		return Found{}, fmt.Errorf("siamfc: find: %w", err)
	}
	grid, area := t.m.Grid, t.m.Grid.Size*t.m.Grid.Size
	best := Found{Score: -1}
	for s, k := range t.scales {
		px := side * k / float64(t.near.size) // frame pixels a crop pixel
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
		if score > best.Score && !box.Empty() {
			best = Found{box, score}
		}
	}
	return best, nil
}
