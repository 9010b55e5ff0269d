package follow

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"

	"siamtrack/internal/atomicfile"
	"siamtrack/tracker"
)

// RunCorrected is Run for one target that a person marked in several frames: tracking begins anew in each, and between
// two of them it is run from both, forwards and backwards, and the results are blended by how near each mark is. One
// side alone counts where the other has lost the target. The frames between two marks are kept in a file in the
// system's folder for temporary files, uncompressed, and refused at once where that has no room for them. A blended
// step has no response map and no crops. Marks that the source ends before are an error that wraps tracker.ErrNoFrame.
func RunCorrected(
	ctx context.Context, src tracker.Source, open func() *tracker.Multi, marks []tracker.Start, end int, sinks ...Sink,
) (Summary, error) {
	r := &corrected{src: src, forward: open(), backward: open(), sinks: sinks, spool: spool{free: atomicfile.Free}}
	r.marks = slices.SortedFunc(slices.Values(marks), func(a, b tracker.Start) int { return a.Frame - b.Frame })
	return finish(ctx, &r.sum, sinks, func() error { return r.run(ctx, end) })
}

// corrected is the state of a run between marks.
type corrected struct {
	src               tracker.Source
	forward, backward *tracker.Multi
	marks             []tracker.Start // those to come
	sinks             []Sink
	sum               Summary
	spool             spool
	ahead             []tracker.Target // of the frames in the spool, tracked forwards
}

func (r *corrected) run(ctx context.Context, end int) (err error) {
	defer func() { err = errors.Join(err, r.spool.close()) }()
	var f tracker.Frame
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, r.flush(nil))
		}
		if err := r.src.Next(&f); errors.Is(err, io.EOF) {
			return r.end(n)
		} else if err != nil {
			return errors.Join(fmt.Errorf("track: read frame %d: %w", n, err), r.flush(nil))
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
	err := r.flush(nil)
	if err == nil && len(r.marks) > 0 {
		err = fmt.Errorf("track: the source ended after %d frames, a box is of frame %d: %w", n, r.marks[0].Frame,
			tracker.ErrNoFrame)
	}
	return err
}

// step takes one frame: the first of a mark, one between two, or one after the last.
func (r *corrected) step(f tracker.Frame) error {
	begun := len(r.forward.Targets()) > 0
	if len(r.marks) > 0 && f.Index >= r.marks[0].Frame {
		if err := r.flush(&f); err != nil {
			return err
		}
		if err := restart(r.forward, f.Image, r.marks[0]); err != nil {
			return err
		}
		r.marks = r.marks[1:]
	} else if !begun {
		return nil
	} else if _, err := r.forward.Update(f.Image); err != nil {
		return err
	}
	if len(r.marks) == 0 {
		return r.put(tracker.Step{Frame: f, Targets: r.forward.Targets()})
	}
	if len(r.ahead) == 0 {
		if err := r.spool.room(f, r.marks[0].Frame-f.Index); err != nil {
			return err
		}
	}
	r.ahead = append(r.ahead, bare(r.forward.Targets()[0]))
	return r.spool.add(f)
}

// bare returns a target without what is valid until the tracker's next call only.
func bare(t tracker.Target) tracker.Target {
	t.Result.Response, t.Exemplar, t.Search = nil, nil, nil
	return t
}

// restart begins anew on a mark.
func restart(m *tracker.Multi, img *image.RGBA, mark tracker.Start) error {
	m.Clear()
	_, err := m.Add(img, mark)
	return err
}

// flush gives out the frames in the spool: blended with what is tracked back from a mark on next, or where next is nil
// as they are.
func (r *corrected) flush(next *tracker.Frame) error {
	if next != nil && len(r.ahead) > 0 {
		if err := r.blend(*next); err != nil {
			return err
		}
	}
	var f tracker.Frame
	for i := range r.ahead {
		if err := r.spool.read(i, &f); err != nil {
			return err
		}
		if err := r.put(tracker.Step{Frame: f, Targets: r.ahead[i : i+1]}); err != nil {
			return err
		}
	}
	r.ahead = r.ahead[:0]
	r.spool.clear()
	return nil
}

// blend tracks back from the mark on next, and mixes the results into those of the spool's frames.
func (r *corrected) blend(next tracker.Frame) error {
	if err := restart(r.backward, next.Image, r.marks[0]); err != nil {
		return err
	}
	first := r.spool.frames[0].Index
	var f tracker.Frame
	for i := len(r.ahead) - 1; i > 0; i-- { // the first is the mark before
		if err := r.spool.read(i, &f); err != nil {
			return err
		}
		back, err := r.backward.Update(f.Image)
		if err != nil {
			return err
		}
		near := float64(next.Index-f.Index) / float64(next.Index-first)
		r.ahead[i].Result = mix(r.ahead[i].Result, back[0].Result, near)
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
