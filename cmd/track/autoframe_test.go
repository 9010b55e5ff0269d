package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siamtrack/capture"
	"siamtrack/tracker"
)

// TestFollow: the video has the size that was asked for, all frames and their times; it shows the target,
// as pixels of the clip; with an annotated video beside it.
func TestFollow(t *testing.T) {
	dir := t.TempDir()
	out := func(name string) string { return filepath.Join(dir, name) }
	_, stderr := mustTrack(t, clip, "--init", "20,30,40,50", "--init", "walker="+clipInit, "--end", "9",
		"--follow", out("f.mp4"), "--follow-size", "160x240", "--follow-target", "walker", "--follow-fill", "0.8",
		"-o", out("o.mp4"), "--quality", "good")
	if !strings.Contains(stderr, "f.mp4 (") || !strings.Contains(stderr, "o.mp4 (") {
		t.Errorf("%s", stderr)
	}
	if frames, w, h := video(t, out("f.mp4")); frames != 10 || w != 160 || h != 240 {
		t.Errorf("%d frames of %dx%d", frames, w, h)
	}
	if frames, w, _ := video(t, out("o.mp4")); frames != 10 || w != 768 {
		t.Errorf("%d frames of width %d beside it", frames, w)
	}
	cut, whole := firstFrame(t, out("f.mp4")), firstFrame(t, clip)
	k := 148 / 0.8 / 240      // pixels of the clip in one of the video
	middle := 576 - 148/0.8/2 // the target's own is lower: what is shown ends with the frame
	var differ, n float64
	for y := 60; y < 180; y += 3 {
		for x := 50; x < 110; x += 3 {
			px, py := int(374+(float64(x)+0.5-80)*k), int(middle+(float64(y)+0.5-120)*k)
			a, b := cut.Image.RGBAAt(x, y), whole.Image.RGBAAt(px, py)
			d := float64(a.G) - float64(b.G)
			differ, n = differ+d*d, n+1
		}
	}
	if mean := differ / n; mean > 400 { // coded and resampled: 20 grey levels
		t.Errorf("the picture does not show the target: mean square difference %.0f", mean)
	}
}

func firstFrame(t *testing.T, path string) tracker.Frame {
	t.Helper()
	src, err := capture.Open(path, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var f tracker.Frame
	if err := src.Next(&f); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFollowInASession: a live session writes it, too.
func TestFollowInASession(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.mp4")
	conn, receiver := listenUDP(t)
	cmd := program(t, "live", clip, "-m", tiny, "--init", clipInit, "--http", "127.0.0.1:0", "--events", receiver,
		"--follow", path, "--follow-size", "64x64")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		if _, err := conn.Read(make([]byte, 1<<16)); err != nil {
			t.Fatal(err)
		}
	}
	stop(t, cmd.Process)
	_ = cmd.Wait() // ended by a signal
	if frames, w, h := video(t, path); frames < 1 || w != 64 || h != 64 {
		t.Errorf("%d frames of %dx%d", frames, w, h)
	}
}

func TestFollowRefused(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"--follow-size 64x64", "name it with --follow"}, {"--follow-target a", "name it with --follow"},
		{"--follow /nope/f.mp4", "there is no folder"}, {"--follow f.gif", `ending ".gif" is none of`},
		{"--follow f.mp4 --follow-size 64", "WIDTHxHEIGHT is needed"}, {"--follow f.mp4 --follow-size 63x64", "even"},
		{"--follow f.mp4 --follow-size 8x8", "from 16"}, {"--follow f.mp4 --follow-size 64x64x", "WIDTHxHEIGHT"},
		{"--follow f.mp4 --follow-size -64x64", "WIDTHxHEIGHT"}, {"--follow f.mp4 --follow-fill 0", "0.05 to 0.9"},
		{"--follow f.mp4 --follow-fill NaN", "0.05 to 0.9"}, {"--follow f.mp4 --follow-target 2", "no target of that name"},
		{"--follow f.mp4 -o f.mp4", "two outputs"}, {"--follow " + clip, "is the input"},
	} {
		code, _, stderr := track(t, append([]string{"file", clip, "--init", clipInit, "-m", tiny},
			strings.Fields(c.args)...)...)
		if code == exitDone || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: exit %d, %s", c.args, code, stderr)
		}
	}
}
