package run_test

import (
	"context"
	"errors"
	"image"
	"io"
	"runtime"
	"testing"

	"siamtrack/bench/folder"
	"siamtrack/bench/run"
	"siamtrack/tracker"
)

// drifting is a tracker that does not give the same twice: its boxes move on from call to call.
type drifting struct {
	tracker.Tracker
	by float64
}

func (d *drifting) Update(img *image.RGBA) (tracker.Result, error) {
	r, err := d.Tracker.Update(img)
	d.by += 0.01
	r.Box.X += d.by
	return r, err
}

// TestRepeat: repetitions that are equal are written once, those that differ end with an error that says so.
func TestRepeat(t *testing.T) {
	d := world(t, "groundtruth_rect.txt", nil)
	o := options(t.TempDir())
	o.Repeat = 2
	if sum, err := run.Run(context.Background(), d, o); err != nil || sum.Frames != 140 || len(sum.Differing) != 0 {
		t.Errorf("%+v %v", sum, err)
	}
	o.Out = t.TempDir()
	o.New = func(ctx context.Context) (tracker.Tracker, io.Closer, error) {
		inner, _, err := pixels(ctx)
		return &drifting{Tracker: inner}, nil, err
	}
	for range 2 { // the second call has nothing to do, but does not pass for one that found all equal
		if sum, err := run.Run(context.Background(), d, o); !errors.Is(err, run.ErrNotDeterministic) ||
			len(sum.Differing) != 4 {
			t.Errorf("%+v %v", sum, err)
		}
	}
}

// TestTiming: every stage that is measured has its percentiles, and jobs side by side are refused.
func TestTiming(t *testing.T) {
	d := world(t, "groundtruth_rect.txt", nil)
	o := options(t.TempDir())
	o.Timing = true
	sum, err := run.Run(context.Background(), d, o)
	if err != nil || sum.Timing == nil {
		t.Fatalf("%+v %v", sum, err)
	}
	if tm := sum.Timing; tm.Updates != 66 || tm.FPS <= 0 || tm.FPSMeanInverse < tm.FPS || tm.WallFPS > tm.FPS {
		t.Errorf("%+v", tm)
	}
	if share := sum.Timing.CPUShare; share <= 0 || share > float64(runtime.NumCPU())+0.5 {
		t.Errorf("%v processors busy of %d", share, runtime.NumCPU())
	}
	for _, stage := range []string{"read", "update", "crop", "embed", "correlate", "locate"} {
		if s, ok := sum.Timing.Stages[stage]; !ok || s.P50 > s.P95 || s.P95 > s.P99 {
			t.Errorf("%s: %+v", stage, s)
		}
	}
	o.Jobs = 2
	if _, err := run.Run(context.Background(), d, o); !errors.Is(err, folder.ErrUse) {
		t.Error(err)
	}
}
