package tracker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

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

// Run tracks one target through src without dropping a frame and calls each once a frame, the initial one included. It
// returns nil at the end of the source or after frame End, ctx.Err() when cancelled between two frames, and
// otherwise the first error of the source (wrapped with the frame at which it came), the tracker, or each. A Step, its
// picture included, is valid until each returns. Run closes nothing.
func Run(ctx context.Context, src Source, t Tracker, o RunOptions, each func(Step) error) error {
	m := NewMulti(func() (Tracker, error) { return t, nil })
	return RunMulti(ctx, src, m, []Start{{Frame: o.Start, Box: o.Init}}, o.End, each)
}

// RunMulti is Run for several targets, each of which m begins to follow in the frame that starts names. Frames before
// the first of them are read and dropped. A target whose frame does not come is an error that wraps ErrNoFrame, after
// all others were followed to the end.
func RunMulti(ctx context.Context, src Source, m *Multi, starts []Start, end int, each func(Step) error) error {
	waiting := Numbered(starts)
	slices.SortStableFunc(waiting, func(a, b Start) int { return a.Frame - b.Frame })
	if len(waiting) > 0 {
		m.ready()
	}
	var f Frame
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := src.Next(&f); errors.Is(err, io.EOF) {
			return missed(waiting, n)
		} else if err != nil {
			return fmt.Errorf("track: read frame %d: %w", n, err)
		}
		var err error
		if waiting, err = step(m, f, waiting); err != nil {
			return fmt.Errorf("track: frame %d: %w", f.Index, err)
		}
		if len(m.Targets()) == 0 {
			continue
		}
		if err := each(Step{Frame: f, Targets: m.Targets()}); err != nil {
			return err
		}
		if end > 0 && f.Index >= end {
			return missed(waiting, n+1)
		}
	}
}

// Numbered returns starts with a number for each target: those that have none get the next one that no other has.
func Numbered(starts []Start) []Start {
	out, taken := slices.Clone(starts), map[int]bool{}
	for _, s := range starts {
		taken[s.ID] = true
	}
	next := 1
	for i := range out {
		if out[i].ID != 0 {
			continue
		}
		for taken[next] {
			next++
		}
		out[i].ID = next
		next++
	}
	return out
}

// missed returns the error about targets that wait for a frame though only n came.
func missed(waiting []Start, n int) error {
	if len(waiting) == 0 {
		return nil
	}
	return fmt.Errorf("track: the source ended after %d frames, the start is frame %d: %w",
		n, waiting[0].Frame, ErrNoFrame)
}

// step moves the targets on to f and adds those that wait for it. It returns those that wait for a later one.
func step(m *Multi, f Frame, waiting []Start) ([]Start, error) {
	if len(m.Targets()) > 0 {
		if _, err := m.Update(f.Image); err != nil {
			return waiting, err
		}
	}
	for len(waiting) > 0 && f.Index >= waiting[0].Frame {
		if _, err := m.Add(f.Image, waiting[0]); err != nil {
			return waiting, err
		}
		waiting = waiting[1:]
	}
	return waiting, nil
}
