package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

func TestStandardInputAndOutput(t *testing.T) {
	path := in(t, "t.csv")
	mustTrack(t, clip, "--init", clipInit, "--end", "9", "--csv", path)
	cmd := program(t, "file", "-m", tiny, "-", "--init", clipInit, "--end", "9", "--csv", "-", "--quiet")
	stdin, err := os.Open(clip)
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	cmd.Stdin = stdin
	code, stdout, stderr := finish(t, cmd)
	if code != exitDone || stderr != "" {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	if diff := cmp.Diff(read(t, path), stdout); diff != "" {
		t.Errorf("a file and a pipe give different tracks:\n%s", diff)
	}
}

func TestFolderAndGlobOfPictures(t *testing.T) {
	dir := t.TempDir()
	v, err := synth.New(synth.Scene{Width: 160, Height: 120, Frames: 12})
	if err != nil {
		t.Fatal(err)
	}
	var f tracker.Frame
	for i := range 12 { // 1.png ... 12.png: natural order is not the alphabet's
		if err := v.Next(&f); err != nil {
			t.Fatal(err)
		}
		file, err := os.Create(filepath.Join(dir, fmt.Sprintf("%d.png", i+1)))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(stored(file, f.Image), file.Close()); err != nil {
			t.Fatal(err)
		}
	}
	var tracks []string
	for _, input := range []string{dir, filepath.Join(dir, "*.png")} {
		path := in(t, "t.csv")
		mustTrack(t, input, "--init", v.Truth(0).Box.String(), "--csv", path, "--fps", "10")
		tracks = append(tracks, read(t, path))
	}
	if tracks[0] != tracks[1] || strings.Count(tracks[0], "\n") != 13 || !strings.Contains(tracks[0], "\n11,1.1,") {
		t.Errorf("folder and glob give\n%s\n%s", tracks[0], tracks[1])
	}
}

// TestBrokenVideo cuts the clip in its middle.
func TestBrokenVideo(t *testing.T) {
	whole, err := os.ReadFile(clip)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cut, csv, mp4 := filepath.Join(dir, "cut.mp4"), filepath.Join(dir, "t.csv"), filepath.Join(dir, "t.mp4")
	if err := os.WriteFile(cut, whole[:len(whole)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := finish(t, program(t, "file", "-m", tiny, cut, "--init", clipInit, "--csv", csv, "-o", mp4))
	rows := readTrack(t, csv+".part")
	if code != exitFailed || len(rows) < 20 || len(rows) > 120 {
		t.Errorf("exit %d with %d rows; %s", code, len(rows), stderr)
	}
	if want := fmt.Sprintf("frame %d: the video breaks off", len(rows)); !strings.Contains(stderr, want) {
		t.Errorf("%q is not in %q", want, stderr)
	}
	if frames, _, _ := video(t, mp4+".part"); frames != len(rows) {
		t.Errorf("%d frames of video, %d rows", frames, len(rows))
	}
}

// TestPasswordIsNotShown follows a recording on a server that asks for a password.
func TestPasswordIsNotShown(t *testing.T) {
	serve := func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, clip) }
	server := httptest.NewServer(http.HandlerFunc(serve))
	defer server.Close()
	url := strings.Replace(server.URL, "http://", "http://me:hidden@", 1) + "/walk.mp4"
	csv := in(t, "t.csv")
	_, stderr := mustTrack(t, url, "--init", clipInit, "--end", "9", "--csv", csv, "--log-level", "debug")
	if strings.Contains(stderr, "hidden") || !strings.Contains(stderr, "10 frames") {
		t.Errorf("stderr %q", stderr)
	}
	if rows := readTrack(t, csv); rows[9].Time != 900*time.Millisecond {
		t.Errorf("frame 9 of a video with 10 frames/s at %v", rows[9].Time)
	}
}
