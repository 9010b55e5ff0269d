package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"siamtrack/capture"
	"siamtrack/internal/record"
	"siamtrack/render"
	"siamtrack/tracker"
)

func TestFileWritesEveryFormat(t *testing.T) {
	dir := t.TempDir()
	out := func(name string) string { return filepath.Join(dir, name) }
	stdout, stderr := mustTrack(t, clip, "--init", clipInit, "--end", "8", "--csv", out("t.csv"),
		"--jsonl", out("t.jsonl"), "--otb", out("t.txt"), "--mot", out("mot.txt"), "-o", out("t.mp4"),
		"--heatmap", "--panel", "--search")
	if stdout != "" || !strings.Contains(stderr, "9 frames (0 to 8)") || !strings.Contains(stderr, "t.mp4 (") {
		t.Errorf("stdout %q, stderr %q", stdout, stderr)
	}

	csv, jsonl := readTrack(t, out("t.csv")), readTrack(t, out("t.jsonl"))
	if diff := cmp.Diff(csv, jsonl); diff != "" || len(csv) != 9 {
		t.Errorf("%d rows of CSV; JSON Lines differ:\n%s", len(csv), diff)
	}
	otb, mot := readTrack(t, out("t.txt")), readTrack(t, out("mot.txt"))
	visible := 0
	for i, r := range csv {
		if r.Frame != i || r.Time != time.Duration(i)*100*time.Millisecond {
			t.Errorf("row %d: frame %d at %v; the clip has 10 frames a second", i, r.Frame, r.Time)
		}
		if otb[i].Box != r.Box {
			t.Errorf("frame %d: OTB has %v, CSV %v", i, otb[i].Box, r.Box)
		}
		if r.State != tracker.Lost {
			if visible < len(mot) && (mot[visible].Frame != i || mot[visible].Box.IoU(r.Box) < 0.9999) {
				t.Errorf("frame %d: MOT has %+v, CSV %v", i, mot[visible], r.Box)
			}
			visible++
		}
	}
	if len(otb) != 9 || len(mot) != visible {
		t.Errorf("%d lines of OTB for 9 frames, %d rows of MOT for %d in which the target is visible",
			len(otb), len(mot), visible)
	}
	frames, width, height := video(t, out("t.mp4"))
	if frames != 9 || width != 768 || height != 576+render.PanelHeight(768, 576) {
		t.Errorf("the video has %d frames of %dx%d", frames, width, height)
	}
}

