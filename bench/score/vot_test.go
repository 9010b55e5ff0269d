package score

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/bench/dataset"
	"siamtrack/bench/metric"
)

// TestBadTrajectories: what is wrong in VOT's result files is named by file and line.
func TestBadTrajectories(t *testing.T) {
	root := t.TempDir()
	file(t, strings.Repeat("10,10,20,20\n", 6), root, "S", "groundtruth.txt")
	file(t, "width=64\nheight=48\n", root, "S", "sequence")
	d, err := dataset.Open(root, dataset.Options{Format: dataset.VOT})
	if err != nil {
		t.Fatal(err)
	}
	box := "10,10,20,20\n"
	for want, c := range map[string]struct{ name, text string }{
		"S_001.txt:4: 4 regions for 6 frames: ": {"S_001.txt", "1\n" + strings.Repeat(box, 3)},
		"S_001.txt:7: 8 regions for 6 frames: ": {"S_001.txt", "1\n" + strings.Repeat(box, 7)},
		"S_001.txt:3: unknown code 5":           {"S_001.txt", "1\n" + box + "5\n" + strings.Repeat(box, 3)},
		"S_001.txt:2: ":                         {"S_001.txt", "1\n10,10,20\n" + strings.Repeat(box, 4)},
		"S_002.txt:3: a start while the one of": {"S_002.txt", "1\n" + box + "1\n2\n0\n0\n"},
		"S_time.txt:2: 2 times for 6 frames":    {"S_time.txt", "0.1\n0.1\n"},
	} {
		dir := t.TempDir()
		file(t, "1\n"+strings.Repeat(box, 5), dir, "baseline", "S", "S_001.txt")
		file(t, c.text, dir, "baseline", "S", c.name)
		_, err := Evaluate(context.Background(), d, []Entry{{"T", dir}}, Options{Experiment: "supervised"})
		if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "baseline", "S", want)) {
			t.Errorf("want %q: %v", want, err)
		}
		if strings.Contains(want, "regions for") && !errors.Is(err, metric.ErrLength) {
			t.Errorf("%v is no error of length", err)
		}
	}
}

// TestRankByEAO: a tracker whose curve ends before EAO's interval begins comes last, however accurate; without any EAO
// accuracy ranks.
func TestRankByEAO(t *testing.T) {
	root, dir := t.TempDir(), t.TempDir()
	file(t, strings.Repeat("10,10,20,20\n", 30), root, "S", "groundtruth.txt")
	file(t, "width=64\nheight=48\n", root, "S", "sequence")
	file(t, "1\n"+strings.Repeat("12,10,20,20\n", 29), dir, "holds", "baseline", "S", "S_001.txt")
	failing := "1\n" + strings.Repeat("10,10,20,20\n", 11) + "2\n0\n0\n"
	file(t, failing+failing, dir, "fails", "baseline", "S", "S_001.txt")
	d, err := dataset.Open(root, dataset.Options{Format: dataset.VOT})
	if err != nil {
		t.Fatal(err)
	}
	entries := []Entry{{"fails", filepath.Join(dir, "fails")}, {"holds", filepath.Join(dir, "holds")}}
	for first, interval := range map[string]*metric.EAOInterval{"holds": {Low: 15, High: 25}, "fails": nil} {
		ev, err := Evaluate(context.Background(), d, entries, Options{Experiment: "supervised", EAO: interval})
		if err != nil || ev.Trackers[0].Name != first {
			t.Errorf("interval %v: %+v %v, want %s first", interval, ev, err, first)
		}
	}
}
