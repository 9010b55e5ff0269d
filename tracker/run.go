package tracker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Step is one frame of a run and what the tracker said of it.
type Step struct {
	// Frame is valid until the callback returns.
	Frame  *Frame
	Result Result
	// Elapsed is the time that Init or Update took, without decoding and without the callback.
	Elapsed time.Duration
	// Initial marks the frame that the tracker was started on: its Result repeats the given box with score 1.
	Initial bool
}

// RunOptions says which part of a source is tracked.
type RunOptions struct {
	// Init is the target in frame Start, as a person gave it; Box.Trackable is applied to it.
	Init Box
	// Start is the index of the frame to start on; frames before it are read and dropped. End is the index of the
	// last frame to track, 0 or less for the end of the source.
	Start, End int
}

// ErrNoFrame is wrapped by the error of a source that ended before the frame to start on.
var ErrNoFrame = errors.New("no frame to start on")

// Run tracks a target through src without dropping a frame and calls each once a frame, the initial one included. It
// returns nil at the end of the source or after frame End, ctx.Err() when cancelled between two frames, and
// otherwise the first error of the source (wrapped with the frame at which it came), the tracker, or each.
// Run closes nothing.
func Run(ctx context.Context, src Source, t Tracker, o RunOptions, each func(Step) error) error {
	var f Frame
	started := false
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := src.Next(&f); errors.Is(err, io.EOF) {
			if !started {
				return fmt.Errorf("track: the source ended after %d frames, the start is frame %d: %w", n, o.Start, ErrNoFrame)
			}
			return nil
		} else if err != nil {
			return fmt.Errorf("track: read frame %d: %w", n, err)
		}
		if f.Index < o.Start {
			continue
		}
		s, err := step(t, &f, o.Init, !started)
		if err != nil {
			return fmt.Errorf("track: frame %d: %w", f.Index, err)
		}
		started = true
		if err := each(s); err != nil {
			return err
		}
		if o.End > 0 && f.Index >= o.End {
			return nil
		}
	}
}

// step starts the tracker on f or moves it on to f.
func step(t Tracker, f *Frame, init Box, first bool) (Step, error) {
	begin := time.Now()
	if !first {
		r, err := t.Update(f.Image)
		return Step{Frame: f, Result: r, Elapsed: time.Since(begin)}, err
	}
	size := f.Image.Bounds()
	box, err := init.Trackable(size.Dx(), size.Dy())
	if err != nil {
		return Step{}, err
	}
	begin = time.Now()
	if err := t.Init(f.Image, box); err != nil {
		return Step{}, err
	}
	return Step{Frame: f, Result: Result{Box: box, Score: 1}, Elapsed: time.Since(begin), Initial: true}, nil
}
