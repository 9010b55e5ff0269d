package main

import (
	"bufio"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOutOfMemory gives the program a picture for which it may have no memory: it says so in a line and fails.
func TestOutOfMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("with -short: the race detector needs more memory than this test leaves the program")
	}
	needTools(t, "sh")
	path := filepath.Join(t.TempDir(), "big.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	black := color.Palette{color.Black} // one bit a pixel in the file
	if err := png.Encode(w, image.NewPaletted(image.Rect(0, 0, 7900, 7900), black)); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := program(t, "file", path, "-m", tiny, "--init", "100,100,50,50", "--csv", "-")
	cmd.Args = append([]string{"sh", "-c", `ulimit -v 3000000; exec "$0" "$@"`, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	code, _, stderr := finish(t, cmd)
	if code != exitFailed || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "out of memory") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
