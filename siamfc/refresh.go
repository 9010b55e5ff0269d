package siamfc

import (
	"fmt"
	"image"
	"time"

	"siamtrack/tracker"
)

// recognition embeds the target as it looks now: to tell whether it is the target still, as StateSpec.Unlike says, and
// to take new views of it, as LoopSpec.Refresh says. The first exemplar keeps its share in every view, so the target is
// never forgotten, however often a wrong view should come in.
type recognition struct {
	net     Recogniser // nil where the network is none, or nothing is asked of it
	refresh Refresher  // nil where no new views are taken
	pixels  []float32
	first   []float32 // what the exemplar looks like
	usual   float64   // likeness of the target while it was sure, averaged over the last looks
	looks   int       // that is of
	frames  int       // since Init
	like    float64   // likeness of what is tracked, as it was looked at last
	strange int       // looks in a row in which that was unlike the target
	doubt   bool      // it may not be the target
	alike   int       // looks in a row in which it was like the target all the same
}

// Looks at the target are so many frames apart where Loop.Refresh does not say it; it is in doubt after so many in a
// row in which it was unlike itself.
const (
	lookEvery    = 5
	strangeDoubt = 2
)

// prepare finds out whether the network can do what the manifest asks for; n is the length of an exemplar's crop.
func (r *recognition) prepare(net Network, m Manifest, n int) error {
	if m.Loop.Refresh > 0 {
		able, ok := net.(Refresher)
		if !ok {
			return fmt.Errorf("siamfc: model %q: loop.refresh: %w: its layout takes no new views of its target", m.Name,
				ErrManifest)
		}
		r.net, r.refresh = able, able
	}
	if m.State.RedetectLikeness > 0 || m.State.Unlike > 0 {
		able, ok := net.(Recogniser)
		if !ok {
			return fmt.Errorf("siamfc: model %q: state.unlike, state.redetect_likeness: %w: its layout cannot say how alike "+
				"two views are", m.Name, ErrManifest)
		}
		r.net = able
	}
	if r.net != nil {
		r.pixels = make([]float32, n)
	}
	return nil
}

// begin learns what the exemplar looks like.
func (r *recognition) begin(exemplar []float32, mark tracker.Box) error {
	*r = recognition{net: r.net, refresh: r.refresh, pixels: r.pixels, first: r.first, like: 1}
	if r.net == nil {
		return nil
	}
	look, err := r.net.Recognise(exemplar, mark)
	r.first = append(r.first[:0], look...)
	return err
}

// likeness is how much what is at a spot looks like the exemplar.
func (t *Tracker) likeness(img *image.RGBA, at spot) (float64, error) {
	begin := time.Now()
	mark := t.cutExemplar(t.known.pixels, img, at, at.box())
	cropped := time.Now()
	look, err := t.known.net.Recognise(t.known.pixels, mark)
	t.stages.Crop += cropped.Sub(begin)
	t.stages.Embed += time.Since(cropped)
	if err != nil {
		return 0, fmt.Errorf("siamfc: embed the target as it looks now: %w", err)
	}
	return float64(dot(t.known.first, look)), nil
}

// regard looks, now and then, at what was found: where it scores high that is a new view of it, and where it is unlike
// the target the state is a worse one, until it is like the target again. It reports whether it looked.
func (t *Tracker) regard(img *image.RGBA, r *tracker.Result) (looked bool, err error) {
	k, loop, spec := &t.known, t.m.Loop, t.m.State
	every := loop.Refresh
	if every == 0 {
		every = lookEvery
	}
	k.frames++
	due, lost := k.frames%every == 0, r.State == tracker.Lost
	view := due && k.refresh != nil && r.Score > loop.RefreshScore && !lost
	if looked = view || spec.Unlike > 0 && !lost && (due || k.alike > 0); looked {
		like, err := t.likeness(img, t.spot)
		if err != nil {
			return true, err
		}
		k.compare(like, *r, spec)
		if view {
			k.refresh.Refresh(loop.RefreshShare, loop.RefreshAround)
		}
	}
	if spec.Unlike == 0 {
		return looked, nil
	}
	if lost {
		k.doubt, k.alike, k.like = true, 0, 0
	}
	if k.doubt {
		r.State, r.Score = max(r.State, tracker.Uncertain), min(r.Score, spec.Uncertain)
	}
	return looked, nil
}

// compare takes the likeness of what was found.
func (r *recognition) compare(like float64, found tracker.Result, spec StateSpec) {
	const newest = 0.2 // share of the newest look in the average, once there are some
	r.like = like
	switch {
	case r.doubt && like >= max(spec.RedetectLikeness, spec.Unlike) && found.Score >= spec.redetectScore():
		if r.alike++; r.alike >= spec.redetectLooks() {
			r.doubt, r.alike, r.strange = false, 0, 0
		}
	case r.doubt:
		r.alike = 0
	case like < spec.Unlike:
		r.strange++
		r.doubt = r.strange >= strangeDoubt
	default:
		r.strange = 0
		if found.State == tracker.Tracking {
			r.looks++
			r.usual += max(newest, 1/float64(r.looks)) * (like - r.usual)
		}
	}
}
