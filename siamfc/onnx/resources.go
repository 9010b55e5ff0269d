package onnx

import "errors"

// resources collects what a network opened, to be closed in reverse.
type resources struct{ list []interface{ close() error } }

// tensor makes a tensor that r owns.
func (r *resources) tensor(shape ...int64) (*tensor, error) {
	t, err := newTensor(shape...)
	if err == nil {
		r.list = append(r.list, t)
	}
	return t, err
}

// bind binds a run that r owns.
func (r *resources) bind(g *graph, inputs, outputs map[string]*tensor) (*run, error) {
	b, err := g.bind(inputs, outputs)
	if err == nil {
		r.list = append(r.list, b)
	}
	return b, err
}

// Close frees everything; it may be called twice.
func (r *resources) Close() error {
	var errs []error
	for i := len(r.list) - 1; i >= 0; i-- {
		errs = append(errs, r.list[i].close())
	}
	r.list = nil
	return errors.Join(errs...)
}
