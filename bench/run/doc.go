// Package run runs a tracker over a benchmark and writes raw tracks, times and a manifest, sequence by sequence, so
// that a run that was killed goes on where it stopped. It scores nothing: that is package score, on the files.
//
// It opens no pictures and no models itself: the caller hands it an Opener and a Factory.
package run

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

// TeamFactory makes a Team for one goroutine's trackers; the closer frees it.
type TeamFactory func() (tracker.Team, io.Closer)

// ErrNotDeterministic is wrapped by the error of a run whose repetitions differ.
var ErrNotDeterministic = errors.New("repetitions differ")
