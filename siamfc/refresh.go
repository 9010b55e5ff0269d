package siamfc

import (
	"fmt"
	"image"

	"siamtrack/tracker"
)

// refresh takes new views of the target, as LoopSpec.Refresh says. The first exemplar keeps its share in every view, so
// the target is never forgotten, however often a wrong view should come in.
type refresh struct {
	net    Refresher
	pixels []float32
	frames int // since Init
}

// prepare finds out whether the network can do what the manifest asks for; n is the length of an exemplar's crop.
func (r *refresh) prepare(net Network, m Manifest, n int) error {
	if m.Loop.Refresh == 0 {
		return nil
	}
	able, ok := net.(Refresher)
	if !ok {
		return fmt.Errorf("siamfc: model %q: loop.refresh: %w: its layout takes no new views of its target", m.Name,
			ErrManifest)
	}
	r.net, r.pixels = able, make([]float32, n)
	return nil
}

// takeView shows the network the target as it looks in a frame, every LoopSpec.Refresh frames where it was sure.
func (t *Tracker) takeView(img *image.RGBA, score float64, state tracker.State) error {
	t.refresh.frames++
	loop := t.m.Loop
	if loop.Refresh == 0 || t.refresh.frames%loop.Refresh != 0 || score <= loop.RefreshScore || state == tracker.Lost {
		return nil
	}
	mark := t.cutExemplar(t.refresh.pixels, img, tracker.FromCenter(t.x, t.y, t.w, t.h))
	return t.refresh.net.Refresh(t.refresh.pixels, mark, loop.RefreshShare, loop.RefreshAround)
}
