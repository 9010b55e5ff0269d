package siamtrack

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"siamtrack/internal/zoo"
	"siamtrack/siamfc"
	"siamtrack/siamfc/onnx"
)

// The names of the models that are used where none is named.
const (
	// DefaultModel follows.
	DefaultModel = zoo.Default
	// DefaultMatcher compares pictures.
	DefaultMatcher = zoo.DefaultMatch
)

// The reasons for which a model cannot be opened, to be told with errors.Is. Errors about a file's content wrap
// onnx.ErrModel or siamfc.ErrManifest.
var (
	// ErrUnknown is wrapped by the error of a name that no folder has.
	ErrUnknown = zoo.ErrUnknown
	// ErrPrecision is wrapped by the error of a precision that a model does not come in.
	ErrPrecision = zoo.ErrPrecision
	// ErrOverride is wrapped by the error of Overrides that the model has no use for.
	ErrOverride = siamfc.ErrOverride
	// ErrLibrary is wrapped by every error about ONNX Runtime's shared library.
	ErrLibrary = onnx.ErrLibrary
)

// Precision is the kind of numbers that a network computes with; a model comes in one or both.
type Precision = zoo.Precision

// The precisions.
const (
	PrecisionAuto = zoo.PrecisionAuto
	PrecisionInt8 = zoo.PrecisionInt8
	PrecisionFP32 = zoo.PrecisionFP32
)

// Options say how a model is opened. The zero value is ready.
type Options struct {
	// Library is the path of ONNX Runtime's shared library; empty to take the one that ONNXRUNTIME_SHARED_LIBRARY_PATH
	// names, or look beside the program and in the system's folders.
	Library string
	// Threads is the number of threads within an operator, 1 where it is 0: networks this small lose by more.
	Threads int
	// Precision is that of the network's file, PrecisionAuto where it is empty: of a model that is given by its name, the
	// one that this processor runs faster. Of one that is given by a path it is the file itself.
	Precision Precision
	// Provider is what runs the networks, onnx.ProviderCPU where it is empty.
	Provider onnx.Provider
	// Folders are where models are looked for by name; none for the folder that SIAMTRACK_MODELS names, models/ beside
	// the program and above it, share/siamtrack/models above it, and models/ in the working folder. DefaultModel and
	// DefaultMatcher are built in, and taken from there where no folder has them.
	Folders []string
	// Overrides take the place of what the model's manifest says.
	Overrides siamfc.Overrides
}

// Model is an opened model. Its methods may be called from several goroutines; a Tracker or Matcher that it makes
// belongs to one goroutine at a time.
type Model struct {
	path    string
	runtime *onnx.Runtime
	model   *onnx.Model

	mu   sync.Mutex
	nets map[io.Closer]bool // of trackers and matchers that are open
}

// Open opens the model of a name, such as DefaultModel, or of a path: an .onnx file, or a .json manifest of several.
// Close it. Several models may be open at once.
func Open(nameOrPath string, o Options) (_ *Model, err error) {
	folders := o.Folders
	if len(folders) == 0 {
		folders = zoo.Folders()
	}
	m := &Model{nets: map[io.Closer]bool{}}
	if m.path, err = zoo.Find(nameOrPath, folders); err != nil {
		return nil, err
	}
	given := m.path == nameOrPath && (o.Precision == PrecisionAuto || o.Precision == "")
	if !given {
		if m.path, err = zoo.InPrecision(m.path, o.Precision, zoo.Faster()); err != nil {
			return nil, err
		}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, m.Close())
		}
	}()
	if m.runtime, err = onnx.Start(onnx.Options{Library: o.Library, Threads: o.Threads,
		Provider: o.Provider, Read: zoo.Read}); err != nil {
		return nil, err
	}
	if m.model, err = m.runtime.Open(m.path); err != nil {
		return nil, err
	}
	return m, m.model.Override(o.Overrides)
}

// Path returns the path of the file that was opened; of a model that is built in it begins with "embedded:".
func (m *Model) Path() string { return m.path }

// BuiltIn reports whether the model is the one that is built into the program, of which no file was found.
func (m *Model) BuiltIn() bool { return zoo.BuiltIn(m.path) }

// Manifest describes the model: its kind, its sizes, the parameters of its loop.
func (m *Model) Manifest() siamfc.Manifest { return m.model.Manifest() }

// Files returns the model's files with their checksums.
func (m *Model) Files() []onnx.File { return m.model.Files() }

// Hash tells the model from every other; thresholds and the caches of galleries are bound to it.
func (m *Model) Hash() (string, error) { return m.model.Hash() }

// Provider returns what the networks run on, and, where onnx.ProviderAuto came down to the CPU, why.
func (m *Model) Provider() (p onnx.Provider, why string) { return m.runtime.Provider() }

// RuntimeVersion returns the version of ONNX Runtime that runs the model.
func (m *Model) RuntimeVersion() string { return m.runtime.Version() }

// keep notes what is to be closed with the model.
func (m *Model) keep(c io.Closer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.nets[c] = true
}

// release closes what was kept, if it still is.
func (m *Model) release(c io.Closer) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.nets[c] {
		return nil
	}
	delete(m.nets, c)
	return c.Close()
}

// Close frees the model and every tracker and matcher that it made, none of which may run meanwhile or later. It may be
// called twice.
func (m *Model) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var errs []error
	for n := range m.nets {
		errs = append(errs, n.Close())
	}
	clear(m.nets)
	if m.model != nil {
		errs = append(errs, m.model.Close())
	}
	if m.runtime != nil {
		errs = append(errs, m.runtime.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("siamtrack: close model %s: %w", m.path, err)
	}
	return nil
}
