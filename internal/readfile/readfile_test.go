package readfile

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for _, size := range []int{0, 1, 511, 512, 513, 4096, 100_000} {
		want := bytes.Repeat([]byte("x"), size)
		if err := os.WriteFile(path, want, 0o600); err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]func(string, int64) ([]byte, error){"Plain": Plain, "Any": ever} {
			if got, err := read(path, int64(size)); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s of %d bytes: %d, %v", name, size, len(got), err)
			}
			if _, err := read(path, int64(size)-1); !errors.Is(err, ErrTooLarge) {
				t.Errorf("%s of %d bytes with one less allowed: %v", name, size, err)
			}
		}
	}
	huge := filepath.Join(dir, "huge")
	if err := os.WriteFile(huge, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(huge, 1<<40); err != nil {
		t.Skip(err)
	}
	if _, err := Plain(huge, Small); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a file of a tebibyte: %v", err)
	}
	if _, err := Plain(filepath.Join(dir, "none"), 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// ever is Any whose wait nothing ends.
func ever(path string, limit int64) ([]byte, error) { return Any(context.Background(), path, limit) }

// TestAnyIsEnded: who waits for the other end of a pipe does so until it is told not to, and has all when it comes.
func TestAnyIsEnded(t *testing.T) {
	pipe := func() string {
		path := filepath.Join(t.TempDir(), "fifo")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Any(ctx, pipe(), Small); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
	path, written := pipe(), make(chan error, 1)
	go func() { written <- os.WriteFile(path, []byte("both ends"), 0o600) }()
	if got, err := ever(path, Small); err != nil || string(got) != "both ends" {
		t.Errorf("%q, %v", got, err)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
}

func TestOtherKinds(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/dev/zero", fifo, t.TempDir()} {
		if _, err := Plain(path, Small); !errors.Is(err, ErrKind) {
			t.Errorf("Plain of %s: %v", path, err)
		}
	}
	if _, err := ever("/dev/zero", Small); !errors.Is(err, ErrTooLarge) {
		t.Errorf("Any of /dev/zero: %v", err)
	}
}
