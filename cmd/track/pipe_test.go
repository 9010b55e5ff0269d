//go:build unix

package main

import (
	"bufio"
	"errors"
	"io"
	"os"
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

// TestModelIsToldFirst: the input is opened while the model is loaded; what is wrong with the model is told first, and
// at once where the input would be waited for.
func TestModelIsToldFirst(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "input.mp4")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	for _, input := range []string{pipe, "missing.mp4", "../../samples/walk.mp4"} {
		code, out, stderr := finish(t, program(t, "file", input, "-m", "no-such-model", "--init", clipInit, "--csv", "-"))
		if code != exitUsage || out != "" || !strings.Contains(stderr, "no-such-model") || strings.Contains(stderr, input) {
			t.Errorf("%s: exit %d: %s%s", input, code, out, stderr)
		}
	}
	code, _, stderr := finish(t, program(t, "file", "missing.mp4", "-m", tiny, "--init", clipInit, "--csv", "-"))
	if code != exitFailed || !strings.Contains(stderr, "missing.mp4") {
		t.Errorf("no input: exit %d: %s", code, stderr)
	}
}

// TestPipeAsFile: files that describe may come through a pipe; the first SIGTERM ends the wait for what it brings, and
// one that is of two uses is read once.
func TestPipeAsFile(t *testing.T) {
	clip := "../../samples/walk.mp4"
	pipe := func() string {
		path := filepath.Join(t.TempDir(), "pipe")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Skip(err)
		}
		return path
	}
	for _, args := range [][]string{
		{"config", "check", "PIPE"}, {"models", "--config", "PIPE"}, {"file", clip, "-m", tiny, "--init-file", "PIPE"},
		{"file", clip, "-m", tiny, "--init", "349,428,50,148", "--csv", "-", "--truth", "PIPE"},
		{"live", clip, "--http", ":0", "--token-file", "PIPE"}, {"match", "calibrate", "PIPE"},
		{"eval", "--gt", "PIPE", "--pred", "PIPE"},
	} {
		path := pipe()
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "PIPE", path)
		}
		cmd := program(t, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		w := reader(t, path)
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // which the test's own time bounds
		if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
			t.Errorf("%q: exit %d, want %d", args, code, exitInterrupted)
		}
		w.Close()
	}
	path := pipe()
	go func() { _ = os.WriteFile(path, []byte("349,428,50,148\n"), 0o600) }()
	code, out, stderr := finish(t, program(t, "file", clip, "-m", tiny, "--init-file", path, "--end", "2", "--csv", "-"))
	if code != exitDone || strings.Count(out, "\n") != 4 {
		t.Errorf("boxes from a pipe: exit %d: %s%s", code, out, stderr)
	}
}

// reader waits until somebody reads a pipe and returns its other end, through which nothing comes.
func reader(t *testing.T, path string) *os.File {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		w, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			return w
		}
		if !errors.Is(err, syscall.ENXIO) { // nobody reads it yet
			t.Fatal(err)
		}
	}
	t.Fatal("nobody reads it within a minute")
	return nil
}
