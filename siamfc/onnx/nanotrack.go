package onnx

import (
	"errors"
	"math"

	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// nanoTrack is the layout of NanoTrack's ONNX files: two backbones with the same weights at fixed sizes, and a head
// with two logits (background, target) and four distances a position.
type nanoTrack struct {
	resources
	exemplar, search    *tensor
	logits, sides       *tensor
	response            []float32
	embedZ, embedX, rpn *run
}

func newNanoTrack(m *Model) (_ *nanoTrack, err error) {
	gz, errZ := m.graph(roleExemplar)
	gx, errX := m.graph("search")
	gh, errH := m.graph("head")
	if err := errors.Join(errZ, errX, errH); err != nil {
		return nil, err
	}
	mf := m.manifest
	n, z, x := int64(mf.Grid.Size), int64(mf.Exemplar.Size), int64(mf.Search.Size)
	if err := errors.Join(gz.expect("input", 1, 3, z, z), gz.expect("output", 1, -1, -1, -1),
		gx.expect("input", 1, 3, x, x), gx.expect("output", 1, -1, -1, -1), gh.expect("input1", gz.dims("output")...),
		gh.expect("input2", gx.dims("output")...), gh.expect("output1", 1, 2, n, n), gh.expect("output2", 1, 4, n,
			n)); err != nil {
		return nil, err
	}
	t := &nanoTrack{response: make([]float32, n*n)}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.Close())
		}
	}()
	var errs [6]error
	t.exemplar, errs[0] = t.tensor(1, 3, z, z)
	t.search, errs[1] = t.tensor(1, 3, x, x)
	fz, e2 := t.tensor(gz.dims("output")...)
	fx, e3 := t.tensor(gx.dims("output")...)
	errs[2], errs[3] = e2, e3
	t.logits, errs[4] = t.tensor(1, 2, n, n)
	t.sides, errs[5] = t.tensor(1, 4, n, n)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	t.embedZ, errs[0] = t.bind(gz, map[string]*tensor{"input": t.exemplar}, map[string]*tensor{"output": fz})
	t.embedX, errs[1] = t.bind(gx, map[string]*tensor{"input": t.search}, map[string]*tensor{"output": fx})
	t.rpn, errs[2] = t.bind(gh, map[string]*tensor{"input1": fz, "input2": fx},
		map[string]*tensor{"output1": t.logits, "output2": t.sides})
	return t, errors.Join(errs[:]...)
}

// Exemplar implements siamfc.Network.
func (t *nanoTrack) Exemplar(crop []float32, _ tracker.Box) error {
	copy(t.exemplar.data, crop)
	return t.embedZ.run()
}

// Search implements siamfc.Network.
func (t *nanoTrack) Search(crops []float32, size int) (siamfc.Maps, error) {
	if err := fits(t.search, crops, size); err != nil {
		return siamfc.Maps{}, err
	}
	copy(t.search.data, crops)
	if err := errors.Join(t.embedX.run(), t.rpn.run()); err != nil {
		return siamfc.Maps{}, err
	}
	n := len(t.response)
	for i := range t.response { // the softmax of two logits
		t.response[i] = float32(1 / (1 + math.Exp(float64(t.logits.data[i]-t.logits.data[n+i]))))
	}
	return siamfc.Maps{Response: t.response, Sides: t.sides.data}, nil
}
