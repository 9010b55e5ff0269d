// Package bench runs a tracker over a benchmark and writes raw tracks, times and a manifest, sequence by sequence, so
// that a run that was killed goes on where it stopped. It scores nothing: that is package score, on the files.
//
// It opens no pictures and no models itself: the caller hands it an Opener and a Factory.
package bench

import (
	"context"
	"errors"
	"io"

	"siamtrack/tracker"
)

// Opener opens picture files as a source of frames, in the order given. The source is closed by who asked for it.
type Opener func(files []string) (tracker.Source, error)

// Factory makes a tracker for one goroutine; the closer frees it, and is nil where there is nothing to free.
type Factory func(ctx context.Context) (tracker.Tracker, io.Closer, error)

// ErrManifest is wrapped by the error of a run that does not belong into the folder it was told to go on in.
var ErrManifest = errors.New("the folder holds another run")

// ErrNotDeterministic is wrapped by the error of a run whose repetitions differ.
var ErrNotDeterministic = errors.New("repetitions differ")

// ErrUse is wrapped by the error of options that cannot be meant.
var ErrUse = errors.New("options do not fit")

// Experiment is what is done with each sequence.
type Experiment string

// The experiments. OPE tracks once from the first frame; the others are VOT's.
const (
	OPE          Experiment = "ope"
	Supervised   Experiment = "supervised"
	Realtime     Experiment = "realtime"
	Unsupervised Experiment = "unsupervised"
	MultiStart   Experiment = "multistart"
	LongTerm     Experiment = "longterm"
)

// Experiments lists them.
func Experiments() []Experiment {
	return []Experiment{OPE, Supervised, Realtime, Unsupervised, MultiStart, LongTerm}
}
