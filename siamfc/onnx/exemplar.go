package onnx

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
	"google.golang.org/protobuf/encoding/protowire"

	"siamtrack/siamfc"
)

// The roles of a box model's graphs, and the inputs that Go gives them; what else the search graph takes is the
// other's.
const (
	roleModel    = "model"
	roleExemplar = "exemplar"
	inputImage   = "image"
	inputMark    = "mark"
)

// exemplarKey is the key of the exemplar graph, base64, in the metadata of a file that holds both.
const exemplarKey = siamfc.MetadataKey + ".exemplar"

// Numbers of fields in onnx.proto3, of an entry of the metadata.
const (
	entryKey   protowire.Number = 1
	entryValue protowire.Number = 2
)

// addExemplar loads the exemplar graph of the model file at path: from the file's own metadata, or from the file that
// its manifest names. A model may have none: then its one graph serves both crops.
func (m *Model) addExemplar(path string, r *Runtime) error {
	for role := range m.manifest.Files {
		if role != roleExemplar {
			return fmt.Errorf("onnx: %s: %w: \"files\" in its own metadata names a file for %q; only \"exemplar\" can be one",
				path, ErrModel, role)
		}
	}
	beside := m.manifest.Files[roleExemplar]
	switch {
	case m.inside != nil && beside != "":
		return fmt.Errorf("onnx: %s: %w: an exemplar graph in its metadata, and another in %s", path, ErrModel, beside)
	case m.inside != nil:
		g, err := m.inside()
		m.graphs[roleExemplar] = g
		return err
	case beside != "":
		if !filepath.IsAbs(beside) {
			beside = filepath.Join(filepath.Dir(path), beside)
		}
		return m.add(roleExemplar, beside, r)
	}
	return nil
}

// loadInside returns what loads the exemplar graph in a file's metadata, once, and nil where the file has none. On the
// CPU that begins at once, beside the file's own graph, as each keeps one processor busy. Another provider may turn out
// not to run a graph, and the next one is then loaded for the CPU, so they wait for each other.
func (r *Runtime) loadInside(path string, file []byte) func() (*graph, error) {
	text := metadataIn(file, exemplarKey)
	if len(text) == 0 {
		return nil
	}
	load := sync.OnceValues(func() (*graph, error) {
		data, err := base64.StdEncoding.DecodeString(string(text))
		if err != nil {
			return nil, fmt.Errorf("onnx: %s: %w: its exemplar graph: %w", path, ErrModel, err)
		}
		return r.load(path+" (its exemplar graph)", data)
	})
	if r.provider == ProviderCPU {
		go func() { _, _ = load() }() // whoever needs it is told
	}
	return load
}

// metadataIn returns the text under a key of the metadata in a model's file, nil where there is none.
func metadataIn(file []byte, key string) (text []byte) {
	all, err := fields(file)
	if err != nil {
		return nil
	}
	for _, f := range all {
		if f.number != modelMetadata {
			continue
		}
		if k, err := within(f.value, entryKey); err == nil && string(k) == key {
			text, _ = within(f.value, entryValue)
		}
	}
	return text
}

// pair is a box model's two graphs, one and the same where the file has one. It is not changed once it is made.
type pair struct {
	exemplar, search *graph
	kept             map[string][]int64 // shapes of what the search graph takes besides the image, by name
	features         []int64            // the shape of the one graph's features; nil where there are two graphs
	packing          packing            // of the search graph's image
}

// pair returns a box model's graphs, its inputs and outputs checked, which is done once: it takes a run of the exemplar
// graph.
func (m *Model) pair() (*pair, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.checked == nil {
		p, err := m.check()
		if err != nil {
			return nil, err
		}
		m.checked = p
	}
	return m.checked, nil
}

func (m *Model) check() (*pair, error) {
	g, err := m.graph(roleModel)
	if err != nil {
		return nil, err
	}
	packing, err := g.packing()
	if err := errors.Join(err, g.expect("response", 1, 1, -1, -1), g.expect("sides", 1, 4, -1, -1)); err != nil {
		return nil, err
	}
	p := &pair{exemplar: g, search: g, kept: map[string][]int64{}, packing: packing}
	if e := m.graphs[roleExemplar]; e != nil {
		p.exemplar = e
		return p, p.learn(m.manifest.Exemplar.Size)
	}
	if packing.patch > 0 {
		return nil, fmt.Errorf("onnx: %s: %w: %w", g.path, ErrModel, errPacked)
	}
	cells := int64(math.Ceil(float64(m.manifest.Exemplar.Size) / m.manifest.Grid.Stride))
	if err := errors.Join(g.expect("exemplar", 1, -1, cells, cells), g.expect("features", 1, -1, -1, -1)); err != nil {
		return nil, err
	}
	channels := g.dims("exemplar")[1]
	if channels < 1 {
		return nil, fmt.Errorf("onnx: %s: %w: input \"exemplar\" leaves its channels open", g.path, ErrModel)
	}
	p.features = []int64{1, channels, cells, cells}
	p.kept["exemplar"] = p.features
	for _, in := range g.inputs {
		switch in.Name {
		case inputImage, "exemplar":
		case inputMark:
			p.kept[inputMark] = []int64{1, 4}
			err = g.expect(inputMark, 1, 4)
		default:
			return nil, fmt.Errorf("onnx: %s: %w: input %q is not one that is known", g.path, ErrModel, in.Name)
		}
	}
	return p, err
}

// learn runs the exemplar graph once, on nothing, to learn what it gives and in which shapes: either file may leave
// them open.
func (p *pair) learn(size int) (err error) {
	var r resources
	defer func() { err = errors.Join(err, r.Close()) }()
	inputs, err := p.exemplarInputs(&r, size)
	if err != nil {
		return err
	}
	given, err := p.exemplar.shapesOf(inputs)
	if err != nil {
		return err
	}
	for _, in := range p.search.inputs {
		if in.Name == inputImage {
			continue
		}
		shape, ok := given[in.Name]
		if !ok {
			return fmt.Errorf("onnx: %s: %w: the search graph takes %q, which the exemplar graph does not give; it gives %s",
				p.search.path, ErrModel, in.Name, describe(p.exemplar.outputs))
		}
		if err := errors.Join(p.search.expect(in.Name, shape...), p.exemplar.expect(in.Name, shape...)); err != nil {
			return err
		}
		p.kept[in.Name] = shape
	}
	return nil
}

// exemplarInputs makes the tensors that the exemplar graph of two is given, on crops of size pixels.
func (p *pair) exemplarInputs(r *resources, size int) (map[string]*tensor, error) {
	z := int64(size)
	inputs := map[string]*tensor{}
	var errs []error
	add := func(name string, shape ...int64) {
		t, err := r.tensor(shape...)
		inputs[name] = t
		errs = append(errs, p.exemplar.expect(name, shape...), err)
	}
	add(inputImage, 1, 3, z, z)
	if p.exemplar.has(inputMark) {
		add(inputMark, 1, 4)
	}
	return inputs, errors.Join(errs...)
}

// keep makes the tensors that the search graph takes besides the image.
func (p *pair) keep(r *resources) (map[string]*tensor, error) {
	kept := map[string]*tensor{}
	for name, shape := range p.kept {
		t, err := r.tensor(shape...)
		if err != nil {
			return nil, err
		}
		kept[name] = t
	}
	return kept, nil
}

// has reports whether a graph has an input of a name.
func (g *graph) has(input string) bool {
	return slices.ContainsFunc(g.inputs, func(i ort.InputOutputInfo) bool { return i.Name == input })
}
