package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLiveRefuses: what cannot be done is said in one line before anything is written.
func TestLiveRefuses(t *testing.T) {
	dir := t.TempDir()
	video := filepath.Join(dir, "in.mp4")
	content := read(t, clip)
	if err := os.WriteFile(video, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"--width 640", exitUsage, "--width and --height"},
		{"--fps -3", exitUsage, "--fps: frame rate -3"},
		{"--max-pixels -1", exitUsage, "--max-pixels: at most -1"},
		{"--width -640 --height -480", exitUsage, "--width and --height: camera size -640x-480"},
		{"--record " + dir + "/.mp4 --http :0", exitUsage, "the name before it is missing"},
		{"--fourcc MJ", exitUsage, `fourcc "MJ"`},
		{"--width 640 --height 480", exitUsage, "--width is asked of a camera"},
		{"--fourcc MJPG", exitUsage, "--fourcc is asked of a camera"},
		{"--backend V4L2", exitUsage, "--backend is asked of a camera"},
		{"--timeout 0s", exitUsage, "--timeout"},
		{"--token word", exitUsage, "--http"},
		{"--http 8080", exitUsage, ":port"},
		{"--http localhost:", exitUsage, ":port"},
		{"--http nowhere.invalid:80", exitFailed, "nowhere.invalid"},
		{"--init 1,2,3", exitUsage, "--init"},
		{"--quality superb", exitUsage, `quality "superb": auto, draft`},
		{"--csv - --jsonl -", exitUsage, "standard output"},
		{"--csv " + dir + "/a --record " + dir + "/a", exitUsage, "two outputs"},
		{"--record " + video, exitUsage, "is the input"},
		{"--csv " + video, exitUsage, "is the input"},
		{"--csv " + dir + "/none/t.csv --http :0", exitFailed, "there is no folder"},
		{"--record " + dir + "/none/o.mp4 --http :0", exitFailed, "there is no folder"},
		{"--record " + dir + "/o.xyz --http :0", exitFailed, ".xyz"},
		{"--init 5000,1,20,20 --http 127.0.0.1:0", exitUsage, "outside the frame"},
	} {
		args := append([]string{"live", video, "-m", tiny, "--quiet"}, strings.Fields(c.args)...)
		code, stdout, stderr := track(t, args...)
		text, advice, _ := strings.Cut(strings.TrimSpace(stderr), "\n")
		if code != c.code || stdout != "" || !strings.Contains(text, c.says) || (advice != "") != (code == exitUsage) {
			t.Errorf("%s: exit %d, want %d; stdout %q, stderr %q, want %q in one line of it", c.args, code, c.code, stdout,
				stderr, c.says)
		}
	}
	if read(t, video) != content {
		t.Error("the input was changed")
	}
	if code, _, stderr := track(t, "live", "61", "-m", tiny, "-q", "--http", ":0"); code != exitFailed ||
		!strings.Contains(stderr, "no such camera") {
		t.Errorf("a camera that is not there: exit %d, %q", code, stderr)
	}
}
