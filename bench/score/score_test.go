package score

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/metric"
	"siamtrack/internal/atomicfile"
)

// file writes one file.
func file(t *testing.T, text string, path ...string) {
	t.Helper()
	if err := atomicfile.WriteWithFolders(filepath.Join(path...), []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// small is a benchmark of two sequences with attributes, and two trackers: good is exact, bad sees nothing of B.
func small(t *testing.T) (d *dataset.Dataset, dir string) {
	t.Helper()
	root, dir := t.TempDir(), t.TempDir()
	boxes := strings.Repeat("10,10,20,20\n", 4)
	for _, name := range []string{"A", "B"} {
		file(t, boxes, root, name, "groundtruth_rect.txt")
		file(t, "ALL,"+name, root, name, "attributes.txt")
		file(t, boxes, dir, "good", name+".txt")
		file(t, "0\n0.01\n0.01\n0.02\n", dir, "good", name+"_time.txt")
	}
	file(t, boxes, dir, "bad", "A.txt")
	file(t, "10,10,20,20\n"+strings.Repeat("200,200,20,20\n", 3), dir, "bad", "B.txt")
	d, err := dataset.Open(root, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d, dir
}

// TestEvaluate: ranking, means, attributes and the keys of the JSON, by hand.
func TestEvaluate(t *testing.T) {
	d, dir := small(t)
	entries, err := Find(d, []string{dir})
	if err != nil || len(entries) != 2 {
		t.Fatal(entries, err)
	}
	ev, err := Evaluate(context.Background(), d, entries, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if ev.Trackers[0].Name != "good" || ev.Sequences != 2 || ev.Frames != 8 || ev.Convention != "got10k" {
		t.Errorf("%+v", ev)
	}
	perfect := 20.0 / 21
	bad := ev.Trackers[1]
	for _, c := range []struct {
		what string
		got  *float64
		want float64
	}{
		{"good", ev.Trackers[0].SuccessAUC, perfect}, {"good's speed", ev.Trackers[0].FPS, 3 / 0.04},
		{"bad", bad.SuccessAUC, (perfect + perfect/4) / 2}, {"bad on A", bad.Attributes["A"].SuccessAUC, perfect},
		{"bad on B", bad.Attributes["B"].SuccessAUC, perfect / 4}, {"bad's AO", bad.AO, 0.5}, {"bad's SR", bad.SR50, 0.5},
	} {
		if c.got == nil || *c.got < c.want-1e-9 || *c.got > c.want+1e-9 {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
	if bad.FPS != nil {
		t.Errorf("a speed without times: %v", *bad.FPS)
	}
	path := filepath.Join(t.TempDir(), "scores.json")
	if err := WriteJSON(path, ev); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Trackers []map[string]any `json:"trackers"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"name", "success_auc", "precision_20", "norm_precision_20", "op_50", "op_75", "ao",
		"sr_50", "sr_75", "fps"} {
		if _, ok := doc.Trackers[0][key]; !ok {
			t.Errorf("no key %q", key)
		}
		if seq := doc.Trackers[0]["sequences"].([]any)[0].(map[string]any); seq[key] == nil {
			t.Errorf("no key %q in a sequence", key)
		}
	}
	if _, ok := doc.Trackers[0]["eao"]; ok {
		t.Error("an EAO that does not apply")
	}
}

// TestMissingAndWrong: what is missing or of the wrong length is named, or left out where that is asked for.
func TestMissingAndWrong(t *testing.T) {
	d, dir := small(t)
	if err := os.Remove(filepath.Join(dir, "bad", "B.txt")); err != nil {
		t.Fatal(err)
	}
	entries, err := Find(d, []string{"renamed=" + filepath.Join(dir, "bad")})
	if err != nil || entries[0].Name != "renamed" {
		t.Fatal(entries, err)
	}
	fails := func(o Options, cause error, says string) {
		t.Helper()
		_, err := Evaluate(context.Background(), d, entries, o)
		if !errors.Is(err, cause) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %v: %s", err, cause, says)
		}
	}
	fails(Options{}, folder.ErrMissing, "sequence B")
	ev, err := Evaluate(context.Background(), d, entries, Options{SkipMissing: true})
	if err != nil || len(ev.Trackers[0].Missing) != 1 || len(ev.Trackers[0].Sequences) != 1 {
		t.Errorf("%+v %v", ev, err)
	}
	file(t, "1,2,3,4\n", dir, "bad", "B.txt")
	fails(Options{SkipMissing: true}, metric.ErrLength, "B.txt:1: ")
	file(t, strings.Repeat("1,2,3,4\n", 9), dir, "bad", "B.txt")
	fails(Options{}, metric.ErrLength, "B.txt:5: ")
	if _, err := Find(d, []string{t.TempDir()}); err == nil {
		t.Error("an empty folder has results")
	}
	fails(Options{Experiment: "mine"}, ErrOptions, "mine")
}

// TestSpeedOfTimedRunsAlone: a run of ours that was not timed has no frames a second, whatever its files say; one that
// was timed has them, with the processors that were busy; other programs' results have what their files say.
func TestSpeedOfTimedRunsAlone(t *testing.T) {
	d, dir := small(t)
	for what, c := range map[string]struct {
		files map[string]string
		fps   bool
		cpu   float64
	}{
		"other program": {nil, true, 0},
		"untimed":       {map[string]string{"manifest.json": `{"tracker": "good", "timing": false}`}, false, 0},
		"timed": {map[string]string{"manifest.json": `{"tracker": "good", "timing": true}`,
			"timing.json": `{"fps": 75, "cpu_share": 1.25}`}, true, 1.25},
	} {
		for name, text := range c.files {
			file(t, text, dir, "good", name)
		}
		ev, err := Evaluate(context.Background(), d, []Entry{{"good", filepath.Join(dir, "good")}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		tr := ev.Trackers[0]
		if (tr.FPS != nil) != c.fps || (tr.Sequences[0].FPS != nil) != c.fps {
			t.Errorf("%s: fps %v", what, tr.FPS)
		}
		if (tr.CPUShare != nil) != (c.cpu > 0) || tr.CPUShare != nil && *tr.CPUShare != c.cpu {
			t.Errorf("%s: %v processors", what, tr.CPUShare)
		}
		for name := range c.files {
			if err := os.Remove(filepath.Join(dir, "good", name)); err != nil {
				t.Fatal(err)
			}
		}
	}
}
