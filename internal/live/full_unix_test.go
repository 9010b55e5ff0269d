//go:build unix

package live

import (
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSnapshotOnAFullDisk: the error names the picture once, and no part of it is left. The disk is full as far as this
// process goes: no file may have more than so many bytes.
func TestSnapshotOnAFullDisk(t *testing.T) {
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Skip(err)
	}
	small := was
	small.Cur = 100
	dir, v := t.TempDir(), view(0, 30, 300)
	for i := range v.Frame.Image.Pix {
		v.Frame.Image.Pix[i] = uint8(i * i >> 7) // more than a buffer full when it is encoded
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Skip(err)
	}
	path, err := Snapshot(dir, v, time.Now())
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(err, syscall.EFBIG) || strings.Count(err.Error(), path) != 1 {
		t.Errorf("%v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("left: %v, %v", entries, err)
	}
}