// video decodes a whole file.
func video(t *testing.T, path string) (frames, width, height int) {
	t.Helper()
	src, err := capture.Open(path, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var f tracker.Frame
	for ; ; frames++ {
		if err := src.Next(&f); errors.Is(err, io.EOF) {
			return frames, f.Image.Rect.Dx(), f.Image.Rect.Dy()
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestSameInputSameBytes(t *testing.T) {
	last := "20"
	if testing.Short() {
		last = "6"
	}
	var first [5]string
	for run := range 2 {
		dir := t.TempDir()
		names := [5]string{"t.csv", "t.jsonl", "t.txt", "mot.txt", "t.avi"}
		args := []string{clip, "--init", clipInit, "--end", last, "--panel", "--heatmap"}
		for i, flag := range []string{"--csv", "--jsonl", "--otb", "--mot", "-o"} {
			args = append(args, flag, filepath.Join(dir, names[i]))
		}
		mustTrack(t, args...)
		for i, name := range names {
			if got := read(t, filepath.Join(dir, name)); run == 0 {
				first[i] = got
			} else if got != first[i] {
				t.Errorf("%s differs from run to run", name)
			}
		}
	}
}

func TestWhereTrackingBegins(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs one after the other, of what other tests run: left out with -short")
	}
	boxes := in(t, "boxes.csv")
	if err := os.WriteFile(boxes, []byte("frame,x,y,w,h\n0,1,1,9,9\n5,372,425,46,151\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name        string
		args        []string
		first, last int
	}{
		{"from the start to a frame", []string{"--init", clipInit, "--end", "3"}, 0, 3},
		{"box of a later frame", []string{"--init", "372,425,46,151", "--init-frame", "5", "--end", "7"}, 5, 7},
		{"the same said with --start", []string{"--init", "372,425,46,151", "--start", "5", "--end", "7"}, 5, 7},
		{"written from a later frame on", []string{"--init", clipInit, "--start", "4", "--init-frame", "0", "--end", "7"},
			4, 7},
		{"box from a file", []string{"--init-file", boxes, "--init-frame", "5", "--end", "7"}, 5, 7},
		{"truth as the box's file", []string{"--init-file", clipTruth, "--end", "2"}, 0, 2},
		{"to the end", []string{"--init", clipInit, "--start", "135"}, 135, 139},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := in(t, "t.csv")
			mustTrack(t, append([]string{clip, "--csv", path}, c.args...)...)
			rows := readTrack(t, path)
			if rows[0].Frame != c.first || rows[len(rows)-1].Frame != c.last || len(rows) != c.last-c.first+1 {
				t.Errorf("frames %d to %d in %d rows, want %d to %d",
					rows[0].Frame, rows[len(rows)-1].Frame, len(rows), c.first, c.last)
			}
			if c.first == 5 && rows[0].Box != (tracker.Box{X: 372, Y: 425, W: 46, H: 151}) {
				t.Errorf("begins with %v", rows[0].Box)
			}
		})
	}
}

func TestBoxesAreNormalisedAndClipped(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs one after the other, of what other tests run: left out with -short")
	}
	for _, c := range []struct {
		given string
		want  tracker.Box
	}{
		{"399,576,-50,-148", tracker.Box{X: 349, Y: 428, W: 50, H: 148}}, // drawn backwards
		{"700,500,200,200", tracker.Box{X: 700, Y: 500, W: 68, H: 76}},   // partly outside
		{" 10.5, 20.25 ,30.125,40", tracker.Box{X: 10.5, Y: 20.25, W: 30.125, H: 40}},
	} {
		path := in(t, "t.csv")
		mustTrack(t, clip, "--init", c.given, "--end", "1", "--csv", path)
		if got := readTrack(t, path)[0].Box; got != c.want {
			t.Errorf("--init %q begins with %v, want %v", c.given, got, c.want)
		}
	}
}

func TestTruthAndTiming(t *testing.T) {
	path := in(t, "t.csv")
	stdout, _ := mustTrack(t, clip, "--init", clipInit, "--end", "20", "--truth", clipTruth, "--csv", path)
	for _, want := range []string{`accuracy in 5 frames of `, `mean IoU +[01]\.\d{3}`, `success AUC +[01]\.\d{3}`,
		`precision@20 +[01]\.\d{3}`,
		`speed over 21 frames: [0-9.]+ frames/s`, `p50 +p95 +mean`, `decode +[0-9.]+ `, `update `, `crop `, `embed `} {
		if !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("%q is not in\n%s", want, stdout)
		}
	}
	if rows := readTrack(t, path); rows[3].Elapsed != 0 {
		t.Errorf("a measured time without --timing: %v", rows[3].Elapsed)
	}
	stdout, _ = mustTrack(t, clip, "--init", clipInit, "--end", "20", "--timing", "--csv", path)
	if rows := readTrack(t, path); rows[3].Elapsed <= 0 || !strings.Contains(stdout, "p50") ||
		strings.Contains(stdout, "IoU") {
		t.Errorf("with --timing: %v and\n%s", rows[3].Elapsed, stdout)
	}
}

// TestDefaultModelFollowsTheClip compares the model that is used where none is named with boxes that were checked by
// eye.
func TestDefaultModelFollowsTheClip(t *testing.T) {
	if testing.Short() {
		t.Skip("140 frames one after the other: left out with -short")
	}
	path := in(t, "t.csv")
	cmd := program(t, "file", clip, "--init-file", clipTruth, "--csv", path, "--quiet")
	cmd.Env = append(cmd.Env, "SIAMTRACK_MODELS=../../models")
	if code, _, stderr := finish(t, cmd); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	got, mean := readTrack(t, path), 0.0
	truth := readTrack(t, clipTruth)
	for _, want := range truth {
		r := got[want.Frame]
		iou := r.Box.IoU(want.Box)
		mean += iou / float64(len(truth))
		if iou < 0.4 || r.State == tracker.Lost {
			t.Errorf("frame %d: %v, %v; IoU %.2f with %v", want.Frame, r.Box, r.State, iou, want.Box)
		}
	}
	if mean < 0.6 {
		t.Errorf("mean IoU %.3f: that is no tracker", mean)
	}
}

// TestInterrupt stops the program with the signal of Ctrl-C while it waits for more of a stream.
func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	csv, mp4 := filepath.Join(dir, "t.csv"), filepath.Join(dir, "t.mp4")
	d := fed(t, 0.67, csv, 30, "-o", mp4)
	if code, stderr := d.interrupt(); code != exitInterrupted ||
		!strings.Contains(stderr, "track: stopped; what was tracked") {
		t.Errorf("exit %d, want %d; stderr %q", code, exitInterrupted, stderr)
	}
	rows := readTrack(t, csv+".part")
	if frames, _, _ := video(t, mp4+".part"); frames != len(rows) || frames <= 20 {
		t.Errorf("%d frames of video, %d rows", frames, len(rows))
	}
}

func TestFormatsOfRecordAreAllOnFlags(t *testing.T) {
	f := fileFlags{csv: "a", jsonl: "b", mot: "c", otb: "d", got: "e", vot: "f"}
	var got []record.Format
	for _, file := range f.tracks() {
		got = append(got, file.format)
	}
	want := []record.Format{record.CSV, record.JSONL, record.MOT, record.OTB, record.GOT, record.VOT}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
