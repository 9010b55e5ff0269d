package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLiveOnAFullDisk records onto a full disk, as /dev/full plays it: the page and the log say so, the view and the
// tracks go on, and the next video, onto a disk with room, is whole.
func TestLiveOnAFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full on this system")
	}
	dir := t.TempDir()
	out, framed := filepath.Join(dir, "out.mp4"), filepath.Join(dir, "framed.mp4")
	for _, path := range []string{out, framed} {
		if err := os.Symlink("/dev/full", path); err != nil {
			t.Fatal(err)
		}
	}
	page, d := served(t, absolute(t, clip), "-m", absolute(t, tiny), "--init", clipInit, "--jsonl", "t.jsonl",
		"--record", out, "--follow", framed, "--fps", "5")
	type state struct {
		Recording    string
		VideoProblem string `json:"video_problem"`
	}
	d.eventually("word in the state that the video ended", func() bool {
		s := ask[state](t, http.MethodGet, page+"state", "")
		return s.Recording == "" && strings.Contains(s.VideoProblem, "o space left on device")
	})
	d.eventually("a line in the log for each video", func() bool {
		return strings.Count(d.stderr.String(), "a video ended early; the view goes on") == 2
	})
	rows := len(d.rows("t.jsonl"))
	d.eventually("more rows", func() bool { return len(d.rows("t.jsonl")) > rows+5 })

	next := ask[struct{ Path string }](t, http.MethodPost, page+"record", `{"on":true}`)
	rows = len(d.rows("t.jsonl"))
	d.eventually("rows of the next video", func() bool { return len(d.rows("t.jsonl")) > rows+5 })
	if s := ask[state](t, http.MethodGet, page+"state", ""); s.Recording != next.Path {
		t.Errorf("recording %+v, want %s", s, next.Path)
	}
	code, stderr := d.interrupt()
	if code != exitInterrupted || !strings.Contains(stderr, "track: stopped\n") ||
		strings.Count(stderr, "o space left on device") < 4 {
		t.Errorf("exit %d, %s", code, stderr)
	}
	if frames, w, h := video(t, next.Path); frames < 3 || w != 768 || h != 576 {
		t.Errorf("the next video has %d frames of %dx%d", frames, w, h)
	}
}

// ask sends a page's server a request and returns the JSON that it answers.
func ask[T any](t *testing.T, method, address, body string) (v T) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		t.Fatalf("%s: %d %s: %v", address, answer.StatusCode, text, err)
	}
	return v
}
