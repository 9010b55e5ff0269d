package onnx

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"siamtrack/internal/memory"
	"siamtrack/internal/readfile"
	"siamtrack/siamfc"
)

// File is one file of a model.
type File struct {
	Role   string `json:"role"` // "model", "exemplar", "search" or "head"
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
}

// Model is a model's files, loaded, and its manifest.
type Model struct {
	manifest siamfc.Manifest
	own      siamfc.Manifest // as the files have it
	files    []File
	graphs   map[string]*graph
	runtime  *Runtime
	inside   func() (*graph, error) // see loadInside

	mu      sync.Mutex
	batches map[int]*batchedGraph // by their number of crops
	checked *pair                 // see pair; nil before it was asked for
}

// Open loads a model: an ONNX file with its manifest inside, an ONNX file NAME.onnx with its manifest beside it as
// NAME.json, or such a JSON file. Errors name the file, what was found and what was expected; those about a file's
// content wrap ErrModel or siamfc.ErrManifest. Close the model after what it made.
func (r *Runtime) Open(path string) (_ *Model, err error) {
	if !r.open {
		return nil, fmt.Errorf("onnx: open %s: ONNX Runtime is closed", path)
	}
	m := &Model{graphs: map[string]*graph{}, runtime: r, batches: map[int]*batchedGraph{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, m.Close())
		}
	}()
	defer func() { m.own = m.manifest }()
	if filepath.Ext(path) == ".json" {
		return m, m.openBeside(path, r)
	}
	data, err := r.file(path)
	if err != nil {
		return nil, err
	}
	m.inside = r.loadInside(path, data)
	if err := m.load(roleModel, path, data, r); err != nil {
		return nil, err
	}
	text, err := m.graphs[roleModel].metadata(siamfc.MetadataKey)
	if err != nil {
		return nil, err
	}
	beside := strings.TrimSuffix(path, filepath.Ext(path)) + ".json"
	if text == "" {
		if _, err := os.Stat(beside); err == nil {
			err := m.Close()
			m.graphs, m.files, m.inside = map[string]*graph{}, nil, nil
			return m, errors.Join(err, m.openBeside(beside, r))
		}
		return nil, fmt.Errorf("onnx: %s: %w: no manifest in its metadata under %q, and no %s beside it",
			path, ErrModel, siamfc.MetadataKey, filepath.Base(beside))
	}
	if m.manifest, err = siamfc.ParseManifest([]byte(text)); err != nil {
		return nil, fmt.Errorf("onnx: %s: %w", path, err)
	}
	return m, m.addExemplar(path, r)
}

// ReadManifest returns the manifest of a model file as Open finds it, without keeping the model open.
func (r *Runtime) ReadManifest(path string) (siamfc.Manifest, []File, error) {
	m, err := r.Open(path)
	if err != nil {
		return siamfc.Manifest{}, nil, err
	}
	return m.manifest, m.files, m.Close()
}

// openBeside loads the files that a JSON manifest names, relative to it.
func (m *Model) openBeside(path string, r *Runtime) error {
	data, err := r.read(path, readfile.Small)
	if err != nil {
		return fmt.Errorf("onnx: %w", err)
	}
	if m.manifest, err = siamfc.ParseManifest(data); err != nil {
		return fmt.Errorf("onnx: %s: %w", path, err)
	}
	if len(m.manifest.Files) == 0 {
		return fmt.Errorf("onnx: %s: %w: \"files\" names no ONNX file", path, ErrModel)
	}
	for role, name := range m.manifest.Files {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(path), name)
		}
		if err := m.add(role, name, r); err != nil {
			return err
		}
	}
	return nil
}

// maxBytes is what a protobuf file, as ONNX is one, can have.
const maxBytes = 2 << 30

// session is what ONNX Runtime and a small model take at least: 40 to 60 MiB.
const session = memory.Large

func (m *Model) add(role, path string, r *Runtime) error {
	data, err := r.file(path)
	if err != nil {
		return err
	}
	return m.load(role, path, data, r)
}

// file reads a model's file, which is to hold all of its weights.
func (r *Runtime) file(path string) ([]byte, error) {
	data, err := r.read(path, maxBytes)
	if err == nil {
		err = memory.Room(max(session, 2*int64(len(data)))) // ONNX Runtime's own copy, and what it makes of it
	}
	if err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	return data, refuseExternal(path, data)
}

