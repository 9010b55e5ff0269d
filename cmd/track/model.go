package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"siamtrack"
)

// maxThreads bounds --threads: ONNX Runtime starts as many as it is asked for, and minutes go by over a hundred
// thousand.
const maxThreads = 256

// modelFlags are the flags of every command that runs a network.
type modelFlags struct {
	model   string
	library string
	threads int
}

// register adds the flags to a command that tracks.
func (f *modelFlags) register(cmd *cobra.Command) { f.registerWith(cmd, siamtrack.DefaultModel) }

// registerWith adds the flags to a command that runs the named model where none is named.
func (f *modelFlags) registerWith(cmd *cobra.Command, model string) {
	flags := cmd.Flags()
	flags.StringVarP(&f.model, "model", "m", model,
		"`name` of a model (see track models) or path of an .onnx or .json file")
	flags.IntVar(&f.threads, "threads", 1, "threads of ONNX Runtime within an operator")
	f.registerLibrary(cmd)
}

func (f *modelFlags) registerLibrary(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.library, "onnxruntime", "", "`path` of ONNX Runtime's shared library")
}

// modelTracker is an open model with a tracker over it.
type modelTracker struct {
	*siamtrack.Tracker
	model *siamtrack.Model
}

// Close closes the tracker and its model.
func (m *modelTracker) Close() error { return m.model.Close() }

// open finds and loads the model that the flags name, with a tracker over it. Close what it returns.
func (f *modelFlags) open() (*modelTracker, error) {
	m, err := f.load()
	if err != nil {
		return nil, err
	}
	t, err := m.Tracker()
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return &modelTracker{t, m}, nil
}

// load finds and loads the model that the flags name. Close what it returns.
func (f *modelFlags) load() (*siamtrack.Model, error) {
	if f.threads < 1 || f.threads > maxThreads {
		return nil, usagef("--threads %d: 1 to %d are possible", f.threads, maxThreads)
	}
	m, err := siamtrack.Open(f.model, siamtrack.Options{Library: f.library, Threads: f.threads})
	if errors.Is(err, siamtrack.ErrUnknown) {
		return nil, wrongUse(err)
	}
	return m, err
}

// closeInto closes c and adds what goes wrong to err, which it leaves as it is otherwise: an answer such as
// errDifferent stays what it is.
func closeInto(c io.Closer, err *error) {
	if e := c.Close(); e != nil {
		*err = errors.Join(*err, e)
	}
}
