package run_test

import (
	"context"
	"fmt"
	"image"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/bench/folder"
	"siamtrack/bench/run"
	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

// lostAt is a tracker that holds its target, and loses it for good some updates after each start.
type lostAt struct {
	tracker.Tracker
	after, updates int
}

func (l *lostAt) Init(img *image.RGBA, b tracker.Box) error {
	l.updates = 0
	return l.Tracker.Init(img, b)
}

func (l *lostAt) Update(img *image.RGBA) (tracker.Result, error) {
	r, err := l.Tracker.Update(img)
	if l.updates++; l.updates >= l.after {
		r.Box = tracker.Box{X: -500, Y: -500, W: 10, H: 10}
	}
	return r, err
}

// votExtra makes a folder a VOT sequence.
func votExtra(t *testing.T, anchors bool) func(string, synth.Scene) {
	return func(dir string, s synth.Scene) {
		put(t, filepath.Join(dir, "sequence"), fmt.Sprintf("width=%d\nheight=%d\n", s.Width, s.Height))
		if anchors {
			put(t, filepath.Join(dir, "anchor.value"), "1\n"+strings.Repeat("0\n", s.Frames-2)+"-1\n")
		}
	}
}

// codes writes a trajectory as a letter a frame: i start, f failure, - skipped, . tracked.
func codes(t *testing.T, path string) string {
	t.Helper()
	regions, err := folder.ReadRegions(path)
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, r := range regions {
		switch {
		case r.Is(1):
			out += "i"
		case r.Is(2):
			out += "f"
		case r.Is(0):
			out += "-"
		default:
			out += "."
		}
	}
	return out
}

// TestSupervised: a tracker that fails at its 6th update is started anew five frames after each failure, and three
// equal repetitions are enough.
func TestSupervised(t *testing.T) {
	d := world(t, "groundtruth.txt", votExtra(t, false))
	o := options(t.TempDir())
	o.Repeat = 15
	o.New = func(ctx context.Context) (tracker.Tracker, io.Closer, error) {
		inner, _, err := pixels(ctx)
		return &lostAt{Tracker: inner, after: 6}, nil, err
	}
	if _, err := run.Run(context.Background(), d, o); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(o.Out, "baseline", "Long")
	if got, want := codes(t, filepath.Join(dir, "Long_001")), "i.....f----i.....f----i.....f-"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if !folder.HasRegions(filepath.Join(dir, "Long_003")) || folder.HasRegions(filepath.Join(dir, "Long_004")) {
		t.Error("not three repetitions")
	}
}

// TestMultiStart: a run forwards from the first frame and one backwards from the last.
func TestMultiStart(t *testing.T) {
	d := world(t, "groundtruth.txt", votExtra(t, true))
	o := options(t.TempDir())
	if _, err := run.Run(context.Background(), d, o); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(o.Out, "baseline", "Tiny")
	for _, frame := range []int{0, 7} {
		if got := codes(t, filepath.Join(dir, fmt.Sprintf("Tiny_%08d", frame))); got != "i......." {
			t.Errorf("from %d: %s", frame, got)
		}
	}
}

// TestLongTerm: confidences lie beside the track, none for the start.
func TestLongTerm(t *testing.T) {
	d := world(t, "groundtruth.txt", votExtra(t, false))
	o := options(t.TempDir())
	o.Experiment = folder.LongTerm
	if _, err := run.Run(context.Background(), d, o); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(o.Out, "longterm", "Tiny")
	if got := codes(t, filepath.Join(dir, "Tiny_001")); got != "i......." {
		t.Error(got)
	}
	c, err := folder.ReadConfidence(filepath.Join(dir, "Tiny_001_confidence.value"))
	if err != nil || len(c) != 8 || c[0] == c[0] || !(c[1] > 0) {
		t.Errorf("%v %v", c, err)
	}
}
