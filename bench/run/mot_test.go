package run_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/run"
	"siamtrack/bench/score"
	"siamtrack/internal/synth"
)

// twoTargets opens a benchmark in MOTChallenge's layout of one video, whose first target's truth is the scene's; the
// second comes in later.
func twoTargets(t *testing.T) (*dataset.Dataset, *synth.Video) {
	t.Helper()
	root := t.TempDir()
	s := scenes["Long"]
	v, err := synth.New(s)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for i := range s.Frames {
		b := v.Truth(i).Box
		fmt.Fprintf(&text, "%d,7,%s,1,1,1\n", i+1, b)
		if i >= 4 {
			fmt.Fprintf(&text, "%d,3,100,80,24,20,1,1,1\n", i+1)
		}
		put(t, filepath.Join(root, "Long", "img1", fmt.Sprintf("%06d.jpg", i+1)), "")
	}
	put(t, filepath.Join(root, "Long", "gt", "gt.txt"), text.String())
	put(t, filepath.Join(root, "Long", "seqinfo.ini"), fmt.Sprintf("imWidth=%d\nimHeight=%d\n", s.Width, s.Height))
	d, err := dataset.Open(root, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d, v
}

// TestSeveralTargets: two targets of one video, the second one a patch of the ground that comes in later, each followed
// from its own first frame and scored.
func TestSeveralTargets(t *testing.T) {
	d, v := twoTargets(t)
	out := t.TempDir()
	o := options(out)
	o.Repeat = 2
	sum, err := run.Run(context.Background(), d, o)
	if err != nil || sum.Done != 1 || sum.Frames != 2*scenes["Long"].Frames {
		t.Fatalf("%+v %v", sum, err)
	}
	lines := strings.Split(read(t, filepath.Join(out, "Long.txt")), "\n")
	if want := fmt.Sprintf("1,7,%s,1.0000,-1,-1,-1", v.Truth(0).Box); lines[0] != want {
		t.Errorf("first line %q, want %q", lines[0], want)
	}
	if !strings.Contains(strings.Join(lines, "\n"), "\n5,3,100.000,80.000,24.000,20.000,1.0000,-1,-1,-1\n") {
		t.Error("the second target does not begin in frame 5 on its own box")
	}
	entries, err := score.Find(d, []string{out})
	if err != nil {
		t.Fatal(err)
	}
	ev, err := score.Evaluate(context.Background(), d, entries, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := ev.Trackers[0]
	if len(got.Sequences[0].Targets) != 2 || *got.IDF1 < 0.9 || *got.HOTA < 0.5 {
		t.Errorf("IDF1 %v, HOTA %v, targets %+v", *got.IDF1, *got.HOTA, got.Sequences[0].Targets)
	}
}

// TestSeveralTargetsInOtherRuns: they are timed, no one-pass evaluation is made of them, and no picture may be missing.
func TestSeveralTargetsInOtherRuns(t *testing.T) {
	d, _ := twoTargets(t)
	o := options(t.TempDir())
	o.Timing = true
	sum, err := run.Run(context.Background(), d, o)
	if err != nil || sum.Timing == nil {
		t.Errorf("timed: %+v %v", sum, err)
	}
	o.Timing = false
	o.Experiment = folder.OPE
	o.Out = t.TempDir()
	if _, err := run.Run(context.Background(), d, o); err == nil || !strings.Contains(err.Error(), "does not fit") {
		t.Errorf("one-pass evaluation of several targets: %v", err)
	}
	if sum, err = run.Run(context.Background(), d, options(t.TempDir())); err != nil || sum.Done != 1 {
		t.Errorf("%+v %v", sum, err)
	}
	files, err := d.Sequences[0].Frames()
	if err == nil {
		err = os.Remove(files[29])
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Run(context.Background(), d, options(t.TempDir())); err == nil {
		t.Error("a picture is missing, and no word of it")
	}
}
