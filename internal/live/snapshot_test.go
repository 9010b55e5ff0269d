package live

import (
	"encoding/json"
	"errors"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siamtrack/internal/golden"
)

func TestSnapshot(t *testing.T) {
	dir := t.TempDir()
	v := view(7, 10, 16)
	for i := range v.Frame.Image.Pix {
		v.Frame.Image.Pix[i] = 255
	}
	v.Frame.Image.SetRGBA(3, 4, color.RGBA{1, 2, 3, 255})
	path, err := Snapshot(dir, v, time.Date(2024, 5, 1, 12, 30, 15, 250e6, time.UTC))
	if err != nil || path != filepath.Join(dir, "snapshot-20240501-123015.250.png") {
		t.Fatalf("%q, %v", path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil || img.At(3, 4) != (color.RGBA{1, 2, 3, 255}) {
		t.Errorf("pixel %v, %v", img.At(3, 4), err)
	}
	text, err := os.ReadFile(strings.TrimSuffix(path, "png") + "json")
	if err != nil {
		t.Fatal(err)
	}
	golden.Valid(t, snapshotSchema(t), text)
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	b, _ := got["box"].(map[string]any)
	if b["w"] != 3.0 || got["state"] != "tracking" || got["frame"] != 7.0 || got["time_s"] != 0.7 {
		t.Errorf("%s", text)
	}
	if _, err := Snapshot(filepath.Join(dir, "none"), v, time.Now()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
}

// TestSnapshotThroughALink: a file that is there, by whatever name somebody guessed, is not written over.
func TestSnapshotThroughALink(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2024, 5, 1, 12, 30, 15, 250e6, time.UTC)
	precious := filepath.Join(dir, "precious")
	if err := os.WriteFile(precious, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(precious, filepath.Join(dir, "snapshot-20240501-123015.250.png")); err != nil {
		t.Skip(err)
	}
	for range 2 {
		path, err := Snapshot(dir, view(7, 10, 16), now)
		if err != nil || filepath.Base(path) == filepath.Base(precious) || strings.HasSuffix(path, "250.png") {
			t.Errorf("%s, %v", path, err)
		}
	}
	if text, err := os.ReadFile(precious); err != nil || string(text) != "kept" {
		t.Errorf("%q, %v", text, err)
	}
}
