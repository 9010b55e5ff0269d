package tracker_test

import (
	"context"
	"errors"
	"image"
	"io"
	"strings"
	"testing"

	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

// still is a tracker that never moves: the simplest there is.
type still struct{ box tracker.Box }

func (s *still) Init(_ *image.RGBA, b tracker.Box) error { s.box = b; return nil }
func (s *still) Update(*image.RGBA) (tracker.Result, error) {
	return tracker.Result{Box: s.box, Score: 0.5}, nil
}

func video(t *testing.T, frames int) *synth.Video {
	t.Helper()
	v, err := synth.New(synth.Scene{Width: 64, Height: 48, Frames: frames, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRunGivesEachFrameOnce(t *testing.T) {
	for name, c := range map[string]struct {
		options     tracker.RunOptions
		first, last int
	}{
		"all":    {tracker.RunOptions{}, 0, 19},
		"part":   {tracker.RunOptions{Start: 5, End: 9}, 5, 9},
		"one":    {tracker.RunOptions{Start: 19}, 19, 19},
		"beyond": {tracker.RunOptions{End: 100}, 0, 19},
	} {
		t.Run(name, func(t *testing.T) {
			c.options.Init = tracker.Box{X: 10, Y: 10, W: 20, H: 20}
			want := c.first
			err := tracker.Run(t.Context(), video(t, 20), &still{}, c.options, func(s tracker.Step) error {
				if s.Frame.Index != want || s.Targets[0].Initial != (want == c.first) {
					t.Errorf("frame %d (initial %v), want %d", s.Frame.Index, s.Targets[0].Initial, want)
				}
				want++
				return nil
			})
			if err != nil || want != c.last+1 {
				t.Errorf("ended before frame %d with %v, want %d", want, err, c.last+1)
			}
		})
	}
}

func TestRunSaysWhatWentWrong(t *testing.T) {
	box := tracker.Box{X: 10, Y: 10, W: 20, H: 20}
	none := func(tracker.Step) error { return nil }
	full := func(tracker.Step) error { return io.ErrShortWrite }
	for _, c := range []struct {
		name string
		o    tracker.RunOptions
		src  tracker.Source
		each func(tracker.Step) error
		want error
		says string
	}{
		{"a source that breaks at frame 7", tracker.RunOptions{Init: box},
			synth.FailAfter(video(t, 20), 7, io.ErrUnexpectedEOF), none, io.ErrUnexpectedEOF, "frame 7"},
		{"a start behind the end", tracker.RunOptions{Init: box, Start: 30}, video(t, 20), none,
			tracker.ErrNoFrame, "frame 30"},
		{"no box", tracker.RunOptions{}, video(t, 20), none, tracker.ErrBox, "frame 0"},
		{"a callback that fails", tracker.RunOptions{Init: box}, video(t, 20), full, io.ErrShortWrite, ""},
	} {
		err := tracker.Run(t.Context(), c.src, &still{}, c.o, c.each)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := tracker.Run(ctx, video(t, 20), &still{}, tracker.RunOptions{Init: box}, func(tracker.Step) error {
		if n++; n == 4 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || n != 4 {
		t.Errorf("cancelled after 4 frames: %d frames, %v", n, err)
	}
}

// waited is a source that tells when it is read for the first time.
type waited struct {
	tracker.Source
	first func()
}

func (w *waited) Next(f *tracker.Frame) error {
	if w.first != nil {
		w.first()
		w.first = nil
	}
	return w.Source.Next(f)
}

// TestRunOpensATrackerBeforeTheFirstFrame: while the first frame is decoded the tracker gets ready, and there is one
// only; one that cannot be opened is said where its target would begin.
func TestRunOpensATrackerBeforeTheFirstFrame(t *testing.T) {
	opened, none := 0, errors.New("no tracker")
	start := []tracker.Start{{Box: tracker.Box{X: 10, Y: 10, W: 20, H: 20}}}
	src := &waited{video(t, 3), func() {
		if opened != 1 {
			t.Errorf("%d trackers are open before the first frame", opened)
		}
	}}
	m := tracker.NewMulti(func() (tracker.Tracker, error) { opened++; return &still{}, nil })
	if err := tracker.RunMulti(t.Context(), src, m, start, 0, func(tracker.Step) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if opened != 1 || src.first != nil {
		t.Errorf("%d trackers for one target", opened)
	}
	m = tracker.NewMulti(func() (tracker.Tracker, error) { return nil, none })
	err := tracker.RunMulti(t.Context(), video(t, 3), m, start, 0, func(tracker.Step) error { return nil })
	if !errors.Is(err, none) || !strings.Contains(err.Error(), "frame 0: target 1") {
		t.Errorf("a tracker that cannot be opened: %v", err)
	}
}
