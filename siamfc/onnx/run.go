package onnx

import (
	"errors"
	"fmt"
	"strings"

	ort "github.com/yalue/onnxruntime_go"
)

// tensor is a tensor whose memory is Go's: of floats, or of levels, bytes.
type tensor struct {
	value  ort.Value
	data   []float32
	levels []uint8
	shape  []int64
}

func newTensor(shape ...int64) (*tensor, error) {
	v, err := ort.NewEmptyTensor[float32](ort.NewShape(shape...))
	if err != nil {
		return nil, fmt.Errorf("onnx: tensor of %s: %w", shapeText(shape), err)
	}
	return &tensor{value: v, data: v.GetData(), shape: shape}, nil
}

// newLevels is newTensor for bytes.
func newLevels(shape ...int64) (*tensor, error) {
	v, err := ort.NewEmptyTensor[uint8](ort.NewShape(shape...))
	if err != nil {
		return nil, fmt.Errorf("onnx: tensor of %s: %w", shapeText(shape), err)
	}
	return &tensor{value: v, levels: v.GetData(), shape: shape}, nil
}

func (t *tensor) close() error {
	if t == nil || t.value == nil {
		return nil
	}
	err := t.value.Destroy()
	t.value = nil
	return err
}

// fits says what is wrong with crops of a size for a tensor of crops, [n, 3, size, size].
func fits(t *tensor, crops []float32, size int) error {
	if int64(size) != t.shape[2] || len(crops) != len(t.data) {
		return fmt.Errorf("onnx: search: %d numbers for crops of %d pixels, %s is bound", len(crops), size,
			shapeText(t.shape))
	}
	return nil
}

// run is a graph with its tensors bound: on the CPU nothing is allocated or looked up when it runs.
type run struct {
	graph   *graph
	binding *ort.IoBinding // nil where the provider copies tensors: then they are handed over in each run
	in, out []ort.Value    // in the order of the graph's inputs and outputs
	results []*tensor      // of those outputs that are wanted, nil for others
}

// bind binds tensors by name. Outputs that are not named are not fetched.
func (g *graph) bind(inputs, outputs map[string]*tensor) (*run, error) {
	if !g.shared {
		return g.handOver(inputs, outputs)
	}
	b, err := g.session.CreateIoBinding()
	if err != nil {
		return nil, fmt.Errorf("onnx: %s: %w", g.path, err)
	}
	var errs []error
	for name, t := range inputs {
		errs = append(errs, b.BindInput(name, t.value))
	}
	for name, t := range outputs {
		errs = append(errs, b.BindOutput(name, t.value))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, errors.Join(fmt.Errorf("onnx: %s: bind: %w", g.path, err), b.Destroy())
	}
	return &run{graph: g, binding: b}, nil
}

// handOver lists tensors in the graph's own order.
func (g *graph) handOver(inputs, outputs map[string]*tensor) (*run, error) {
	r := &run{graph: g, in: make([]ort.Value, len(g.inputs)), out: make([]ort.Value, len(g.outputs)),
		results: make([]*tensor, len(g.outputs))}
	for i, in := range g.inputs {
		t := inputs[in.Name]
		if t == nil {
			return nil, fmt.Errorf("onnx: %s: %w: input %q is not one that is known", g.path, ErrModel, in.Name)
		}
		r.in[i] = t.value
	}
	for i, out := range g.outputs {
		r.results[i] = outputs[out.Name]
	}
	return r, nil
}

func (r *run) run() error {
	if r.binding != nil {
		if err := r.graph.session.RunWithBinding(r.binding); err != nil {
			return fmt.Errorf("onnx: run %s: %w", r.graph.path, err)
		}
		return nil
	}
	for i, t := range r.results { // what is not wanted ONNX Runtime makes anew
		r.out[i] = nil
		if t != nil {
			r.out[i] = t.value
		}
	}
	err := r.graph.session.Run(r.in, r.out)
	for i, v := range r.out {
		if v != nil && r.results[i] == nil {
			err = errors.Join(err, v.Destroy())
		}
	}
	if err != nil {
		return fmt.Errorf("onnx: run %s: %w", r.graph.path, err)
	}
	return nil
}

func (r *run) close() error {
	if r == nil || r.binding == nil {
		return nil
	}
	err := r.binding.Destroy()
	r.binding = nil
	return err
}

// shapesOf runs a graph once, on zeros, and returns the shapes of its outputs by name: the way to learn sizes that the
// file leaves open. inputs holds all of the graph's inputs by name.
func (g *graph) shapesOf(inputs map[string]*tensor) (map[string][]int64, error) {
	values, sizes := make([]ort.Value, len(g.inputs)), make([]string, len(g.inputs))
	for i, in := range g.inputs {
		t := inputs[in.Name]
		if t == nil {
			return nil, fmt.Errorf("onnx: %s: %w: input %q is not one that is known", g.path, ErrModel, in.Name)
		}
		values[i], sizes[i] = t.value, shapeText(t.shape)
	}
	outputs := make([]ort.Value, len(g.outputs))
	err := g.session.Run(values, outputs)
	shapes := map[string][]int64{}
	for i, v := range outputs {
		if v == nil {
			continue
		}
		shapes[g.outputs[i].Name] = v.GetShape().Clone()
		err = errors.Join(err, v.Destroy())
	}
	if err != nil {
		return nil, fmt.Errorf("onnx: %s: %w: a trial run on %s: %w", g.path, ErrModel, strings.Join(sizes, ", "), err)
	}
	return shapes, nil
}
