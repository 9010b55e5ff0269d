package follow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"siamtrack/internal/atomicfile"
	"siamtrack/tracker"
)

// RunCorrected is Run for targets that a person marked in several frames; marks with one number are of one target.
// Tracking it begins anew in each, and between two of them it is run from both, forwards and backwards, and the results
// are blended by how near each mark is. One side alone counts where the other has lost the target. Frames between two
// marks of any target are kept in a file in the system's folder for temporary files, uncompressed, and refused at once
// where that has no room for them. A step that was kept has no response map and no crops. Marks that the source ends
// before are an error that wraps tracker.ErrNoFrame.
func RunCorrected(
	ctx context.Context, src tracker.Source, open func() *tracker.Multi, marks []tracker.Start, end int, sinks ...Sink,
) (Summary, error) {
	r := &corrected{src: src, forward: open(), backward: open(), sinks: sinks, spool: spool{free: atomicfile.Free},
		since: map[int]int{}}
	r.marks = slices.Clone(marks)
	slices.SortStableFunc(r.marks, func(a, b tracker.Start) int { return a.Frame - b.Frame })
	for _, m := range r.marks {
		if !slices.Contains(r.order, m.ID) {
			r.order = append(r.order, m.ID)
		}
	}
	return finish(ctx, &r.sum, sinks, func() error { return r.run(ctx, end) })
}

// corrected is the state of a run between marks.
type corrected struct {
	src               tracker.Source
	forward, backward *tracker.Multi
	marks             []tracker.Start // those to come
	order             []int           // the targets' numbers, as they are first marked
	since             map[int]int     // of targets with a mark to come, the frame of the last one
	sinks             []Sink
	sum               Summary
	spool             spool
	ahead             [][]tracker.Target // of the frames in the spool, tracked forwards, and blended where that was done
	given             int                // frames of the spool that were given out
	said              []tracker.Target
}

func (r *corrected) run(ctx context.Context, end int) (err error) {
	defer func() { err = errors.Join(err, r.spool.close()) }()
	var f tracker.Frame
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, r.give(math.MaxInt))
		}
		if err := r.src.Next(&f); errors.Is(err, io.EOF) {
			return r.end(n)
		} else if err != nil {
			return errors.Join(fmt.Errorf("track: read frame %d: %w", n, err), r.give(math.MaxInt))
		}
		if err := r.step(f); err != nil {
			return fmt.Errorf("track: frame %d: %w", f.Index, err)
		}
		if end > 0 && f.Index >= end && len(r.forward.Targets()) > 0 {
			r.marks = nil
			return r.end(n + 1)
		}
	}
}

// end gives out what is left, and says if marks are.
func (r *corrected) end(n int) error {
	err := r.give(math.MaxInt)
	if err == nil && len(r.marks) > 0 {
		err = fmt.Errorf("track: the source ended after %d frames, a box is of frame %d: %w", n, r.marks[0].Frame,
			tracker.ErrNoFrame)
	}
	return err
}

// step takes one frame: the targets that are marked in it begin anew, the others are tracked on.
func (r *corrected) step(f tracker.Frame) error {
	n := 0
	for n < len(r.marks) && r.marks[n].Frame <= f.Index {
		n++
	}
	due := r.marks[:n]
	r.marks = r.marks[n:]
	for _, mark := range due {
		if err := r.blend(f, mark); err != nil {
			return err
		}
		if err := r.wait(f, mark.ID); err != nil {
			return err
		}
	}
	if err := r.track(f, due); err != nil || len(r.forward.Targets()) == 0 {
		return err
	}
	oldest := math.MaxInt
	for _, frame := range r.since {
		oldest = min(oldest, frame)
	}
	if err := r.give(oldest); err != nil {
		return err
	}
	r.said = append(r.said[:0], r.forward.Targets()...)
	slices.SortFunc(r.said, func(a, b tracker.Target) int {
		return slices.Index(r.order, a.ID) - slices.Index(r.order, b.ID)
	})
	if len(r.since) == 0 {
		return r.put(tracker.Step{Frame: f, Targets: r.said})
	}
	kept := make([]tracker.Target, len(r.said))
	for i, t := range r.said {
		kept[i] = bare(t)
	}
	r.ahead = append(r.ahead, kept)
	return r.spool.add(f)
}

