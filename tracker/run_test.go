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
	broken := synth.FailAfter(video(t, 20), 7, io.ErrUnexpectedEOF)
	if err := tracker.Run(t.Context(), broken, &still{}, tracker.RunOptions{Init: box}, none); !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "frame 7") {
		t.Errorf("a source that breaks at frame 7: %v", err)
	}
	if err := tracker.Run(t.Context(), video(t, 20), &still{}, tracker.RunOptions{Init: box, Start: 30}, none); !errors.Is(err, tracker.ErrNoFrame) {
		t.Errorf("a start behind the end: %v", err)
	}
	if err := tracker.Run(t.Context(), video(t, 20), &still{}, tracker.RunOptions{}, none); !errors.Is(err, tracker.ErrBox) {
		t.Errorf("no box: %v", err)
	}
	if err := tracker.Run(t.Context(), video(t, 20), &still{}, tracker.RunOptions{Init: box}, func(tracker.Step) error { return io.ErrShortWrite }); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("a callback that fails: %v", err)
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
