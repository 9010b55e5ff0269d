//go:build unix

package main

import (
	"bufio"
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPipeThatNobodyWrites: a pipe among pictures ends a run by itself, since it is none; one that is the input is
// waited for, and the first SIGTERM ends that.
func TestPipeThatNobodyWrites(t *testing.T) {
	dir := t.TempDir()
	copyFile(t, clipPicture(t), filepath.Join(dir, "1.png"))
	copyFile(t, clipPicture(t), filepath.Join(dir, "3.png"))
	input := filepath.Join(t.TempDir(), "input.mp4")
	for _, path := range []string{filepath.Join(dir, "2.png"), input} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Skip(err)
		}
	}
	for name, c := range map[string]struct {
		input string
		code  int
	}{"among pictures": {dir, exitFailed}, "as a video": {input, exitInterrupted}} {
		cmd := program(t, "file", c.input, "-m", tiny, "--init", clipInit, "--csv", filepath.Join(t.TempDir(), "t.csv"),
			"--log-level", "debug")
		stderr, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(stderr)
		for lines.Scan() && !strings.Contains(lines.Text(), "msg=opening") {
		}
		ended := make(chan error, 1)
		go func() {
			_, _ = io.Copy(io.Discard, stderr) // what it says until it ends
			ended <- cmd.Wait()
		}()
		if c.code == exitInterrupted {
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case <-ended:
		case <-time.After(time.Minute):
			_ = cmd.Process.Kill()
			t.Fatalf("%s: it goes on waiting", name)
		}
		if code := cmd.ProcessState.ExitCode(); code != c.code {
			t.Errorf("%s: exit %d, want %d", name, code, c.code)
		}
	}
}
