package onnx

import (
	"errors"
	"fmt"
	"maps"

	"siamtrack/siamfc"
)

// Embedder is a model's branch alone, as a siamfc.Embedder. It belongs to one goroutine.
type Embedder struct {
	resources
	graph  *graph
	output string
	packed packing
	idle   map[string]*tensor // inputs that the branch does not depend on, but that must be bound
	bound  map[embedKey]*embedRun
}

type embedKey struct{ n, size int }

// embedRun is the graph bound to crops of one number and size.
type embedRun struct {
	run        *run
	in, out    *tensor
	c, h, w, n int
}

// Embedder returns the model's branch: features [N,C,h,w] of a peak model, the same of a box model with N = 1,
// embedding [N,D,1,1] of an embedding model.
func (m *Model) Embedder() (*Embedder, error) {
	g, err := m.graph(roleModel)
	if err != nil {
		return nil, err
	}
	e := &Embedder{graph: g, output: "features", bound: map[embedKey]*embedRun{}}
	shape := []int64{-1, -1, -1, -1}
	switch {
	case m.manifest.Kind == siamfc.Embedding:
		e.output, shape = "embedding", []int64{-1, -1}
	case m.manifest.Kind == siamfc.Box && m.manifest.Layout == siamfc.LayoutSiamtrack:
		p, err := m.pair()
		if err != nil {
			return nil, err
		}
		e.packed = p.packing
		if e.idle, err = p.keep(&e.resources); err != nil {
			return nil, errors.Join(err, e.Close())
		}
	case m.manifest.Kind != siamfc.Peak:
		return nil, fmt.Errorf("onnx: model %q: %w: layout %q has no branch of its own", m.manifest.Name, ErrModel,
			m.manifest.Layout)
	}
	err = g.expect(e.output, shape...)
	if e.packed.patch == 0 {
		err = errors.Join(g.expect(inputImage, -1, 3, -1, -1), err)
	}
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// Embed implements siamfc.Embedder. The first call of each number and size binds the tensors for it.
func (e *Embedder) Embed(crops []float32, n, size int) (siamfc.Features, error) {
	r := e.bound[embedKey{n, size}]
	if r == nil {
		var err error
		if r, err = e.prepare(n, size); err != nil {
			return siamfc.Features{}, err
		}
		e.bound[embedKey{n, size}] = r
	}
	if want := n * 3 * size * size; len(crops) != want {
		return siamfc.Features{}, fmt.Errorf("onnx: embed: %d numbers where %d crops of 3x%dx%d are %d", len(crops), n, size,
			size, want)
	}
	if e.packed.patch == 0 {
		copy(r.in.data, crops)
	} else if err := e.packed.put(r.in, 0, crops, size); err != nil {
		return siamfc.Features{}, err
	}
	if err := r.run.run(); err != nil {
		return siamfc.Features{}, err
	}
	return siamfc.Features{Data: r.out.data, N: r.n, C: r.c, H: r.h, W: r.w}, nil
}

// image makes what n crops go into.
func (e *Embedder) image(n, size int) (*tensor, error) {
	if e.packed.patch == 0 || n != 1 { // of several, which it does not take, ONNX Runtime says so
		return e.tensor(int64(n), 3, int64(size), int64(size))
	}
	return e.packed.tensor(&e.resources, 1, size)
}

func (e *Embedder) prepare(n, size int) (*embedRun, error) {
	in, err := e.image(n, size)
	if err != nil {
		return nil, err
	}
	inputs := map[string]*tensor{"image": in}
	maps.Copy(inputs, e.idle)
	shapes, err := e.graph.shapesOf(inputs)
	if err != nil {
		return nil, err
	}
	shape := shapes[e.output]
	if len(shape) < 2 || shape[0] != int64(n) {
		return nil, fmt.Errorf("onnx: %s: %w: output %q is %s for %d crops", e.graph.path, ErrModel, e.output,
			shapeText(shape), n)
	}
	out, err := e.tensor(shape...)
	if err != nil {
		return nil, err
	}
	r, err := e.bind(e.graph, inputs, map[string]*tensor{e.output: out})
	if err != nil {
		return nil, err
	}
	er := &embedRun{run: r, in: in, out: out, n: n, c: int(shape[1]), h: 1, w: 1}
	if len(shape) == 4 {
		er.h, er.w = int(shape[2]), int(shape[3])
	}
	return er, nil
}