// bare returns a target without what is valid until the tracker's next call only.
func bare(t tracker.Target) tracker.Target {
	t.Result.Response, t.Exemplar, t.Search = nil, nil, nil
	return t
}

// wait notes that a target was marked in f, where another mark of it is to come, and sees to it that the frames up to
// that can be kept.
func (r *corrected) wait(f tracker.Frame, id int) error {
	delete(r.since, id)
	next := slices.IndexFunc(r.marks, func(m tracker.Start) bool { return m.ID == id })
	if next < 0 {
		return nil
	}
	r.since[id] = f.Index
	return r.spool.room(f, r.marks[next].Frame-f.Index)
}

// track tracks forwards: targets begin anew on the marks that are due, and the others go on.
func (r *corrected) track(f tracker.Frame, due []tracker.Start) error {
	for _, mark := range due {
		r.forward.Remove(mark.ID)
	}
	if len(r.forward.Targets()) > 0 {
		if _, err := r.forward.Update(f.Image); err != nil {
			return err
		}
	}
	for _, mark := range due {
		r.forward.Remove(mark.ID) // marked twice in one frame: the last one counts
		if _, err := r.forward.Add(f.Image, mark); err != nil {
			return err
		}
	}
	return nil
}

// give gives out the frames in the spool before one.
func (r *corrected) give(before int) error {
	var f tracker.Frame
	for ; r.given < len(r.ahead) && r.spool.frames[r.given].Index < before; r.given++ {
		if err := r.spool.read(r.given, &f); err != nil {
			return err
		}
		if err := r.put(tracker.Step{Frame: f, Targets: r.ahead[r.given]}); err != nil {
			return err
		}
	}
	if r.given == len(r.ahead) {
		r.ahead, r.given = r.ahead[:0], 0
		r.spool.clear()
	}
	return nil
}

// blend tracks a target back from its mark on next to the one before, and mixes the results into those of the frames
// between them.
func (r *corrected) blend(next tracker.Frame, mark tracker.Start) error {
	first, marked := r.since[mark.ID]
	if !marked {
		return nil
	}
	r.backward.Clear()
	if _, err := r.backward.Add(next.Image, mark); err != nil {
		return err
	}
	var f tracker.Frame
	for i := len(r.ahead) - 1; i >= 0 && r.spool.frames[i].Index > first; i-- {
		if err := r.spool.read(i, &f); err != nil {
			return err
		}
		back, err := r.backward.Update(f.Image)
		if err != nil {
			return err
		}
		near := float64(next.Index-f.Index) / float64(next.Index-first)
		own := tracker.Step{Targets: r.ahead[i]}.Target(mark.ID)
		own.Result = mix(own.Result, back[0].Result, near)
	}
	return nil
}

// mix blends the results of two directions; weight, 0..1, is the first one's.
func mix(a, b tracker.Result, weight float64) tracker.Result {
	b.Response = nil
	switch {
	case a.State == tracker.Lost && b.State != tracker.Lost:
		return b
	case b.State == tracker.Lost && a.State != tracker.Lost:
		return a
	}
	of := func(x, y float64) float64 { return x*weight + y*(1-weight) }
	out := a
	if weight < 0.5 {
		out = b // the nearer one's state and search region
	}
	out.Score = of(a.Score, b.Score)
	x, y := a.Box, b.Box
	out.Box = tracker.Box{X: of(x.X, y.X), Y: of(x.Y, y.Y), W: of(x.W, y.W), H: of(x.H, y.H)}
	return out
}

func (r *corrected) put(s tracker.Step) error { return r.sum.put(s, r.sinks) }
