package capture

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"siamtrack/internal/memory"
	"siamtrack/tracker"
)

// The seeds in testdata/fuzz are videos and pictures that ffmpeg made of its test picture, at 32x32 and 24x18 pixels.

// allowed are the reasons for which a file cannot be read.
func allowed(err error) bool {
	for _, reason := range []error{
		ErrNotVideo, ErrTooLarge, ErrNoImages, ErrBroken, ErrTimeout, memory.Err, fs.ErrNotExist, io.EOF,
	} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// readSome opens a file and reads some of its frames, which have pixels, numbers that grow and times that do not run
// back.
func readSome(t *testing.T, path string) {
	t.Helper()
	s, err := Open(path, Options{MaxPixels: 1 << 20})
	if err != nil {
		if !allowed(err) {
			t.Error(err)
		}
		return
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	var f tracker.Frame
	index, at := -1, time.Duration(0)
	for range 16 {
		if err := s.Next(&f); err != nil {
			if !allowed(err) {
				t.Error(err)
			}
			return
		}
		size := f.Image.Rect.Size()
		if f.Index <= index || f.Time < at || size.X <= 0 || size.Y <= 0 || len(f.Image.Pix) < 4*size.X*size.Y {
			t.Fatalf("frame %d at %v of %v pixels, after frame %d at %v", f.Index, f.Time, size, index, at)
		}
		index, at = f.Index, f.Time
	}
}

// FuzzVideo reads what a mutator made of real containers: that ends, in frames or in an error with its reason.
func FuzzVideo(f *testing.F) {
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "v.mp4") // the name says nothing to FFmpeg
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		readSome(t, path)
	})
}

// FuzzReadImage does the same with pictures, as a single one and as a source.
func FuzzReadImage(f *testing.F) {
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "p.png") // OpenCV goes by the content
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if img, err := ReadImage(path); err != nil && !allowed(err) || err == nil && img.Rect.Empty() {
			t.Errorf("%v, %v", img, err)
		}
		readSome(t, path)
	})
}
