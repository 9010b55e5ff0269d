package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLoopFlags: what a flag says takes the manifest's place, in what is tracked and in what the run says of itself,
// and is refused where the model has no use for it.
func TestLoopFlags(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs one after the other, of what other tests run: left out with -short")
	}
	t.Setenv("SIAMTRACK_MODELS", "../../models")
	base := []string{"file", clip, "--init", clipInit, "--end", "5", "--csv", "-"}
	boxes := func(args ...string) string {
		t.Helper()
		code, stdout, stderr := track(t, append(base, args...)...)
		named := strings.Contains(stderr, "overridden")
		if code != exitDone || named != (len(args) > 0) {
			t.Fatalf("%v: exit %d\n%s", args, code, stderr)
		}
		return stdout
	}
	own := boxes()
	for _, args := range [][]string{
		{"--search-scale", "1.25"}, {"--search-scale", "0.5"}, {"--window", "0.1"}, {"--penalty", "0"}, {"--rate", "0"},
	} {
		if boxes(args...) == own {
			t.Errorf("%v changes nothing", args)
		}
	}
	if boxes("--search-scale", "1", "--window", "0.6", "--penalty", "0.3", "--rate", "0.4") != own {
		t.Error("the manifest's own values give other boxes")
	}
	for _, c := range []struct{ args, says string }{
		{"--window 1.5", "--window 1.5: model \"siamtrack\""},
		{"--search-scale 0.1", "search.size: 32 found"},
		{"--rate x", "invalid argument"},
		{"--penalty 3 -m siamfc", "loop.scale_penalty"},
		{"--window 0.1 -m siammatch", "does not track"},
		{"--no-redetect -m siammatch", "does not track"},
		{"--no-redetect=x", "invalid argument"},
	} {
		code, _, stderr := track(t, append(base, strings.Fields(c.args)...)...)
		if code != exitUsage || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: exit %d, %q expected in\n%s", c.args, code, c.says, stderr)
		}
	}
	data, out := benchmark(t), t.TempDir()
	code, _, stderr := track(t, "bench", data, "--out", out, "--window", "0.1", "--no-redetect", "-q")
	if code != exitDone {
		t.Fatalf("bench: exit %d\n%s", code, stderr)
	}
	about, err := os.ReadFile(filepath.Join(out, "manifest.json"))
	for _, says := range []string{`"window": "0.1"`, `"window_influence": 0.1`, `"no-redetect": "true"`} {
		if err != nil || !strings.Contains(string(about), says) {
			t.Errorf("%v, %s expected in\n%s", err, says, about)
		}
	}
	if strings.Contains(string(about), `"redetect": true`) {
		t.Errorf("--no-redetect, and yet\n%s", about)
	}
	if code, _, stderr := track(t, "bench", data, "--out", out, "-q"); code != exitFailed ||
		!strings.Contains(stderr, "overrides") {
		t.Errorf("another window goes on with the run: exit %d\n%s", code, stderr)
	}
}
