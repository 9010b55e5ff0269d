package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"siamtrack"
	"siamtrack/internal/zoo"
	"siamtrack/siamfc/onnx"
)

// maxThreads bounds --threads: ONNX Runtime starts as many as it is asked for, and minutes go by over a hundred
// thousand.
const maxThreads = 256

// modelFlags are the flags of every command that runs a network.
type modelFlags struct {
	model     string
	library   string
	provider  string
	precision string
	threads   int
	loop      loopFlags // of the commands that have them
}

// register adds the flags to a command that tracks.
func (f *modelFlags) register(cmd *cobra.Command) { f.registerWith(cmd, siamtrack.DefaultModel) }

// registerWith adds the flags to a command that runs the named model where none is named.
func (f *modelFlags) registerWith(cmd *cobra.Command, model string) {
	flags := cmd.Flags()
	flags.StringVarP(&f.model, "model", "m", model,
		"`name` of a model (see track models) or path of an .onnx or .json file")
	flags.IntVar(&f.threads, "threads", 1, "threads of ONNX Runtime within an operator")
	flags.StringVar(&f.provider, "provider", string(onnx.ProviderAuto),
		"what runs the network: auto, "+joined(onnx.Providers())+"; auto is a GPU where ONNX Runtime's library has one")
	flags.StringVar(&f.precision, "precision", string(siamtrack.PrecisionAuto),
		"numbers of the network: int8, fp32, or auto, which is what this processor does faster")
	f.registerLibrary(cmd)
}

func (f *modelFlags) registerLibrary(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.library, "onnxruntime", "", "`path` of ONNX Runtime's shared library")
}

// files returns the files of the model that the flags name, where they name a path.
func (f *modelFlags) files() []given {
	base := strings.TrimSuffix(f.model, filepath.Ext(f.model))
	return []given{
		{f.model, "the model"}, {base + ".json", "the model's manifest"}, {base + ".onnx", "the model"},
		{f.library, "--onnxruntime"},
	}
}

// modelTracker is an open model with a tracker over it.
type modelTracker struct {
	*siamtrack.Tracker
	model *siamtrack.Model
}

// Close closes the tracker and its model.
func (m *modelTracker) Close() error { return m.model.Close() }

// open finds and loads the model that the flags name, with a tracker over it. Close what it returns.
func (f *modelFlags) open(cmd *cobra.Command) (*modelTracker, error) {
	m, err := f.load(cmd)
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
func (f *modelFlags) load(cmd *cobra.Command) (*siamtrack.Model, error) {
	if f.threads < 1 || f.threads > maxThreads {
		return nil, usagef("--threads %d: 1 to %d are possible", f.threads, maxThreads)
	}
	provider, err := onnx.ParseProvider(f.provider)
	if err != nil {
		return nil, usagef("--provider: %w", err)
	}
	precision, err := zoo.ParsePrecision(f.precision)
	if err != nil {
		return nil, usagef("--precision: %w", err)
	}
	m, err := siamtrack.Open(f.model, siamtrack.Options{
		Library: f.library, Threads: f.threads, Provider: provider, Precision: precision, Overrides: f.loop.overrides(cmd),
	})
	switch {
	case errors.Is(err, siamtrack.ErrOverride):
		return nil, usagef("%s: %w", strings.Join(f.loop.given(cmd), " "), err)
	case errors.Is(err, siamtrack.ErrUnknown), errors.Is(err, siamtrack.ErrPrecision):
		return nil, wrongUse(err)
	case errors.Is(err, onnx.ErrProvider):
		return nil, fmt.Errorf("%w; track doctor lists what can be used here", err)
	case err != nil:
		return nil, err
	}
	f.sayProvider(cmd, m)
	if given := f.loop.given(cmd); len(given) > 0 {
		logger(cmd).Info("the model's manifest is overridden", "by", strings.Join(given, " "))
	}
	if m.BuiltIn() {
		logger(cmd).Info("the model is the one built into the program", "model", m.Manifest().Name)
	}
	return m, nil
}

// sayProvider says what runs the model: aloud where a provider was to be chosen, and was not found.
func (f *modelFlags) sayProvider(cmd *cobra.Command, m *siamtrack.Model) {
	p, why := m.Provider()
	level := slog.LevelDebug
	if why != "" && cmd.Flags().Changed("provider") {
		level = slog.LevelInfo
	}
	args := []any{"provider", string(p), "file", m.Path()}
	if why != "" {
		args = append(args, "why", why)
	}
	logger(cmd).Log(cmd.Context(), level, "the network runs on", args...)
}

// closeInto closes c and adds what goes wrong to err, which it leaves as it is otherwise: an answer such as
// errDifferent stays what it is.
func closeInto(c io.Closer, err *error) {
	if e := c.Close(); e != nil {
		*err = errors.Join(*err, e)
	}
}
