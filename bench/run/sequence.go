package run

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/internal/clock"
	"siamtrack/internal/plural"
	"siamtrack/tracker"
)

// sequence runs one sequence in the experiment, and writes its files, the one that marks it as whole last.
func (r *runner) sequence(ctx context.Context, t tracker.Tracker, s *dataset.Sequence) error {
	files, err := s.Frames()
	if err != nil {
		return err
	}
	if n := s.Len(); n != len(files) && n != 1 {
		return fmt.Errorf("%s, %s of truth (track bench check lists all such)", plural.Of(len(files), "frame"),
			plural.Of(n, "line"))
	}
	if (r.Experiment == folder.MOT) != (s.Objects != nil) {
		return fmt.Errorf("experiment %s does not fit a truth of %s: %w", r.Experiment, r.data.Format, folder.ErrUse)
	}
	switch r.Experiment {
	case folder.MOT:
		return r.objects(ctx, t, s, files)
	case folder.OPE:
		return r.onePass(ctx, t, s, files)
	case folder.MultiStart:
		return r.multiStart(ctx, t, s, files)
	case folder.Supervised, folder.Realtime:
		return r.supervised(ctx, t, s, files)
	default:
		return r.unsupervised(ctx, t, s, files)
	}
}

// pass is one pass over a sequence.
type pass struct {
	boxes      []tracker.Box
	seconds    []float64
	confidence []float64
	stages     []folder.StageTimes
	worst      worstResponse
	load       folder.Load
}

// once tracks from the first of files to the last.
func (r *runner) once(ctx context.Context, t tracker.Tracker, s *dataset.Sequence, files []string,
	init tracker.Box) (_ *pass, err error) {
	src, err := r.Open(files)
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := src.Close(); err == nil {
			err = e
		}
	}()
	p := &pass{}
	timed := clock.NewSource(src)
	begin, used := time.Now(), clock.CPU()
	err = tracker.Run(ctx, timed, t, tracker.RunOptions{Init: init}, func(step tracker.Step) error {
		said := &step.Targets[0]
		box := said.Result.Box
		if said.Initial {
			box = init // the truth as it stands, which toolkits expect in the first row
		}
		p.boxes = append(p.boxes, box)
		p.seconds = append(p.seconds, step.Elapsed().Seconds())
		p.confidence = append(p.confidence, confidenceOf(said))
		if i := len(p.boxes) - 1; !said.Initial && i < s.Len() && len(files) == s.Len() {
			p.worst.consider(i, box, s.Truth[i], said.Result.Response)
		}
		if r.Timing {
			p.stages = append(p.stages, timesOf(step, timed.Last()))
		}
		r.tick(s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	p.load = folder.Load{CPU: (clock.CPU() - used).Seconds(), Wall: time.Since(begin).Seconds()}
	if len(p.boxes) != len(files) {
		return nil, fmt.Errorf("%d of %d frames could be read", len(p.boxes), len(files))
	}
	return p, nil
}

// confidenceOf is the score, NaN for the frame on which the tracker was started.
func confidenceOf(said *tracker.Target) float64 {
	if said.Initial {
		return math.NaN()
	}
	return said.Result.Score
}

// onePass runs the one-pass evaluation, all repetitions.
func (r *runner) onePass(ctx context.Context, t tracker.Tracker, s *dataset.Sequence, files []string) error {
	var passes []*pass
	for range r.Repeat {
		p, err := r.once(ctx, t, s, files, s.Truth[0])
		if err != nil {
			return err
		}
		passes = append(passes, p)
	}
	for _, p := range passes[1:] {
		if !slices.Equal(p.boxes, passes[0].boxes) {
			if err := r.differ(s); err != nil {
				return err
			}
			break
		}
	}
	return r.writePasses(s, passes)
}

// writeStages writes what a timed run measured in a sequence, and nothing of another run.
func (r *runner) writeStages(s *dataset.Sequence, stages []folder.StageTimes, load folder.Load) error {
	if !r.Timing {
		return nil
	}
	if err := folder.WriteStages(r.files.Stages(s.Name), stages); err != nil {
		return err
	}
	return load.Write(r.files.Load(s.Name))
}

// writePasses writes the files of a one-pass evaluation.
func (r *runner) writePasses(s *dataset.Sequence, passes []*pass) error {
	first := passes[0]
	if err := folder.WriteConfidence(r.files.Confidence(s.Name), first.confidence); err != nil {
		return err
	}
	if err := r.writeStages(s, first.stages, first.load); err != nil {
		return err
	}
	if err := r.writeScore(s, first); err != nil {
		return err
	}
	if err := first.worst.write(r.files.Response(s.Name)); err != nil {
		return err
	}
	if !r.files.PerRepetition() {
		if err := folder.WriteTimes(r.files.Times(s.Name), first.seconds); err != nil {
			return err
		}
		return folder.WriteBoxes(r.files.Track(s.Name, 0), first.boxes)
	}
	var seconds [][]float64
	for i, p := range passes {
		if err := folder.WriteBoxes(r.files.Track(s.Name, i), p.boxes); err != nil {
			return err
		}
		seconds = append(seconds, p.seconds)
	}
	return folder.WriteTimes(r.files.Times(s.Name), seconds...)
}
