package siamfc

import (
	"fmt"
	"image"
	"time"

	"siamtrack/tracker"
)

// ahead is where to search for the target: where it was, or where its motion leads.
func (t *Tracker) ahead(img *image.RGBA) spot {
	at := t.spot
	if dx, dy := t.motion.foresee(img, at.box()); dx != 0 || dy != 0 {
		at.x, at.y = min(max(at.x+dx, 0), float64(t.size.X)), min(max(at.y+dy, 0), float64(t.size.Y))
	}
	return at
}

// glance is a look at the square of a side about a spot, and what the network said of it.
type glance struct {
	view *view
	at   spot
	side float64
	maps Maps
}

// look searches the square about a spot for the target.
func (t *Tracker) look(img *image.RGBA, at spot, v *view) (glance, error) {
	g := glance{view: v, at: at, side: t.searchSide(v, at.w, at.h)}
	var err error
	g.maps, err = t.see(v, img, at.x, at.y, g.side)
	return g, err
}

// sight is what one look at a square of a frame gave: what was found, in pixels of a crop that has `crop` of them a
// frame pixel, about (cx, cy).
type sight struct {
	found
	cx, cy, crop float64
	square       tracker.Box
}

// locate finds the target in what was seen, and fills the view's response map.
func (t *Tracker) locate(g glance) sight {
	begin := time.Now()
	v, at := g.view, g.at
	crop := float64(v.size) / g.side // crop pixels a frame pixel
	f := t.bias.correct(v.locate.locate(g.maps, at.w*crop, at.h*crop))
	v.respond(t.m.Kind, g.maps, f.scale, at.x, at.y, crop/t.scales[f.scale])
	t.stages.Locate += time.Since(begin)
	return sight{f, at.x, at.y, crop, t.cutter.square(at.x, at.y, g.side*t.scales[f.scale])}
}

// see crops a square of a frame at each scale and runs the network on it.
func (t *Tracker) see(v *view, img *image.RGBA, x, y, side float64) (Maps, error) {
	t.cut(v, img, x, y, side)
	begin := time.Now()
	maps, err := t.search(v)
	if err != nil {
		return Maps{}, errSearch(err)
	}
	t.stages.Embed += time.Since(begin) - maps.Correlate
	t.stages.Correlate += maps.Correlate
	return maps, nil
}

// errSearch says where an error came from.
func errSearch(err error) error { return fmt.Errorf("siamfc: embed the search region: %w", err) }

// cut crops a square of a frame at each scale.
func (t *Tracker) cut(v *view, img *image.RGBA, x, y, side float64) {
	begin := time.Now()
	v.see(t.cutter, img, x, y, side, t.scales)
	t.looked = v
	t.stages.Crop += time.Since(begin)
}

// search runs the network on what a view saw.
func (t *Tracker) search(v *view) (Maps, error) {
	maps, err := t.net.Search(v.pixels, v.size)
	if err == nil {
		err = maps.check(t.m.Kind)
	}
	return maps, err
}
