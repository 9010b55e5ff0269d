package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/mot"
	"siamtrack/internal/clock"
	"siamtrack/tracker"
)

// targets are the starts of a video's targets: each on the first of its boxes that a tracker can start on. numbers has
// the truth's number of each, whose place in it, counted from 1, is the start's own.
func targets(s *dataset.Sequence) (starts []tracker.Start, numbers []int, err error) {
	width, height, err := s.Size()
	if err != nil {
		return nil, nil, err
	}
	seen := map[int]bool{}
	for i, objects := range s.Objects {
		for _, o := range objects {
			if o.Role != mot.Counted || seen[o.ID] {
				continue
			}
			if _, err := o.Box.Trackable(width, height); err != nil {
				continue
			}
			seen[o.ID] = true
			numbers = append(numbers, o.ID)
			starts = append(starts, tracker.Start{ID: len(numbers), Frame: i, Box: o.Box})
		}
	}
	if len(starts) == 0 {
		return nil, nil, errors.New("no target that a tracker can start on")
	}
	return starts, numbers, nil
}

// objects runs a video with several targets, all repetitions.
func (r *runner) objects(ctx context.Context, t tracker.Tracker, s *dataset.Sequence, files []string) (err error) {
	starts, numbers, err := targets(s)
	if err != nil {
		return err
	}
	var closers []io.Closer
	defer func() {
		for _, c := range closers {
			err = errors.Join(err, c.Close())
		}
	}()
	unused := t
	m := tracker.NewMulti(func() (tracker.Tracker, error) {
		if t := unused; t != nil {
			unused = nil
			return t, nil
		}
		more, closer, err := r.New(ctx)
		if closer != nil {
			closers = append(closers, closer)
		}
		return more, err
	})
	if r.Team != nil {
		team, closer := r.Team()
		closers = append(closers, closer)
		m.SearchAs(team)
	}
	var first *objectsPass
	for range r.Repeat {
		p := &objectsPass{frames: make([][]folder.Spotted, len(files)), seconds: make([]float64, len(files))}
		if err := r.objectsOnce(ctx, m, s, files, starts, numbers, p); err != nil {
			return err
		}
		if first == nil {
			first = p
		} else if !slices.EqualFunc(p.frames, first.frames, slices.Equal) {
			if err := r.differ(s); err != nil {
				return err
			}
		}
	}
	if err := r.writeStages(s, first.stages, first.load); err != nil {
		return err
	}
	if err := folder.WriteTimes(r.files.Times(s.Name), first.seconds); err != nil {
		return err
	}
	return folder.WriteObjects(r.files.Track(s.Name, 0), first.frames)
}

// objectsPass is one pass over a video.
type objectsPass struct {
	frames  [][]folder.Spotted
	seconds []float64
	stages  []folder.StageTimes
	load    folder.Load
	done    int // frames
}

// objectsOnce follows the targets from the first of files to the last. A target that is lost has no box.
func (r *runner) objectsOnce(ctx context.Context, m *tracker.Multi, s *dataset.Sequence, files []string,
	starts []tracker.Start, numbers []int, p *objectsPass) (err error) {
	src, err := r.Open(files)
	if err != nil {
		return err
	}
	defer func() {
		if e := src.Close(); err == nil {
			err = e
		}
	}()
	m.Clear()
	timed := clock.NewSource(src)
	begin, used := time.Now(), clock.CPU()
	err = tracker.RunMulti(ctx, timed, m, starts, 0, func(step tracker.Step) error {
		i := step.Frame.Index
		if i >= len(files) {
			return fmt.Errorf("frame %d of %d", i+1, len(files))
		}
		for _, said := range step.Targets {
			o := folder.Spotted{Object: mot.Object{ID: numbers[said.ID-1], Box: said.Result.Box}, Score: said.Result.Score}
			if said.Initial {
				o.Box = starts[said.ID-1].Box // the truth as it stands, as in every experiment
			}
			if said.Initial || said.Result.State != tracker.Lost {
				p.frames[i] = append(p.frames[i], o)
			}
		}
		p.seconds[i] = step.Elapsed().Seconds()
		p.stages = append(p.stages, timesOf(step, timed.Last()))
		for ; p.done <= i; p.done++ { // those before the first target too
			r.tick(s)
		}
		return nil
	})
	p.load = folder.Load{CPU: (clock.CPU() - used).Seconds(), Wall: time.Since(begin).Seconds()}
	if err == nil && p.done != len(files) {
		err = fmt.Errorf("%d of %d frames could be read", p.done, len(files))
	}
	return err
}
