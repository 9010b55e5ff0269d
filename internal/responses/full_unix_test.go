//go:build unix

package responses

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"siamtrack/internal/fulldisk"
)

// TestFullDisk: what cannot be written is an error that names the file, and no part of a map is left.
func TestFullDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "maps")
	w, err := New(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Put(step(1)); err != nil {
		t.Fatal(err)
	}
	fulldisk.While(t, func() { err = w.Put(step(2)) })
	if !errors.Is(err, syscall.EFBIG) || !strings.Contains(err.Error(), "1_000002.png") {
		t.Errorf("%v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 3 {
		t.Errorf("%v, %v", entries, err)
	}
}
