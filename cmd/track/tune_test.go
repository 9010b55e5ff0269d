package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTune: a search on two sequences says what the chosen loop is worth on the one held out, the same each time.
func TestTune(t *testing.T) {
	data, out := benchmark(t), filepath.Join(t.TempDir(), "loop.json")
	args := []string{"tune", data, "-m", tiny, "--candidates", "4", "--folds", "2", "--parameters",
		"window_influence,size_rate"}
	code, stdout, stderr := track(t, append(args, "-o", out)...)
	if code != exitDone || !strings.Contains(stdout, "\n2/2   1 sequence") || !strings.Contains(stdout, "over 2 folds") {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	if _, again, _ := track(t, append(args, "-j", "2")...); again != stdout {
		t.Errorf("another time:\n%s%s", stdout, again)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var found struct {
		Loop  map[string]any `json:"loop"`
		Folds []struct {
			Sequences []string `json:"held_out"`
		} `json:"folds"`
	}
	if err := json.Unmarshal(raw, &found); err != nil || len(found.Folds) != 2 || len(found.Folds[0].Sequences) != 1 ||
		found.Loop["window_influence"] == nil {
		t.Errorf("%v: %s", err, raw)
	}
	for what, c := range map[string]struct {
		code int
		args []string
	}{
		"more folds than videos":   {exitUsage, []string{"tune", data, "-m", tiny, "--folds", "3"}},
		"one candidate":            {exitUsage, []string{"tune", data, "-m", tiny, "--candidates", "1"}},
		"a parameter that is none": {exitUsage, []string{"tune", data, "-m", tiny, "--parameters", "speed"}},
		"no dataset":               {exitFailed, []string{"tune", t.TempDir(), "-m", tiny}},
	} {
		if code, _, stderr := track(t, c.args...); code != c.code {
			t.Errorf("%s: exit %d, want %d\n%s", what, code, c.code, stderr)
		}
	}
}
