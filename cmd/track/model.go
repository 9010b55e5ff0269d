package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"siamtrack/internal/zoo"
	"siamtrack/match"
	"siamtrack/siamfc"
	"siamtrack/siamfc/onnx"
)

// maxThreads bounds --threads: ONNX Runtime starts as many as it is asked for, and minutes go by over a hundred thousand.
const maxThreads = 256

// modelFlags are the flags of every command that runs a network.
type modelFlags struct {
	model   string
	library string
	threads int
}

// register adds the flags to a command that tracks.
func (f *modelFlags) register(cmd *cobra.Command) { f.registerWith(cmd, zoo.Default) }

// registerWith adds the flags to a command that runs the named model where none is named.
func (f *modelFlags) registerWith(cmd *cobra.Command, model string) {
	flags := cmd.Flags()
	flags.StringVarP(&f.model, "model", "m", model, "`name` of a model (see track models) or path of an .onnx or .json file")
	flags.IntVar(&f.threads, "threads", 1, "threads of ONNX Runtime within an operator")
	f.registerLibrary(cmd)
}

func (f *modelFlags) registerLibrary(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.library, "onnxruntime", "", "`path` of ONNX Runtime's shared library")
}

// openModel is a model, ready to be used, and all that was opened for it.
type openModel struct {
	*siamfc.Tracker // nil where the model was loaded for something else
	path            string
	runtime         *onnx.Runtime
	model           *onnx.Model
	nets            []io.Closer
}

// open finds and loads the model that the flags name, with a tracker over it. Close what it returns.
func (f *modelFlags) open() (_ *openModel, err error) {
	m, err := f.load()
	if err != nil {
		return nil, err
	}
	if m.Tracker, err = m.another(); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// load finds and loads the model that the flags name. Close what it returns.
func (f *modelFlags) load() (_ *openModel, err error) {
	if f.threads < 1 || f.threads > maxThreads {
		return nil, usagef("--threads %d: 1 to %d are possible", f.threads, maxThreads)
	}
	path, err := zoo.Find(f.model, zoo.Folders())
	if errors.Is(err, zoo.ErrUnknown) {
		return nil, wrongUse(err)
	} else if err != nil {
		return nil, err
	}
	m := &openModel{path: path}
	defer func() {
		if err != nil {
			err = errors.Join(err, m.Close())
		}
	}()
	if m.runtime, err = onnx.Start(onnx.Options{Library: f.library, Threads: f.threads}); err != nil {
		return nil, err
	}
	m.model, err = m.runtime.Open(path)
	return m, err
}

// another returns one more tracker over the same model; Close closes it with the rest. It is for one goroutine,
// apart from the others'.
func (m *openModel) another() (*siamfc.Tracker, error) {
	net, err := m.model.Network()
	if err != nil {
		return nil, err
	}
	m.nets = append(m.nets, net)
	return siamfc.New(net, m.model.Manifest())
}

// matcher returns a matcher over the model's branch; Close closes it with the rest.
func (m *openModel) matcher(d match.Distance) (*match.Matcher, error) {
	hash, err := m.model.Hash()
	if err != nil {
		return nil, err
	}
	branch, err := m.model.Embedder()
	if err != nil {
		return nil, err
	}
	m.nets = append(m.nets, branch)
	return match.New(match.Network{Embedder: branch, Manifest: m.model.Manifest(), Hash: hash}, d)
}

// closeInto closes m and adds what goes wrong to err, which it leaves as it is otherwise: an answer such as errDifferent
// stays what it is.
func (m *openModel) closeInto(err *error) {
	if e := m.Close(); e != nil {
		*err = errors.Join(*err, e)
	}
}

// Close frees the networks, the model and ONNX Runtime. It may be called twice.
func (m *openModel) Close() error {
	var errs []error
	for _, n := range m.nets {
		errs = append(errs, n.Close())
	}
	m.nets = nil
	if m.model != nil {
		errs = append(errs, m.model.Close())
	}
	if m.runtime != nil {
		errs = append(errs, m.runtime.Close())
	}
	return errors.Join(errs...)
}
