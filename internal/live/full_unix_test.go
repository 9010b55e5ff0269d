//go:build unix

package live

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"siamtrack/internal/fulldisk"
)

// TestSnapshotOnAFullDisk: the error names the picture once, and no part of it is left.
func TestSnapshotOnAFullDisk(t *testing.T) {
	dir, v := t.TempDir(), view(0, 30, 300)
	for i := range v.Frame.Image.Pix {
		v.Frame.Image.Pix[i] = uint8(i * i >> 7) // more than a buffer full when it is encoded
	}
	var path string
	var err error
	fulldisk.While(t, func() { path, err = Snapshot(dir, v, time.Now()) })
	if !errors.Is(err, syscall.EFBIG) || strings.Count(err.Error(), path) != 1 {
		t.Errorf("%v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("left: %v, %v", entries, err)
	}
}
