package play

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siamtrack/bench/dataset"
	"siamtrack/bench/score"
	"siamtrack/tracker"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// scenes opens a benchmark and scores results on it.
func scenes(t *testing.T, root string, args ...string) []*Scene {
	t.Helper()
	d, err := dataset.Open(root, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := score.Find(d, args)
	if err != nil {
		t.Fatal(err)
	}
	ev, err := score.Evaluate(context.Background(), d, entries, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := Scenes(d, ev)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// otb writes two sequences with the results of two trackers; in the second frame of A the truth is absent.
func otb(t *testing.T) (root, results string) {
	t.Helper()
	root, results = t.TempDir(), t.TempDir()
	for name, n := range map[string]int{"A": 3, "B": 2} {
		truth := "10,10,20,20\n" + strings.Repeat("12,10,20,20\n", n-1)
		if name == "A" {
			truth = "10,10,20,20\nnan,nan,nan,nan\n14,10,20,20\n"
		}
		write(t, filepath.Join(root, name, "groundtruth_rect.txt"), truth)
		for i := range n {
			write(t, filepath.Join(root, name, "img", fmt.Sprintf("%04d.jpg", i+1)), "")
		}
		write(t, filepath.Join(results, "good", name+".txt"), "10,10,20,20\n"+strings.Repeat("14,10,20,20\n", n-1))
		write(t, filepath.Join(results, "bad", name+".txt"), "10,10,20,20\n"+strings.Repeat("90,90,20,20\n", n-1))
	}
	return root, results
}

// TestScenes: the truth first, then the trackers by rank, each with its overlap, and no box where there is none.
func TestScenes(t *testing.T) {
	root, results := otb(t)
	got := scenes(t, root, results)
	if len(got) != 2 || got[0].Name != "A" || len(got[0].Files) != 3 {
		t.Fatalf("%+v", got)
	}
	say := func(targets []tracker.Target) string {
		var b strings.Builder
		for _, s := range targets {
			fmt.Fprintf(&b, "%d %s %.0f %.2f %v;", s.ID, s.Name, s.Result.Box.X, s.Result.Score, s.Initial)
		}
		return b.String()
	}
	for i, want := range []string{
		"1 truth 10 1.00 true;2 good 10 1.00 false;3 bad 10 1.00 false;",
		"2 good 14 0.00 false;3 bad 90 0.00 false;",
		"1 truth 14 1.00 true;2 good 14 1.00 false;3 bad 90 0.00 false;",
		"",
	} {
		if s := say(got[0].Targets(i)); s != want {
			t.Errorf("frame %d: %s, want %s", i, s, want)
		}
	}
	if got[0].Targets(-1) != nil {
		t.Error("a frame before the first has targets")
	}
}

// TestScenesOfSeveralTargets: every target and every track has a number of its own through the whole video.
func TestScenesOfSeveralTargets(t *testing.T) {
	root, results := t.TempDir(), t.TempDir()
	write(t, filepath.Join(root, "V", "gt", "gt.txt"),
		"1,5,10,10,20,20,1,1,1\n2,5,12,10,20,20,1,1,1\n2,9,60,10,20,20,1,1,1\n")
	for i := range 2 {
		write(t, filepath.Join(root, "V", "img1", fmt.Sprintf("%06d.jpg", i+1)), "")
	}
	write(t, filepath.Join(results, "V.txt"), "1,5,10,10,20,20,1,-1,-1,-1\n2,7,60,10,20,20,1,-1,-1,-1\n")
	got := scenes(t, root, "mine="+results)
	names := map[int]string{}
	for i := range 2 {
		for _, s := range got[0].Targets(i) {
			if old := names[s.ID]; old != "" && old != s.Name {
				t.Errorf("number %d is %s and %s", s.ID, old, s.Name)
			}
			names[s.ID] = s.Name
		}
	}
	if len(names) != 4 || len(got[0].Targets(1)) != 3 || got[0].Targets(1)[2].Result.Score != 1 {
		t.Errorf("%v, %+v", names, got[0].Targets(1))
	}
}

// film is a source of n frames, 40 ms apart; it counts how often it is closed.
type film struct {
	n, next int
	closed  *int
	err     error // in place of the end
}

func (f *film) Next(dst *tracker.Frame) error {
	if f.next == f.n {
		if f.err != nil {
			return f.err
		}
		return io.EOF
	}
	*dst = tracker.Frame{Image: image.NewRGBA(image.Rect(0, 0, 4, 4)), Index: f.next,
		Time: time.Duration(f.next) * 40 * time.Millisecond}
	f.next++
	return nil
}

func (f *film) Close() error { *f.closed++; return nil }

// TestReel: scenes one after the other, numbers and times going on, every source closed once.
func TestReel(t *testing.T) {
	root, results := otb(t)
	all := scenes(t, root, results)
	closed := 0
	r := NewReel(all, func(files []string) (tracker.Source, error) { return &film{n: len(files), closed: &closed}, nil })
	var f tracker.Frame
	last := -time.Second
	for i := range 5 {
		if err := r.Next(&f); err != nil || f.Index != i || f.Time <= last {
			t.Fatalf("frame %d: %+v %v", i, f, err)
		}
		last = f.Time
	}
	if got := r.Targets(4); len(got) != 3 || got[0].Result.Box.X != 12 {
		t.Errorf("%+v", got)
	}
	if err := r.Next(&f); err != io.EOF {
		t.Error(err)
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil || closed != 2 {
		t.Errorf("%d closed, %v", closed, err)
	}
	broken := errors.New("broken")
	for what, open := range map[string]Opener{
		"open": func([]string) (tracker.Source, error) { return nil, broken },
		"read": func([]string) (tracker.Source, error) { return &film{n: 0, closed: &closed, err: broken}, nil },
	} {
		r := NewReel(all, open)
		if err := r.Next(&f); !errors.Is(err, broken) || !strings.Contains(err.Error(), "sequence A") {
			t.Errorf("%s: %v", what, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	long := NewReel(all, func([]string) (tracker.Source, error) { return &film{n: 9, closed: &closed}, nil })
	var err error
	for err == nil {
		err = long.Next(&f)
	}
	if !strings.Contains(err.Error(), "more than its 3 frames") {
		t.Error(err)
	}
	ended := NewReel(all, func([]string) (tracker.Source, error) { return nil, broken })
	if err := errors.Join(ended.Close()); err != nil || ended.Next(&f) != io.EOF {
		t.Error(err)
	}
}
