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

// walkerFrames makes a folder of pictures of the clip: of its woman (walker.png), of her head (head.png), and two
// folders of frames, one in which she is from the second on (frames) and one in which she is not (lawn).
func walkerFrames(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
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
	return dir
}

// TestTemplate finds the walker of the clip by a picture of her, in the first frame that shows her, and follows her.
func TestTemplate(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs one after the other, of what other tests run: left out with -short")
	}
	dir, model := walkerFrames(t), goodModel(t)
	frames, example, csv := filepath.Join(dir, "frames"), filepath.Join(dir, "walker.png"), filepath.Join(dir, "t.csv")

	for _, c := range []struct {
		name, template, csv string
		want                tracker.Box
	}{
		{"she", example, csv, tracker.Box{X: 79, Y: 62, W: 50, H: 148}},
		// Small: the network alone takes other things for it.
		{"her head", filepath.Join(dir, "head.png"), filepath.Join(dir, "head.csv"),
			tracker.Box{X: 92, Y: 62, W: 24, H: 26}},
	} {
		code, _, errs := track(t, "file", frames, "-m", model, "--template", c.template, "--csv", c.csv)
		if code != exitDone {
			t.Fatalf("exit %d, %s", code, errs)
		}
		rows := readTrack(t, c.csv)
		if len(rows) != 2 || rows[0].Frame != 1 || rows[0].Box.IoU(c.want) < 0.9 {
			t.Errorf("%+v; %s is in frames 1 and 2, at %v in the first", rows, c.name, c.want)
		}
	}

	none := filepath.Join(dir, "none.csv")
	code, _, errs := track(t, "file", filepath.Join(dir, "lawn"), "-m", model, "--template", example, "--csv", none)
	if _, err := os.Stat(none); code != exitFailed || !strings.Contains(errs, "object not found in any of 2 frames") ||
		err == nil {
		t.Errorf("frames without her: exit %d, %q", code, errs)
	}
	code, _, errs = track(t, "file", frames, "-m", model, "--template", csv)
	if code != exitFailed || !strings.Contains(errs, "--template") || !strings.Contains(errs, "t.csv") {
		t.Errorf("an example that is no picture: exit %d, %q", code, errs)
	}
}
