package onnx

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strings"

	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// boxNetwork is this project's own box layout. The exemplar graph is run once a target, and what it gives stays in the
// memory that the search graph reads: nothing of it is computed or copied again. The search graph is bound to search
// crops of each size that the manifest has.
type boxNetwork struct {
	resources
	model       *Model
	image, mark *tensor // of the exemplar; mark is nil where no graph takes it
	embed       *run
	sizes       []*comparison
	views       []view
	own         int       // of the views, how many are of the target itself
	look        []float32 // what Recognise gave last
	packing     packing
	reads       []reading // what the search graph takes besides the image
}

// view is one tensor that an exemplar graph gives: its memory, and what it held after the first exemplar.
type view struct {
	now, first []float32
	seen       []float32 // of the view of the last Recognise
	around     bool      // it is of the target's surroundings
}

// aroundPrefix begins the names of an exemplar graph's outputs that are of the target's surroundings.
const aroundPrefix = "around"

// comparison is the search graph bound to search crops of one size.
type comparison struct {
	size                    int // of the crops
	search, response, sides *tensor
	run                     *run
}

func newBoxNetwork(m *Model) (_ *boxNetwork, err error) {
	p, err := m.pair()
	if err != nil {
		return nil, err
	}
	b := &boxNetwork{model: m, packing: p.packing}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Close())
		}
	}()
	kept, err := p.keep(&b.resources)
	if err != nil {
		return nil, err
	}
	b.reads = readings(kept)
	for _, r := range b.reads { // by name, so that sums come out the same each time
		if t := r.tensor; r.name != inputMark {
			around := strings.HasPrefix(r.name, aroundPrefix)
			first, seen := make([]float32, len(t.data)), make([]float32, len(t.data))
			if !around {
				b.own++
			}
			b.views = append(b.views, view{now: t.data, first: first, seen: seen, around: around})
		}
	}
	mf := m.manifest
	if err := b.bindExemplar(p, kept, mf.Exemplar.Size); err != nil {
		return nil, err
	}
	for _, size := range mf.Search.Sizes() {
		c, err := b.compare(p.search, &mf, size, kept)
		if err != nil {
			return nil, err
		}
		b.sizes = append(b.sizes, c)
	}
	return b, nil
}

// bindExemplar binds the graph that is run on the exemplar to give what is kept. Of one graph for both crops the
// features are what the search takes as its exemplar; run on the exemplar itself it is given zeros for that.
func (b *boxNetwork) bindExemplar(p *pair, kept map[string]*tensor, size int) error {
	inputs, outputs := map[string]*tensor{}, kept
	var err error
	if p.features != nil {
		var e0, e1 error
		inputs[inputImage], e0 = b.tensor(1, 3, int64(size), int64(size))
		inputs["exemplar"], e1 = b.tensor(p.features...)
		if kept[inputMark] != nil {
			inputs[inputMark] = kept[inputMark]
		}
		outputs, err = map[string]*tensor{"features": kept["exemplar"]}, errors.Join(e0, e1)
	} else {
		inputs, err = p.exemplarInputs(&b.resources, size)
	}
	if err != nil {
		return err
	}
	b.image, b.mark = inputs[inputImage], inputs[inputMark]
	b.embed, err = b.bind(p.exemplar, inputs, outputs)
	return err
}

// compare binds the search graph to search crops of `size` pixels.
func (b *boxNetwork) compare(g *graph, mf *siamfc.Manifest, size int,
	kept map[string]*tensor) (_ *comparison, err error) {
	n := int64(mf.GridOn(size).Size)
	c := &comparison{size: size}
	var e1, e2, e3 error
	c.search, e1 = b.packing.tensor(&b.resources, 1, size)
	c.response, e2 = b.tensor(1, 1, n, n)
	c.sides, e3 = b.tensor(1, 4, n, n)
	if err := errors.Join(e1, e2, e3); err != nil {
		return nil, err
	}
	inputs := map[string]*tensor{inputImage: c.search}
	maps.Copy(inputs, kept)
	c.run, err = b.bind(g, inputs, map[string]*tensor{"response": c.response, "sides": c.sides})
	return c, err
}

// Exemplar implements siamfc.Network.
func (b *boxNetwork) Exemplar(crop []float32, target tracker.Box) error {
	if err := b.see(crop, target); err != nil {
		return err
	}
	for _, v := range b.views {
		copy(v.first, v.now)
	}
	return nil
}

// Recognise implements siamfc.Recogniser: a product is the mean of the cosines between what the exemplar graph gives of
// the targets themselves.
func (b *boxNetwork) Recognise(crop []float32, target tracker.Box) ([]float32, error) {
	for _, v := range b.views {
		copy(v.seen, v.now)
	}
	err := b.see(crop, target)
	b.look = b.look[:0]
	for _, v := range b.views {
		for i, now := range v.now {
			v.now[i], v.seen[i] = v.seen[i], now
		}
		if !v.around {
			b.look = appendUnit(b.look, v.seen, b.own)
		}
	}
	return b.look, err
}

// appendUnit adds a vector to another, scaled to the length of 1/sqrt(n).
func appendUnit(to, v []float32, n int) []float32 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	scale := float32(0)
	if sum > 0 {
		scale = float32(1 / math.Sqrt(sum*float64(n)))
	}
	for _, x := range v {
		to = append(to, x*scale)
	}
	return to
}

// Refresh implements siamfc.Refresher. Mixing what the exemplar graph gives is mixing the embeddings where the graph
// behind them is linear, and near it elsewhere.
func (b *boxNetwork) Refresh(share, around float64) {
	for _, v := range b.views {
		part := float32(share)
		if v.around {
			part = float32(around)
		}
		for i, first := range v.first {
			v.now[i] = first + part*(v.seen[i]-first)
		}
	}
}

// see embeds an exemplar crop.
func (b *boxNetwork) see(crop []float32, target tracker.Box) error {
	copy(b.image.data, crop)
	if b.mark != nil {
		for i, v := range [...]float64{target.X, target.Y, target.X + target.W, target.Y + target.H} {
			b.mark.data[i] = float32(v)
		}
	}
	return b.embed.run()
}

// Search implements siamfc.Network.
func (b *boxNetwork) Search(crops []float32, size int) (siamfc.Maps, error) {
	c := b.comparison(size)
	if err := b.packing.put(c.search, 0, crops, size); err != nil {
		return siamfc.Maps{}, err
	}
	if err := c.run.run(); err != nil {
		return siamfc.Maps{}, err
	}
	return c.maps(), nil
}

// comparison returns what is bound to search crops of a size, or to the usual one where none of that size are searched.
func (b *boxNetwork) comparison(size int) *comparison {
	return b.sizes[max(slices.IndexFunc(b.sizes, func(c *comparison) bool { return c.size == size }), 0)]
}

// maps is what the last run gave.
func (c *comparison) maps() siamfc.Maps {
	return siamfc.Maps{Response: c.response.data, Sides: c.sides.data}
}

// take makes what another run gave be that.
func (c *comparison) take(response, sides []float32) siamfc.Maps {
	copy(c.response.data, response)
	copy(c.sides.data, sides)
	return c.maps()
}
