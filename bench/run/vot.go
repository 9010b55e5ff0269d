package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/metric"
	"siamtrack/bench/region"
	"siamtrack/tracker"
)

// earlyStop is the number of equal repetitions after which the reset-based experiment is not repeated again.
const earlyStop = 3

// shape is the truth of a frame as a region.
func shape(s *dataset.Sequence, i int) region.Region {
	if s.Regions != nil {
		return s.Regions[i]
	}
	return region.FromBox(s.Truth[i])
}

// supervised runs the reset-based experiment: a tracker that has lost its target is started anew five frames later.
func (r *runner) supervised(ctx context.Context, t tracker.Tracker, s *dataset.Sequence, files []string) error {
	w, h, err := s.Size()
	if err != nil {
		return err
	}
	bounds := region.Bounds{Width: w, Height: h}
	var all []*supervision
	for range r.Repeat {
		v := &supervision{r: r, s: s, t: t, bounds: bounds, realtime: r.Experiment == folder.Realtime}
		if err := v.run(ctx, files); err != nil {
			return err
		}
		all = append(all, v)
		if len(all) >= earlyStop && equalTracks(all) {
			break
		}
	}
	if !equalTracks(all) && r.Experiment != folder.Realtime {
		if err := r.differ(s); err != nil {
			return err
		}
	}
	var seconds [][]float64
	for i, v := range all {
		if err := folder.WriteRegions(r.files.Track(s.Name, i), v.out); err != nil {
			return err
		}
		seconds = append(seconds, v.seconds)
	}
	if err := folder.WriteConfidence(r.files.Confidence(s.Name), all[0].confidence); err != nil {
		return err
	}
	return folder.WriteTimes(r.files.Times(s.Name), seconds...)
}

// equalTracks reports whether all repetitions are one.
func equalTracks(all []*supervision) bool {
	for _, v := range all[1:] {
		if !slices.EqualFunc(v.out, all[0].out, func(a, b region.Region) bool { return a.String() == b.String() }) {
			return false
		}
	}
	return true
}

// supervision is one repetition of the reset-based experiment.
type supervision struct {
	r        *runner
	s        *dataset.Sequence
	t        tracker.Tracker
	bounds   region.Bounds
	realtime bool
	clock    realtimeClock

	out        []region.Region
	seconds    []float64
	confidence []float64
	restart    int // the next frame to start on
}

// run goes through the frames once.
func (v *supervision) run(ctx context.Context, files []string) (err error) {
	src, err := v.r.Open(files)
	if err != nil {
		return err
	}
	defer func() {
		if e := src.Close(); err == nil {
			err = e
		}
	}()
	tracking := false
	var f tracker.Frame
	for i := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := src.Next(&f); errors.Is(err, io.EOF) {
			return fmt.Errorf("%d of %d frames could be read", i, len(files))
		} else if err != nil {
			return fmt.Errorf("frame %d: %w", i+1, err)
		}
		switch {
		case tracking:
			tracking, err = v.update(i, &f)
		case i >= v.restart:
			tracking, err = v.start(i, &f)
		default:
			v.add(region.FromCode(region.Unknown), 0, math.NaN())
		}
		if err != nil {
			return fmt.Errorf("frame %d: %w", i+1, err)
		}
		v.r.tick(v.s)
	}
	return nil
}

// add appends a frame's outcome.
func (v *supervision) add(r region.Region, elapsed time.Duration, confidence float64) {
	v.out = append(v.out, r)
	v.seconds = append(v.seconds, elapsed.Seconds())
	v.confidence = append(v.confidence, confidence)
}

// start starts the tracker on the truth. A frame whose truth is no box to start on is passed over.
func (v *supervision) start(i int, f *tracker.Frame) (bool, error) {
	box, err := shape(v.s, i).Upright().Trackable(v.bounds.Width, v.bounds.Height)
	if err != nil {
		if i == 0 {
			return false, err
		}
		v.add(region.FromCode(region.Unknown), 0, math.NaN())
		return false, nil
	}
	begin := time.Now()
	if err := v.t.Init(f.Image, box); err != nil {
		return false, err
	}
	elapsed := time.Since(begin)
	v.clock.start(elapsed, box)
	v.add(region.FromCode(region.Init), elapsed, math.NaN())
	return true, nil
}

// update tracks one frame on and says whether the target is still held.
func (v *supervision) update(i int, f *tracker.Frame) (bool, error) {
	var res tracker.Result
	var elapsed time.Duration
	if late, box := v.clock.late(); v.realtime && late {
		res.Box = box
	} else {
		begin := time.Now()
		var err error
		if res, err = v.t.Update(f.Image); err != nil {
			return false, err
		}
		elapsed = time.Since(begin)
		v.clock.updated(elapsed, res.Box)
	}
	got := region.FromBox(res.Box)
	overlap := region.OverlapVOT
	if v.r.data.Format == dataset.PySOT { // whose own runs fail by its own raster
		overlap = region.OverlapPySOT
	}
	if overlap(got, shape(v.s, i), v.bounds) <= 0 {
		v.restart = i + metric.SkipInitialize
		v.add(region.FromCode(region.Failure), elapsed, res.Score)
		return false, nil
	}
	v.add(got, elapsed, res.Score)
	return true, nil
}

// realtimeClock simulates a camera of 20 frames/s as the VOT toolkit does: an update that takes longer than a frame
// makes the following frames get the box of before, after three that are forgiven.
type realtimeClock struct {
	grace  int
	behind time.Duration
	box    tracker.Box
}

// The toolkit's default frame rate and grace.
const (
	realtimeFrame = time.Second / 20
	realtimeGrace = 3
)

// start begins anew after an Init that took elapsed.
func (c *realtimeClock) start(elapsed time.Duration, box tracker.Box) {
	*c = realtimeClock{grace: realtimeGrace}
	c.updated(elapsed, box)
}

// updated accounts for an update that took elapsed.
func (c *realtimeClock) updated(elapsed time.Duration, box tracker.Box) {
	c.behind, c.box = 0, box
	if elapsed <= realtimeFrame {
		return
	}
	if c.grace > 0 {
		c.grace--
		return
	}
	c.behind = elapsed - realtimeFrame
}

// late reports whether the tracker is still busy with an earlier frame, and the box that it reported last.
func (c *realtimeClock) late() (bool, tracker.Box) {
	if c.behind > realtimeFrame {
		c.behind -= realtimeFrame
		return true, c.box
	}
	return false, tracker.Box{}
}
