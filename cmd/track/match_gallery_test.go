package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/internal/golden"
)

func TestMatchGallery(t *testing.T) {
	dir := t.TempDir()
	shades(t, filepath.Join(dir, "people"), "anna.png", "bert/1.png", "bert/2.png", "carl.png")
	shades(t, dir, "x.png", "query.png", "y.png", "z.png", "stranger.png")
	people, query := filepath.Join(dir, "people"), filepath.Join(dir, "query.png")
	args := []string{"match", "--gallery", people, query, "-m", tinyPeak, "--threshold"}

	code, out, errs := track(t, append(args, "0.00001")...)
	if code != exitDone || !strings.Contains(out, "query.png: bert (") || !strings.Contains(out, "bert/1.png") {
		t.Errorf("exit %d, %q, %q; query.png is bert's first picture", code, out, errs)
	}
	if _, err := os.Stat(people + ".embeddings"); err != nil {
		t.Errorf("no cache beside the gallery: %v", err)
	}
	code, out, errs = track(t, append(args, "0.00001", filepath.Join(dir, "stranger.png"), "--json")...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitDifferent || len(lines) != 2 || !strings.Contains(lines[1], `"identity":""`) {
		t.Errorf("exit %d, %q, %q; the stranger is none of these", code, out, errs)
	}
	for _, line := range lines {
		golden.Valid(t, recognitionSchema(t), []byte(line))
	}
	code, _, errs = track(t, "match", "--gallery", people, query, "-m", tinyEmbedding, "--threshold", "1")
	if code != exitFailed || !strings.Contains(errs, "cache of another model") ||
		!strings.Contains(errs, "nothing was overwritten") {
		t.Errorf("exit %d, %q; the cache is the other model's", code, errs)
	}
}

func TestCalibrateThenMatch(t *testing.T) {
	dir, model := t.TempDir(), copyModel(t, tinyPeak)
	shades(t, dir, "a.png", "b.png", "c.png")
	pairs := filepath.Join(dir, "pairs.csv")
	text := "a,b,same\na.png,a.png,1\nb.png,b.png,1\nc.png,c.png,1\na.png,b.png,0\nb.png,c.png,0\na.png,c.png,0\n"
	if err := os.WriteFile(pairs, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	roc := filepath.Join(dir, "roc.svg")
	code, out, errs := track(t, "match", "calibrate", pairs, "-m", model, "--roc", roc, "-q")
	if code != exitDone || !strings.Contains(out, "1.0000") || !strings.Contains(out, "3 same, 3 different (pairs.csv)") {
		t.Fatalf("exit %d, %q, %q; a picture is itself and no other", code, out, errs)
	}
	if _, err := os.Stat(roc); err != nil {
		t.Error(err)
	}
	code, out, errs = track(t, "match", filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png"), "-m", model)
	if code != exitDifferent || !strings.Contains(out, "calibrated on pairs.csv") {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
	code, out, errs = track(t, "match", filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png"), "-m", model,
		"--distance",
		"euclidean")
	if code != exitUndecided || !strings.Contains(out, "no threshold of kind any") {
		t.Errorf("a distance that was not calibrated: exit %d, %q", code, errs)
	}

	stored := strings.TrimSuffix(model, ".onnx") + ".thresholds"
	before, err := os.ReadFile(stored)
	if err != nil {
		t.Fatal(err)
	}
	code, _, errs = track(t, "match", "calibrate", pairs, "-m", tinyEmbedding, "--thresholds", stored, "-q")
	if after, err := os.ReadFile(stored); code != exitFailed ||
		!strings.Contains(errs, "calibrate this model into another file") || string(after) != string(before) {
		t.Errorf("another model's thresholds: exit %d, %q, %v", code, errs, err)
	}
	code, out, errs = track(t, "match", "calibrate", pairs, "-m", model, "--roc", roc, "-q", "--thresholds",
		filepath.Join(dir, "none", "x"))
	if code != exitFailed || !strings.Contains(out, "ROC AUC") || strings.Contains(out, "stored") ||
		!strings.Contains(errs, "no such file") {
		t.Errorf("thresholds that cannot be written: exit %d, %q, %q; what was measured is lost, or said to be stored", code,
			out, errs)
	}
	if code, out, _ = track(t, "match", "calibrate", pairs, "-m", model, "--roc", "roc.gif"); code != exitUsage ||
		out != "" {
		t.Errorf("a plot that cannot be drawn: exit %d, %q", code, out)
	}
	code, out, errs = track(t, "match", "calibrate", pairs, "-m", model, "--distance", "correlation", "--dry-run",
		"--json")
	if after, err := os.ReadFile(stored); code != exitDone || !strings.Contains(out, `"auc":1`) ||
		string(after) != string(before) {
		t.Errorf("dry run: exit %d, %q, %q, %v", code, out, errs, err)
	}
}
