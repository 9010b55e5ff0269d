package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

// benchmark writes two short sequences in OTB's layout.
func benchmark(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, seed := range map[string]uint64{"One": 1, "Two": 6} {
		v, err := synth.New(synth.Scene{Width: 160, Height: 120, Frames: 6, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(root, name, "img")
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		var truth strings.Builder
		var f tracker.Frame
		for i := range 6 {
			if err := v.Next(&f); err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := stored(&b, f.Image); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.png", i+1)), b.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&truth, v.Truth(i).Box)
		}
		if err := os.WriteFile(filepath.Join(root, name, "groundtruth_rect.txt"), []byte(truth.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// TestBenchEvalReport goes the whole way: check, run, go on, score, report.
func TestBenchEvalReport(t *testing.T) {
	data, run, page := benchmark(t), t.TempDir(), t.TempDir()
	ok := func(want string, args ...string) {
		t.Helper()
		code, stdout, stderr := track(t, args...)
		if code != exitDone || !strings.Contains(stdout+stderr, want) {
			t.Fatalf("track %v: exit %d, want %q in\n%s%s", args, code, want, stdout, stderr)
		}
	}
	ok("layout otb, 2 sequences, 12 frames, 0 errors", "bench", "check", data)
	ok("sequences=2", "bench", data, "--out", run, "--model", tiny, "--jobs", "2", "--name", "ours")
	ok(`"already there"=2`, "bench", data, "--out", run, "--model", tiny, "--name", "ours")
	ok("| ours |", "eval", "--dataset", data, run, "--table", "markdown")
	ok("renamed", "eval", "--dataset", data, "renamed="+run, "--json", filepath.Join(page, "s.json"), "--by",
		"sequence:ao")
	ok("1.000", "eval", "--gt", filepath.Join(data, "One", "groundtruth_rect.txt"), "--pred",
		filepath.Join(data, "One", "groundtruth_rect.txt"))
	ok("overlap less ours's", "eval", "--dataset", data, run, "other="+run, "--than", "ours")
	code, _, stderr := track(t, "eval", "--dataset", data, run, "--than", "her")
	if code != exitUsage || !strings.Contains(stderr, `--than "her": one of ours is expected`) {
		t.Errorf("--than of no tracker: exit %d\n%s", code, stderr)
	}
	ok("ours", "report", "--dataset", data, run, "-o", page)
	for _, name := range []string{"s.json", "index.html", "success.svg", "success.png", "scores.json"} {
		if st, err := os.Stat(filepath.Join(page, name)); err != nil || st.Size() < 500 {
			t.Errorf("%s: %v %v", name, st, err)
		}
	}
	if code, _, stderr := track(t, "bench", data, "--out", run, "--model", tiny, "--name", "other"); code != exitFailed ||
		!strings.Contains(stderr, "another run") {
		t.Errorf("another name: exit %d\n%s", code, stderr)
	}
}

// TestBenchUse: what cannot be meant ends with exit code 2 and says why.
func TestBenchUse(t *testing.T) {
	for want, args := range map[string][]string{
		"--out is missing":          {"bench", "data"},
		"at least 1":                {"bench", "data", "--out", "x", "--jobs", "0"},
		"one sequence at a":         {"bench", "data", "--out", "x", "--timing", "--jobs", "2"},
		"i/n with i from 0":         {"bench", "data", "--out", "x", "--shard", "4/4"},
		"--dataset is missing":      {"eval", "results"},
		"--dataset is missing: the": {"play", "results"},
		"no results":                {"eval", "--dataset", "."},
		"go together":               {"eval", "--gt", "a.txt"},
		"leave --dataset":           {"eval", "--gt", "a.txt", "--pred", "b.txt", "--dataset", "."},
		"needs a dataset":           {"eval", "--gt", "a.txt", "--pred", "b.txt", "--experiment", "supervised"},
		"--out is missing: the ZIP": {"bench", "archive", "run"},
		"for the sequences":         {"bench", "make-longterm", "data"},
		"0 gaps, where each is at":  {"bench", "make-longterm", "data", "--out", "x", "--gaps", "0"},
		"-1 frames with 13 gaps":    {"bench", "make-longterm", "data", "--out", "x", "--frames", "-1"},
		"room for 19 gaps at most":  {"bench", "make-longterm", "data", "--out", "x", "--gaps", "20"},
		"no convention":             {"eval", "results", "--dataset", ".", "--convention", "mine"},
		"--eao":                     {"eval", "results", "--dataset", ".", "--eao", "5"},
		"--experiment \"mine\"":     {"bench", "data", "--out", "x", "--experiment", "mine"},
		"--format \"mine\"":         {"bench", "check", "data", "--format", "mine"},
		"--table \"mine\"":          {"eval", "results", "--dataset", ".", "--table", "mine"},
		"--by \"mine\"":             {"report", "results", "--dataset", ".", "-o", "x", "--by", "mine"},
		"--protocol-version 9":      {"trax", "--protocol-version", "9"},
	} {
		if code, _, stderr := track(t, args...); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("track %v: exit %d, want %q in %s", args, code, want, stderr)
		}
	}
	if code, _, stderr := track(t, "bench", "check", t.TempDir()); code != exitFailed ||
		!strings.Contains(stderr, "no benchmark's layout found") {
		t.Errorf("an empty folder: exit %d %s", code, stderr)
	}
}

// TestBenchMakeLongTerm: from two short sequences two long ones are made, which bench takes for long-term ones.
func TestBenchMakeLongTerm(t *testing.T) {
	data, out, run := benchmark(t), filepath.Join(t.TempDir(), "long"), t.TempDir()
	args := []string{"bench", "make-longterm", data, "--out", out, "--frames", "200", "--gaps", "1"}
	if code, _, stderr := track(t, args...); code != exitDone || !strings.Contains(stderr, "frames=400") {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	if code, _, stderr := track(t, args...); code != exitFailed || !strings.Contains(stderr, "an empty folder is needed") {
		t.Errorf("made again: exit %d\n%s", code, stderr)
	}
	if code, _, stderr := track(t, "bench", out, "--out", run, "--model", tiny); code != exitDone ||
		!strings.Contains(stderr, "layout=votlt sequences=2") {
		t.Errorf("bench: exit %d\n%s", code, stderr)
	}
	code, _, stderr := track(t, "bench", "make-longterm", data, "--sequences", "One", "--out", filepath.Join(run, "one"))
	if code != exitFailed || !strings.Contains(stderr, "two sequences or more") {
		t.Errorf("one sequence: exit %d\n%s", code, stderr)
	}
}

// TestBenchArchive: a run of GOT-10k's test, of which only first boxes are public, is packed for its server.
func TestBenchArchive(t *testing.T) {
	data, got, run := benchmark(t), t.TempDir(), t.TempDir()
	seq := "GOT-10k_Test_000001"
	if err := os.Rename(filepath.Join(data, "One", "img"), filepath.Join(got, seq)); err != nil {
		t.Fatal(err)
	}
	truth, err := os.ReadFile(filepath.Join(data, "One", "groundtruth_rect.txt"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(truth), "\n")
	if err := os.WriteFile(filepath.Join(got, seq, "groundtruth.txt"), []byte(first+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"bench", got, "--out", run, "--model", tiny}, {"bench", "archive", run, "--out", filepath.Join(run, "x.zip")},
	} {
		if code, _, stderr := track(t, args...); code != exitDone {
			t.Fatalf("track %v: exit %d\n%s", args, code, stderr)
		} else if args[1] == "archive" && !strings.Contains(stderr, "not of the whole test set") {
			t.Errorf("no word that 1 of 180 is not the whole: %s", stderr)
		}
	}
	z, err := zip.OpenReader(filepath.Join(run, "x.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(z.File) != 2 || z.File[0].Name != seq+"/"+seq+"_001.txt" || z.File[1].Name != seq+"/"+seq+"_time.txt" {
		t.Errorf("%d files, the first %s", len(z.File), z.File[0].Name)
	}
}
