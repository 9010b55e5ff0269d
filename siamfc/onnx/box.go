package onnx

import (
	"errors"
	"fmt"
	"math"

	"siamtrack/siamfc"
)

// boxNetwork is this project's own box layout: one graph whose shapes are open, bound twice. Started on the exemplar
// it gives features; on a search crop, with those features as its second input, it gives response and sides.
type boxNetwork struct {
	resources
	image, search   *tensor
	features        *tensor
	response, sides *tensor
	embed, compare  *run
}

func newBoxNetwork(m *Model) (_ *boxNetwork, err error) {
	g, err := m.graph("model")
	if err != nil {
		return nil, err
	}
	mf := m.manifest
	n, z, x := int64(mf.Grid.Size), int64(mf.Exemplar.Size), int64(mf.Search.Size)
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
	var e1, e2, e3, e4, e5 error
	b.features, e1 = b.tensor(1, channels, cells, cells)
	b.image, e2 = b.tensor(1, 3, z, z)
	b.search, e3 = b.tensor(1, 3, x, x)
	b.response, e4 = b.tensor(1, 1, n, n)
	b.sides, e5 = b.tensor(1, 4, n, n)
	if err := errors.Join(e0, e1, e2, e3, e4, e5); err != nil {
		return nil, err
	}
	b.embed, err = b.bind(g, map[string]*tensor{"image": b.image, "exemplar": zero}, map[string]*tensor{"features": b.features})
	if err != nil {
		return nil, err
	}
	b.compare, err = b.bind(g, map[string]*tensor{"image": b.search, "exemplar": b.features},
		map[string]*tensor{"response": b.response, "sides": b.sides})
	return b, err
}

// Exemplar implements siamfc.Network.
func (b *boxNetwork) Exemplar(crop []float32) error {
	copy(b.image.data, crop)
	return b.embed.run()
}

// Search implements siamfc.Network.
func (b *boxNetwork) Search(crops []float32) (siamfc.Maps, error) {
	copy(b.search.data, crops)
	if err := b.compare.run(); err != nil {
		return siamfc.Maps{}, err
	}
	return siamfc.Maps{Response: b.response.data, Sides: b.sides.data}, nil
}
