package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/capture"
	"siamtrack/tracker"
)

// playable writes a benchmark of two sequences and results on it: the truth, one box off.
func playable(t *testing.T) (data, results string) {
	t.Helper()
	data, results = benchmark(t), filepath.Join(t.TempDir(), "stored")
	if err := os.MkdirAll(results, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"One", "Two"} {
		raw, err := os.ReadFile(filepath.Join(data, name, "groundtruth_rect.txt"))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
		lines[len(lines)-1] = "0,0,20,20"
		if err := os.WriteFile(filepath.Join(results, name+".txt"), []byte(strings.Join(lines, "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return data, results
}

// TestPlayIntoVideos: a video a sequence, as long as it, with something drawn on it.
func TestPlayIntoVideos(t *testing.T) {
	data, results := playable(t)
	out := filepath.Join(t.TempDir(), "videos") + "/"
	if code, _, stderr := track(t, "play", results, "--dataset", data, "-o", out); code != exitDone {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	for _, name := range []string{"One", "Two"} {
		src, err := capture.Open(filepath.Join(out, name+".mp4"), capture.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var f tracker.Frame
		frames := 0
		for src.Next(&f) == nil {
			frames++
		}
		if err := src.Close(); err != nil || frames != 6 {
			t.Errorf("%s: %d frames, %v", name, frames, err)
		}
	}
	file := filepath.Join(t.TempDir(), "one.mp4")
	for what, c := range map[string]struct {
		code int
		args []string
	}{
		"one file of two sequences":  {exitUsage, []string{"-o", file}},
		"one sequence":               {exitDone, []string{"-o", file, "--sequences", "One"}},
		"a video and a page":         {exitUsage, []string{"-o", file, "--http", ":0"}},
		"a token without a page":     {exitUsage, []string{"-o", file, "--token", "x"}},
		"results that are not there": {exitFailed, []string{"-o", file, "--sequences", "Three"}},
	} {
		code, _, stderr := track(t, append([]string{"play", results, "--dataset", data}, c.args...)...)
		if code != c.code {
			t.Errorf("%s: exit %d, want %d\n%s", what, code, c.code, stderr)
		}
	}
}

// TestPlayInBrowser: the page's state has the truth and the stored box of the frame that it shows, to the last one.
func TestPlayInBrowser(t *testing.T) {
	data, results := playable(t)
	page, d := servedBy(t, "play", results, "--dataset", data, "--fps", "20")
	type target struct {
		Name  string
		Score float64
		Box   struct{ X, Y, W, H float64 }
	}
	var state struct {
		Frame   int
		Ended   bool
		Targets []target
	}
	d.eventually("the last frame", func() bool {
		answer, err := http.Get(page + "state")
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		return json.NewDecoder(answer.Body).Decode(&state) == nil && state.Ended
	})
	if state.Frame != 11 || len(state.Targets) != 2 || state.Targets[0].Name != "truth" ||
		state.Targets[1].Name != "stored" || state.Targets[1].Box.W != 20 {
		t.Errorf("%+v", state)
	}
}
