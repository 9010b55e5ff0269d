package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/draw"

	"siamtrack/capture"
	"siamtrack/tracker"
)

// longTermSequence writes a sequence of VOT's long-term layout, made from the clip: half as large, it is an inset of a
// larger frame of lawn, is gone three times, and comes back at another place.
func longTermSequence(t *testing.T, root string) {
	t.Helper()
	truth := readTrack(t, clipTruth)
	video, err := capture.Open(clip, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer video.Close()
	folder := filepath.Join(root, "walker", "color")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	n := 0
	write := func(img image.Image) {
		n++
		file, err := os.Create(filepath.Join(folder, fmt.Sprintf("%08d.jpg", n)))
		if err == nil {
			err = errors.Join(jpeg.Encode(file, img, &jpeg.Options{Quality: 90}), file.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	lawn := image.NewRGBA(image.Rect(0, 0, 960, 540))
	var f tracker.Frame
	for _, at := range []image.Point{{0, 0}, {570, 250}, {20, 240}, {560, 10}} {
		for range 30 {
			if err := video.Next(&f); errors.Is(err, io.EOF) {
				t.Fatal("the clip is too short")
			} else if err != nil {
				t.Fatal(err)
			}
			if f.Index == 0 {
				draw.ApproxBiLinear.Scale(lawn, lawn.Rect, f.Image, image.Rect(0, 290, 320, 470), draw.Src, nil)
			}
			img := image.NewRGBA(lawn.Rect)
			copy(img.Pix, lawn.Pix)
			draw.ApproxBiLinear.Scale(img, image.Rect(0, 0, 384, 288).Add(at), f.Image, f.Image.Rect, draw.Src, nil)
			box := truthAt(t, truth, f.Index).Scale(0.5)
			box.X, box.Y = box.X+float64(at.X), box.Y+float64(at.Y)
			fmt.Fprintln(&rows, box)
			write(img)
		}
		if at.Y != 10 {
			for range 20 {
				fmt.Fprintln(&rows, "nan,nan,nan,nan")
				write(lawn)
			}
		}
	}
	for name, text := range map[string]string{
		"walker/groundtruth.txt": rows.String(), "walker/sequence": "fps=25\n", "list.txt": "walker\n",
		"stack.yaml": "title: longterm\n",
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLongTerm scores the long-term experiment with re-detection and without: the target comes back where it is not
// looked for otherwise.
func TestLongTerm(t *testing.T) {
	if testing.Short() {
		t.Skip("360 frames tracked: left out with -short")
	}
	t.Setenv("SIAMTRACK_MODELS", "../../models")
	root, out := t.TempDir(), t.TempDir()
	longTermSequence(t, root)
	var f [2]float64
	for i, flags := range [][]string{{"--no-redetect"}, nil} {
		run := filepath.Join(out, fmt.Sprint("run", i))
		args := append([]string{"bench", root, "--experiment", "longterm", "-q", "--out", run}, flags...)
		if code, _, stderr := track(t, args...); code != exitDone {
			t.Fatalf("bench %v: exit %d\n%s", flags, code, stderr)
		}
		path := filepath.Join(out, "scores.json")
		code, table, stderr := track(t, "eval", "-q", "--dataset", root, "--json", path, run)
		if code != exitDone {
			t.Fatalf("eval: exit %d\n%s", code, stderr)
		}
		t.Logf("%v\n%s", flags, table)
		var scores struct {
			Trackers []struct {
				F float64 `json:"f_score"`
			}
		}
		raw, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(raw, &scores)
		}
		if err != nil || len(scores.Trackers) != 1 {
			t.Fatalf("%v\n%s", err, raw)
		}
		f[i] = scores.Trackers[0].F
	}
	if f[0] > 0.45 || f[1] < 0.6 {
		t.Errorf("F %.3f without re-detection, %.3f with it; below 0.45 and above 0.6 expected", f[0], f[1])
	}
}
