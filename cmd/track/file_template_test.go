package main

import (
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/capture"
	"siamtrack/tracker"
)

// TestTemplate finds the walker of the clip by a picture of her, in the first frame that shows her, and follows her.
func TestTemplate(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs one after the other, of what other tests run: left out with -short")
	}
	dir, model := t.TempDir(), goodModel(t)
	src, err := capture.Open(clip, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	save := func(name string, part image.Image) {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := stored(f, part); err != nil {
			t.Fatal(err)
		}
	}
	var f tracker.Frame
	lawn, about := image.Rect(20, 270, 270, 480), image.Rect(270, 366, 520, 576) // of one size, without and with her
	for _, name := range []string{"frames", "lawn"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"2.png", "3.png"} {
		if err := src.Next(&f); err != nil {
			t.Fatal(err)
		}
		if name == "2.png" {
			save("walker.png", f.Image.SubImage(image.Rect(349, 428, 399, 576)))
			save("head.png", f.Image.SubImage(image.Rect(362, 428, 386, 454)))
			for _, name := range []string{"frames/1.png", "lawn/1.png", "lawn/2.png"} {
				save(name, f.Image.SubImage(lawn))
			}
		}
		save("frames/"+name, f.Image.SubImage(about))
	}
	frames, example, csv := filepath.Join(dir, "frames"), filepath.Join(dir, "walker.png"), filepath.Join(dir, "t.csv")

	code, _, errs := track(t, "file", frames, "-m", model, "--template", example, "--csv", csv)
	if code != exitDone {
		t.Fatalf("exit %d, %s", code, errs)
	}
	rows := readTrack(t, csv)
	if want := (tracker.Box{X: 79, Y: 62, W: 50, H: 148}); len(rows) != 2 || rows[0].Frame != 1 ||
		rows[0].Box.IoU(want) < 0.9 {
		t.Errorf("%+v; she is in frames 1 and 2, at %v in the first", rows, want)
	}

	head := filepath.Join(dir, "head.csv") // small: the network alone takes other things for it
	code, _, errs = track(t, "file", frames, "-m", model, "--template", filepath.Join(dir, "head.png"), "--csv", head)
	if code != exitDone {
		t.Fatalf("exit %d, %s", code, errs)
	}
	rows = readTrack(t, head)
	if want := (tracker.Box{X: 92, Y: 62, W: 24, H: 26}); len(rows) != 2 || rows[0].Frame != 1 ||
		rows[0].Box.IoU(want) < 0.9 {
		t.Errorf("%+v; her head is in frames 1 and 2, at %v in the first", rows, want)
	}

	none := filepath.Join(dir, "none.csv")
	code, _, errs = track(t, "file", filepath.Join(dir, "lawn"), "-m", model, "--template", example, "--csv", none)
	if _, err := os.Stat(none); code != exitFailed || !strings.Contains(errs, "object not found in any of 2 frames") ||
		err == nil {
		t.Errorf("frames without her: exit %d, %q", code, errs)
	}
	code, _, errs = track(t, "file", frames, "-m", model, "--template", csv)
	if code != exitFailed || !strings.Contains(errs, "--template") || !strings.Contains(errs, "t.csv") {
		t.Errorf("an example that is no picture: exit %d, %q", code, errs)
	}
}
