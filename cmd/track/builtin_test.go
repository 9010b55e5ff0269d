package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestProgramAlone: in a folder without models the program follows by the model that is built in, to the same boxes as
// by its file, and says so; so it compares, by the thresholds built in with it, beside which nothing is stored.
func TestProgramAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs one after the other, of what other tests run: left out with -short")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	run := func(models string, args ...string) (code int, stdout, stderr string) {
		t.Helper()
		cmd := program(t, args...)
		cmd.Dir = t.TempDir()
		cmd.Env = append(cmd.Env, "SIAMTRACK_MODELS="+models)
		return finish(t, cmd)
	}
	const said = "the model is the one built into the program"
	args := []string{"file", filepath.Join(root, "samples", "walk.mp4"), "--init", clipInit, "--end", "5", "--csv", "-"}
	code, got, stderr := run("", args...)
	if code != exitDone || strings.Count(stderr, said) != 1 || !strings.Contains(stderr, "model=siamtrack") {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	code, want, stderr := run(filepath.Join(root, "models"), append(args, "--precision", "int8")...)
	if code != exitDone || strings.Contains(stderr, said) || got != want {
		t.Errorf("by the file: exit %d: %s%s, want\n%s", code, stderr, got, want)
	}
	if _, _, stderr := run("", append(args, "--quiet")...); stderr != "" {
		t.Errorf("with --quiet: %q", stderr)
	}
	if code, stdout, _ := run("", "models"); code != exitDone || !strings.Contains(stdout, "embedded:siamtrack.onnx") ||
		!strings.Contains(stdout, "embedded:siammatch.onnx") {
		t.Errorf("models: exit %d: %s", code, stdout)
	}
	picture := filepath.Join(root, "docs", "walk.jpg")
	if code, stdout, stderr := run("", "match", picture, picture, "--kind", "object"); code != exitDone ||
		!strings.HasPrefix(stdout, "same: ") || !strings.Contains(stderr, said) {
		t.Errorf("match: exit %d: %s%s", code, stdout, stderr)
	}
	pairs := in(t, "pairs.csv")
	if err := os.WriteFile(pairs, []byte("a,b,same\n"+picture+","+picture+",1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run("", "match", "calibrate", pairs); code != exitUsage ||
		!strings.Contains(stderr, "--thresholds") {
		t.Errorf("calibrate: exit %d: %s", code, stderr)
	}
}
