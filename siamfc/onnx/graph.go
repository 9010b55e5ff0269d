package onnx

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	ort "github.com/yalue/onnxruntime_go"
)

// ErrModel is wrapped by every error about a model's files: not ONNX, of the wrong shape, without a manifest.
var ErrModel = errors.New("not a usable model")

// graph is one ONNX file, loaded once. Its runs may be bound to tensors of several shapes.
type graph struct {
	path            string
	session         *ort.DynamicAdvancedSession
	inputs, outputs []ort.InputOutputInfo
	shared          bool // its provider runs on the tensors' own memory
}

// load reads an ONNX file's content. Where the provider was chosen here and does not run it, the CPU does.
func (r *Runtime) load(path string, data []byte) (*graph, error) {
	if len(data) == 0 {
		return nil, fmt.Errorf("onnx: %s: %w: the file is empty", path, ErrModel)
	}
	g, err := r.loadOn(r.provider, path, data)
	if err != nil && r.auto {
		onCPU, cpuErr := r.loadOn(ProviderCPU, path, data)
		if cpuErr == nil {
			r.provider, r.auto, r.why = ProviderCPU, false, oneLine(err)
			return onCPU, nil
		}
	}
	return g, err
}

func (r *Runtime) loadOn(p Provider, path string, data []byte) (_ *graph, err error) {
	o, err := options(r.threads, p)
	if err != nil {
		return nil, fmt.Errorf("onnx: %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, o.Destroy()) }()
	if p == ProviderCPU {
		data = r.suited(data)
	}
	in, out, err := declarations(data)
	if err != nil {
		return nil, fmt.Errorf("onnx: %s: %w: %w", path, ErrModel, err)
	}
	s, err := ort.NewDynamicAdvancedSessionWithONNXData(data, names(in), names(out), o)
	if err != nil {
		return nil, fmt.Errorf("onnx: %s: %w: %w", path, ErrModel, err)
	}
	return &graph{path: path, session: s, inputs: in, outputs: out, shared: p.shared()}, nil
}

// suited is a model as this processor runs it sooner.
func (r *Runtime) suited(model []byte) []byte {
	if r.tiles {
		model = unsigned(model)
	}
	return blocked(model, r.block)
}

// options are the same for all sessions: few threads that sleep while they wait, since spinning threads take the
// cores from decoding and drawing.
func options(threads int, p Provider) (*ort.SessionOptions, error) {
	o, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	err = errors.Join(o.SetIntraOpNumThreads(threads), o.SetInterOpNumThreads(1),
		o.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"), p.add(o, threads))
	if err != nil {
		return nil, errors.Join(err, o.Destroy())
	}
	return o, nil
}

// expect checks that a named input or output is a float tensor whose shape fits: -1 on either side fits any size.
func (g *graph) expect(name string, shape ...int64) error {
	return g.expectOf(ort.TensorElementDataTypeFloat, name, shape...)
}

// expectOf is expect for tensors of any type.
func (g *graph) expectOf(kind ort.TensorElementDataType, name string, shape ...int64) error {
	list, what := g.inputs, "input"
	at := slices.IndexFunc(list, func(i ort.InputOutputInfo) bool { return i.Name == name })
	if at < 0 {
		list, what = g.outputs, "output"
		at = slices.IndexFunc(list, func(i ort.InputOutputInfo) bool { return i.Name == name })
	}
	want := fmt.Sprintf("%q %s of %s", name, shapeText(shape), typeText(kind))
	if at < 0 {
		return fmt.Errorf("onnx: %s: %w: %s expected, found inputs %s and outputs %s", g.path, ErrModel, want,
			describe(g.inputs), describe(g.outputs))
	}
	got := list[at]
	fits := got.OrtValueType == ort.ONNXTypeTensor && got.DataType == kind &&
		len(got.Dimensions) == len(shape)
	for i := 0; fits && i < len(shape); i++ {
		fits = got.Dimensions[i] < 0 || shape[i] < 0 || got.Dimensions[i] == shape[i]
	}
	if !fits {
		return fmt.Errorf("onnx: %s: %w: %s %s expected, found %s", g.path, ErrModel, what, want, describe(list[at:at+1]))
	}
	return nil
}

// dims returns the declared shape of an input or output, nil where there is none of that name.
func (g *graph) dims(name string) []int64 {
	for _, list := range [][]ort.InputOutputInfo{g.inputs, g.outputs} {
		for _, i := range list {
			if i.Name == name {
				return i.Dimensions
			}
		}
	}
	return nil
}

func names(list []ort.InputOutputInfo) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = v.Name
	}
	return out
}

func (g *graph) close() error {
	if g == nil || g.session == nil {
		return nil
	}
	err := g.session.Destroy()
	g.session = nil
	return err
}

func shapeText(shape []int64) string {
	parts := make([]string, len(shape))
	for i, d := range shape {
		parts[i] = "?"
		if d >= 0 {
			parts[i] = fmt.Sprint(d)
		}
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func describe(list []ort.InputOutputInfo) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = fmt.Sprintf("%q %s of %s", v.Name, shapeText(v.Dimensions), typeText(v.DataType))
	}
	return strings.Join(parts, ", ")
}

func typeText(t ort.TensorElementDataType) string {
	return strings.ToLower(strings.TrimPrefix(t.String(), "ONNX_TENSOR_ELEMENT_DATA_TYPE_"))
}
