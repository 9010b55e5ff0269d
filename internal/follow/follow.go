// Package follow runs a tracker through a video into files: tracks, an annotated video, figures of time. What is done
// with each frame is a Sink; a run of every frame and a live one share them.
package follow

import (
	"context"
	"errors"
	"slices"
	"time"

	"siamtrack/tracker"
)

// Sink takes the steps of a run in order.
type Sink interface {
	// Put takes one step. The step's pictures and response maps are valid until Put returns, and are not to be changed.
	// After an error the sink takes no more.
	Put(tracker.Step) error
	// Close ends what the sink writes; what Put took is then on disk. It may be called twice.
	Close() error
}

// Summary says what a run did.
type Summary struct {
	// Frames were tracked, the initial one included, from the index First to the index Last.
	Frames, First, Last int
	// Targets are those that were followed, in the order in which they were marked.
	Targets []TargetSummary
	// Wall is the time from beginning to end, with decoding, drawing and writing.
	Wall time.Duration
}

// TargetSummary says what a run did for one target.
type TargetSummary struct {
	ID   int
	Name string
	// States counts the target's frames by tracker.State.
	States [3]int
}

// States counts the frames of all targets by tracker.State.
func (s Summary) States() (sum [3]int) {
	for _, t := range s.Targets {
		for state, n := range t.States {
			sum[state] += n
		}
	}
	return sum
}

// Rate returns the frames a second of the whole run.
func (s Summary) Rate() float64 {
	if s.Wall <= 0 {
		return 0
	}
	return float64(s.Frames) / s.Wall.Seconds()
}

// Run tracks as tracker.RunMulti does, gives every step to every sink, and closes the sinks, whatever happened: what
// was tracked is then in the files. The Summary is right with an error too. The error joins the run's and the sinks';
// a run that was cancelled gives ctx.Err().
func Run(
	ctx context.Context, src tracker.Source, m *tracker.Multi, starts []tracker.Start, end int, sinks ...Sink,
) (Summary, error) {
	var sum Summary
	return finish(ctx, &sum, sinks, func() error {
		return tracker.RunMulti(ctx, src, m, starts, end, func(s tracker.Step) error { return sum.put(s, sinks) })
	})
}

// put counts a step and gives it to every sink.
func (s *Summary) put(step tracker.Step, sinks []Sink) error {
	s.add(step)
	for _, sink := range sinks {
		if err := sink.Put(step); err != nil {
			return err
		}
	}
	return nil
}

// finish runs, closes the sinks and completes the summary.
func finish(ctx context.Context, sum *Summary, sinks []Sink, run func() error) (Summary, error) {
	begin := time.Now()
	err := run()
	if err != nil && ctx.Err() != nil {
		err = ctx.Err() // a source that is closed to end its read says so in its own words
	}
	errs := []error{err}
	for _, sink := range sinks {
		if err := sink.Close(); err != nil && !errors.Is(errors.Join(errs...), err) {
			errs = append(errs, err)
		}
	}
	sum.Wall = time.Since(begin)
	return *sum, errors.Join(errs...)
}

func (s *Summary) add(step tracker.Step) {
	if s.Frames == 0 {
		s.First = step.Frame.Index
	}
	s.Last = step.Frame.Index
	s.Frames++
	for i := range step.Targets {
		t := &step.Targets[i]
		k := slices.IndexFunc(s.Targets, func(have TargetSummary) bool { return have.ID == t.ID })
		if k < 0 {
			k = len(s.Targets)
			s.Targets = append(s.Targets, TargetSummary{ID: t.ID, Name: t.Name})
		}
		if st := t.Result.State; st >= 0 && int(st) < len(s.Targets[k].States) {
			s.Targets[k].States[st]++
		}
	}
}
