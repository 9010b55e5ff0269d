package main

import (
	"bufio"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestOutOfMemory gives the program a picture for which it may have no memory: it says so in a line and fails.
func TestOutOfMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("with -short: the race detector needs more memory than this test leaves the program")
	}
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
	code, stderr := limited(t, 3_000_000, "file", path, "-m", tiny, "--init", "100,100,50,50", "--csv", "-")
	if code != exitFailed || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "out of memory") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// limited runs the program with so many KiB of addresses.
func limited(t *testing.T, kib int, args ...string) (code int, stderr string) {
	t.Helper()
	needTools(t, "sh")
	cmd := program(t, args...)
	limit := fmt.Sprintf(`ulimit -v %d; exec "$0" "$@"`, kib)
	cmd.Args = append([]string{"sh", "-c", limit, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	code, _, stderr = finish(t, cmd)
	return code, stderr
}

// TestAddresses: where Go's runtime, ONNX Runtime or a thread would not get what they start with, a line says so; with
// a little more than that a video is followed.
func TestAddresses(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("with -short: the race detector needs more addresses than these; only Linux is asked")
	}
	var needed int
	for _, kib := range []int{800_000, 1_100_000, 1_500_000, 1_900_000} {
		code, stderr := limited(t, kib, "--version")
		if code != exitFailed || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "ulimit -v") {
			t.Errorf("%d KiB: exit %d: %s", kib, code, stderr)
		}
		_, after, _ := strings.Cut(stderr, " MiB; ")
		_, _ = fmt.Sscan(after, &needed)
	}
	least := needed << 10
	code, stderr := limited(t, least, "file", "../../samples/walk.mp4", "-m", tiny, "--init", "349,428,50,148",
		"--end", "10", "--csv", "-", "--quiet")
	if code != exitDone {
		t.Errorf("%d KiB: exit %d: %s", least, code, stderr)
	}
}

// TestGroupOfLittleMemory: where a control group leaves ONNX Runtime no room to be loaded, a line says so, and not the
// kernel. Only root can make such a group.
func TestGroupOfLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("with -short: the race detector needs more memory than this test leaves the program")
	}
	needTools(t, "sh")
	group := fmt.Sprintf("/sys/fs/cgroup/memory/siamtrack-test-%d", os.Getpid())
	if err := os.Mkdir(group, 0o755); err != nil {
		t.Skip("no control group (version 1) of memory can be made here: ", err)
	}
	t.Cleanup(func() { _ = os.Remove(group) })
	if err := os.WriteFile(filepath.Join(group, "memory.limit_in_bytes"), []byte("30M"), 0o644); err != nil {
		t.Skip(err)
	}
	run := func(args ...string) (code int, stderr string) {
		cmd := program(t, args...)
		enter := `echo $$ > ` + group + `/cgroup.procs; exec "$0" "$@"`
		cmd.Args = append([]string{"sh", "-c", enter, cmd.Path}, cmd.Args[1:]...)
		cmd.Path = "/bin/sh"
		code, _, stderr = finish(t, cmd)
		return code, stderr
	}
	if code, stderr := run("--version"); code != exitDone {
		t.Skipf("the libraries alone need more here: exit %d %s", code, stderr)
	}
	code, stderr := run("file", clip, "-m", tiny, "--init", clipInit, "--csv", "-")
	if code != exitFailed || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "out of memory") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
