package onnx

import (
	"errors"
	"fmt"
	"math"

	"siamtrack/siamfc"
)

// boxNetwork is this project's own box layout: one graph whose shapes are open, bound twice. Started on the exemplar
// it gives features; on a search crop, with those features as its second input, it gives response and sides. It is bound once
// more where the manifest has a wide search crop.
type boxNetwork struct {
	resources
	image, features *tensor
	embed           *run
	near, wide      *comparison
}

// comparison is the graph bound to search crops of one size.
type comparison struct {
	search, response, sides *tensor
	run                     *run
}

func newBoxNetwork(m *Model) (_ *boxNetwork, err error) {
	g, err := m.graph("model")
	if err != nil {
		return nil, err
	}
	mf := m.manifest
	z := int64(mf.Exemplar.Size)
	cells := int64(math.Ceil(float64(z) / mf.Grid.Stride))
	if err := errors.Join(g.expect("image", 1, 3, -1, -1), g.expect("exemplar", 1, -1, cells, cells),
		g.expect("features", 1, -1, -1, -1), g.expect("response", 1, 1, -1, -1), g.expect("sides", 1, 4, -1, -1)); err != nil {
		return nil, err
	}
	channels := g.dims("exemplar")[1]
	if channels < 1 {
		return nil, fmt.Errorf("onnx: %s: %w: input \"exemplar\" leaves its channels open", g.path, ErrModel)
	}
	b := &boxNetwork{}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Close())
		}
	}()
	zero, e0 := b.tensor(1, channels, cells, cells)
	var e1, e2 error
	b.features, e1 = b.tensor(1, channels, cells, cells)
	b.image, e2 = b.tensor(1, 3, z, z)
	if err := errors.Join(e0, e1, e2); err != nil {
		return nil, err
	}
	b.embed, err = b.bind(g, map[string]*tensor{"image": b.image, "exemplar": zero}, map[string]*tensor{"features": b.features})
	if err != nil {
		return nil, err
	}
	if b.near, err = b.comparison(g, &mf, mf.Search.Size); err != nil {
		return nil, err
	}
	b.wide = b.near
	if mf.Search.Wide > 0 {
		b.wide, err = b.comparison(g, &mf, mf.Search.Wide)
	}
	return b, err
}

// comparison binds the graph to search crops of `size` pixels.
func (b *boxNetwork) comparison(g *graph, mf *siamfc.Manifest, size int) (_ *comparison, err error) {
	x, n := int64(size), int64(mf.GridOn(size).Size)
	c := &comparison{}
	var e1, e2, e3 error
	c.search, e1 = b.tensor(1, 3, x, x)
	c.response, e2 = b.tensor(1, 1, n, n)
	c.sides, e3 = b.tensor(1, 4, n, n)
	if err := errors.Join(e1, e2, e3); err != nil {
		return nil, err
	}
	c.run, err = b.bind(g, map[string]*tensor{"image": c.search, "exemplar": b.features}, map[string]*tensor{"response": c.response, "sides": c.sides})
	return c, err
}

// Exemplar implements siamfc.Network.
func (b *boxNetwork) Exemplar(crop []float32) error {
	copy(b.image.data, crop)
	return b.embed.run()
}

// Search implements siamfc.Network.
func (b *boxNetwork) Search(crops []float32, size int) (siamfc.Maps, error) {
	c := b.near
	if size == int(b.wide.search.shape[2]) {
		c = b.wide
	}
	if err := fits(c.search, crops, size); err != nil {
		return siamfc.Maps{}, err
	}
	copy(c.search.data, crops)
	if err := c.run.run(); err != nil {
		return siamfc.Maps{}, err
	}
	return siamfc.Maps{Response: c.response.data, Sides: c.sides.data}, nil
}