// load adds the graph of a file's content.
func (m *Model) load(role, path string, data []byte, r *Runtime) error {
	g, err := r.load(path, data)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	m.graphs[role] = g
	m.files = append(m.files, File{Role: role, Path: path, SHA256: hex.EncodeToString(sum[:]), Bytes: len(data)})
	return nil
}

// metadata returns the text under a key of the file's metadata, "" where there is none.
func (g *graph) metadata(key string) (string, error) {
	meta, err := g.session.GetModelMetadata()
	if err != nil {
		return "", fmt.Errorf("onnx: %s: metadata: %w", g.path, err)
	}
	text, _, err := meta.LookupCustomMetadataMap(key)
	if err = errors.Join(err, meta.Destroy()); err != nil {
		return "", fmt.Errorf("onnx: %s: metadata: %w", g.path, err)
	}
	return text, nil
}

// Override changes what the model's manifest says; networks that were made before are not of use with it. The error
// wraps siamfc.ErrOverride.
func (m *Model) Override(o siamfc.Overrides) error {
	changed, err := o.Apply(m.own)
	if err == nil {
		m.manifest, m.checked = changed, nil
	}
	return err
}

// Manifest returns the model's manifest, with what Override changed.
func (m *Model) Manifest() siamfc.Manifest { return m.manifest }

// Files returns the model's files with their checksums.
func (m *Model) Files() []File { return m.files }

// Hash returns what tells the model from every other: the SHA-256 of its file, in hex, or, where its manifest lies
// beside its files, that of the manifest and the files' checksums.
func (m *Model) Hash() (string, error) {
	if len(m.own.Files) == 0 {
		return m.files[0].SHA256, nil
	}
	text, err := json.Marshal(m.own)
	if err != nil {
		return "", fmt.Errorf("onnx: model %q: %w", m.manifest.Name, err)
	}
	sums := make([]string, len(m.files))
	for i, f := range m.files {
		sums[i] = f.Role + " " + f.SHA256 + "\n"
	}
	slices.Sort(sums)
	sum := sha256.Sum256(append(text, strings.Join(sums, "")...))
	return hex.EncodeToString(sum[:]), nil
}

// Close frees the model's graphs. It may be called twice.
func (m *Model) Close() error {
	errs := []error{m.closeBatches()}
	if m.inside != nil {
		g, _ := m.inside() // its error was that of Open
		errs = append(errs, g.close())
	}
	for _, g := range m.graphs {
		errs = append(errs, g.close())
	}
	return errors.Join(errs...)
}

// Network is a siamfc.Network that runs a model. It belongs to one goroutine; several may run one model.
type Network interface {
	siamfc.Network
	// Close frees the network's tensors, not the model. It may be called twice.
	Close() error
}

// Network returns a network over the model, its tensors bound and its graphs' shapes checked against the manifest.
func (m *Model) Network() (Network, error) {
	mf := m.manifest
	switch {
	case mf.Layout == siamfc.LayoutNanoTrack && mf.Kind == siamfc.Box:
		return newNanoTrack(m)
	case mf.Layout == siamfc.LayoutVitTrack && mf.Kind == siamfc.Box:
		return newVitTrack(m)
	case mf.Layout == siamfc.LayoutSiamtrack && mf.Kind == siamfc.Box:
		return newBoxNetwork(m)
	case mf.Layout == siamfc.LayoutSiamtrack && mf.Kind == siamfc.Peak:
		e, err := m.Embedder()
		if err != nil {
			return nil, err
		}
		return struct {
			*siamfc.Correlator
			*Embedder
		}{siamfc.NewCorrelator(e, mf), e}, nil
	}
	return nil, fmt.Errorf("onnx: model %q: %w: kind %q in layout %q does not track", mf.Name, ErrModel, mf.Kind,
		mf.Layout)
}

// graph returns the graph of a role.
func (m *Model) graph(role string) (*graph, error) {
	g := m.graphs[role]
	if g == nil {
		return nil, fmt.Errorf("onnx: model %q: %w: \"files\" has no %q, which layout %q needs", m.manifest.Name, ErrModel,
			role, m.manifest.Layout)
	}
	return g, nil
}
