package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/bench/score"
)

// TestResultsTakeNoOtherFilesPlace: a dataset's truth, a picture or a folder named for a result is refused before the
// work, and is as it was; an older result, an empty file and a device are taken.
func TestResultsTakeNoOtherFilesPlace(t *testing.T) {
	data := benchmark(t)
	truth := filepath.Join(data, "One", "groundtruth_rect.txt")
	before, err := os.ReadFile(truth)
	if err != nil {
		t.Fatal(err)
	}
	pair, pairs := filepath.Join(t.TempDir(), "a.png"), filepath.Join(t.TempDir(), "pairs.csv")
	if err := os.WriteFile(pair, []byte("a picture"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pairs, []byte("a,b,same\n"+pair+","+pair+",1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{exitUsage, "another kind of file", []string{"eval", "--gt", truth, "--pred", truth, "--json", truth}},
		{exitUsage, "another kind of file", []string{"tune", data, "--out", truth}},
		{exitUsage, ".json is an ending", []string{"eval", "--gt", truth, "--pred", truth, "--json", ".json"}},
		{exitUsage, ".mp4 is an ending", []string{"play", "--dataset", data, "results", "-o", "videos/.mp4"}},
		{exitFailed, "is no run of track bench", []string{"bench", "archive", data, "--out", "new.zip"}},
		{exitUsage, "standard input is /dev/stdin", []string{"eval", "--gt", truth, "--pred", "-"}},
		{exitUsage, ".zip is an ending", []string{"bench", "archive", data, "--out", ".zip"}},
		{exitUsage, ".svg is an ending", []string{"match", "calibrate", pairs, "--roc", ".svg"}},
		{exitUsage, "another kind of file", []string{"bench", "archive", data, "--out", truth}},
		{exitUsage, "would destroy it", []string{"match", "calibrate", pairs, "--roc", pair}},
		{exitUsage, "a folder is needed", []string{"bench", data, "--out", truth}},
		{exitUsage, "is the dataset", []string{"bench", data, "--out", data + "/."}},
		{exitFailed, "that is a folder", []string{"eval", "--gt", truth, "--pred", truth, "--json", data}},
		{exitUsage, "standard output has the tables", []string{"eval", "--gt", truth, "--pred", truth, "--json", "-"}},
	} {
		if code, _, stderr := track(t, c.args...); code != c.code || !strings.Contains(stderr, c.says) {
			t.Errorf("track %v: exit %d, want %d and %q in %s", c.args, code, c.code, c.says, stderr)
		}
	}
	if now, err := os.ReadFile(truth); err != nil || string(now) != string(before) {
		t.Errorf("the truth is now %q, %v", now, err)
	}
	empty, older := filepath.Join(t.TempDir(), "empty"), filepath.Join(t.TempDir(), "older.json")
	if err := os.WriteFile(empty, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := score.WriteJSON(older, &score.Evaluation{}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{empty, older, os.DevNull, filepath.Join(t.TempDir(), "new", "s.json")} {
		code, _, stderr := track(t, "eval", "--gt", truth, "--pred", truth, "--json", path)
		if st, err := os.Stat(path); code != exitDone || err != nil || st.Mode().IsRegular() && st.Size() < 500 {
			t.Errorf("--json %s: exit %d, %v %v\n%s", path, code, st, err, stderr)
		}
	}
}

// TestResultsBesideTheirPictures: a folder's file that is no picture of it is written anew.
func TestResultsBesideTheirPictures(t *testing.T) {
	frames := t.TempDir()
	copyFile(t, clipPicture(t), filepath.Join(frames, "1.png"))
	boxes := filepath.Join(frames, "boxes.csv")
	for range 2 {
		code, _, stderr := track(t, "file", frames, "-m", tiny, "--init", clipInit, "--csv", boxes)
		if st, err := os.Stat(boxes); code != exitDone || err != nil || st.Size() == 0 {
			t.Errorf("exit %d, %v\n%s", code, err, stderr)
		}
	}
}

// TestNothingTyped: what a variable that is not set leaves of a flag or an argument is said, and not passed over.
func TestNothingTyped(t *testing.T) {
	csv := filepath.Join(t.TempDir(), "a.csv")
	for says, args := range map[string][]string{
		`--out ""`:                           {"file", clip, "--init", clipInit, "--csv", csv, "-o", ""},
		`--csv ""`:                           {"file", clip, "--init", clipInit, "--csv="},
		`--model ""`:                         {"match", "a.png", "b.png", "-m", ""},
		`--config ""`:                        {"version", "--config", ""},
		"argument 1 of track file is empty":  {"file", "", "--init", clipInit},
		"argument 2 of track match is empty": {"match", "a.png", ""},
	} {
		if code, _, stderr := track(t, args...); code != exitUsage || !strings.Contains(stderr, says) {
			t.Errorf("track %v: exit %d, want %s in %s", args, code, says, stderr)
		}
	}
	if _, err := os.Stat(csv); err == nil {
		t.Error("it was tracked all the same")
	}
}
