package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"siamtrack/internal/zoo"
)

// needDesktop skips the test, and says why, where there is no display or nothing to drive it with.
func needDesktop(t *testing.T) {
	t.Helper()
	if os.Getenv("DISPLAY") == "" {
		t.Skip("SKIPPED: no display: run it by `make test`, which starts a virtual one")
	}
	needTools(t, "xdotool", "ffmpeg")
}

// needTools skips the test where one of the programs is absent.
func needTools(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("SKIPPED: no %s: `scripts/setup.sh check` installs it", name)
		}
	}
}

// goodModel returns a model that really follows: the project's own where it is built, else the one that the shared
// data holds of others.
func goodModel(t *testing.T) string {
	t.Helper()
	if path, err := zoo.Find(zoo.Default, []string{"../../models"}); err == nil {
		return absolute(t, path)
	}
	const shared = "../../../shared/peers/models"
	files, err := filepath.Glob(shared + "/nano3_*.onnx")
	if err != nil || len(files) == 0 {
		t.Skipf("SKIPPED: neither the model %s nor %s is there", zoo.Default, shared)
	}
	dir := t.TempDir()
	for _, f := range append(files, "../../models/foreign/nanotrack-v3.json") {
		if err := os.Symlink(absolute(t, f), filepath.Join(dir, filepath.Base(f))); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "nanotrack-v3.json")
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}
