package onnx

import (
	"errors"

	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// vitTrack is the layout of VitTrack's ONNX file: both crops in, and for each cell of a grid a confidence, the box's
// size as a share of the search crop, and the centre's place in the cell, in [0, 1].
type vitTrack struct {
	resources
	template, search         *tensor
	confidence, size, offset *tensor
	sides                    []float32
	stride, crop             float32
	net                      *run
}

func newVitTrack(m *Model) (_ *vitTrack, err error) {
	g, err := m.graph(roleModel)
	if err != nil {
		return nil, err
	}
	mf := m.manifest
	n, z, x := int64(mf.Grid.Size), int64(mf.Exemplar.Size), int64(mf.Search.Size)
	if err := errors.Join(g.expect("template", 1, 3, z, z), g.expect("search", 1, 3, x, x),
		g.expect("output1", 1, 1, n, n), g.expect("output2", 1, 2, n, n), g.expect("output3", 1, 2, n, n)); err != nil {
		return nil, err
	}
	t := &vitTrack{sides: make([]float32, 4*n*n), stride: float32(mf.Grid.Stride), crop: float32(x)}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.Close())
		}
	}()
	var errs [5]error
	t.template, errs[0] = t.tensor(1, 3, z, z)
	t.search, errs[1] = t.tensor(1, 3, x, x)
	t.confidence, errs[2] = t.tensor(1, 1, n, n)
	t.size, errs[3] = t.tensor(1, 2, n, n)
	t.offset, errs[4] = t.tensor(1, 2, n, n)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	t.net, err = t.bind(g, map[string]*tensor{"template": t.template, "search": t.search},
		map[string]*tensor{"output1": t.confidence, "output2": t.size, "output3": t.offset})
	return t, err
}

// Exemplar implements siamfc.Network. The graph takes the exemplar itself; nothing is embedded yet.
func (t *vitTrack) Exemplar(crop []float32, _ tracker.Box) error {
	copy(t.template.data, crop)
	return nil
}

// Search implements siamfc.Network.
func (t *vitTrack) Search(crops []float32, size int) (siamfc.Maps, error) {
	if err := fits(t.search, crops, size); err != nil {
		return siamfc.Maps{}, err
	}
	copy(t.search.data, crops)
	if err := t.net.run(); err != nil {
		return siamfc.Maps{}, err
	}
	n := len(t.confidence.data)
	for i := range n { // cells lie at their centres: an offset of one half is none
		dx, dy := (t.offset.data[i]-0.5)*t.stride, (t.offset.data[n+i]-0.5)*t.stride
		w, h := t.size.data[i]*t.crop, t.size.data[n+i]*t.crop
		t.sides[i], t.sides[n+i] = w/2-dx, h/2-dy
		t.sides[2*n+i], t.sides[3*n+i] = w/2+dx, h/2+dy
	}
	return siamfc.Maps{Response: t.confidence.data, Sides: t.sides}, nil
}
