package capture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"siamtrack/tracker"
)

// TestParts: a part that is filled has the bytes that it has in the whole frame, whatever frames were read ahead.
func TestParts(t *testing.T) {
	for _, c := range []struct {
		size, pixels string
		more         []string // ffmpeg's
		undefined    bool     // until they are filled
	}{
		{"320x240", "yuv420p", nil, true},
		{"96x50", "yuv420p", nil, true}, // the last strip lies over the one before
		{"224x96", "yuvj420p", nil, true},
		{"160x96", "yuv420p", []string{"-colorspace", "bt709"}, true},
		{"100x60", "yuv420p", nil, false},
		{"320x242", "yuv422p", nil, false},
		{"320x240", "yuv420p10le", nil, false},
	} {
		name := c.size + " " + c.pixels
		path := filepath.Join(t.TempDir(), "parts.mkv")
		ffmpegRun(t, append(append(testsrc(64, 48, 12), "-vf", "scale="+c.size, "-c:v", "libx264", "-pix_fmt", c.pixels),
			append(c.more, path)...)...)
		whole, err := drain(mustOpen(t, path, Options{}))
		if err != io.EOF {
			t.Fatal(name, err)
		}
		src := mustOpen(t, path, Options{Parts: true})
		ahead := Prefetch(src, 3)
		random := rand.New(rand.NewPCG(1, 2))
		var f tracker.Frame
		for i := range whole {
			if err := ahead.Next(&f); err != nil {
				t.Fatal(name, err)
			}
			copied := image.NewRGBA(f.Image.Rect)
			if err := src.Copy(copied, f.Image); err != nil {
				t.Fatal(name, err)
			}
			if err := sameIn(copied, whole[i].Image, copied.Rect); err != nil {
				t.Fatalf("%s: frame %d, copied: %v", name, i, err)
			}
			if i == 0 && (f.Image.Pix[3] == 0) != c.undefined {
				t.Errorf("%s: the first pixel is %v before it is asked for", name, f.Image.Pix[:4])
			}
			for range 8 {
				part := randomPart(random, f.Image.Rect)
				if err := src.Fill(f.Image, part); err != nil {
					t.Fatal(name, err)
				}
				if err := sameIn(f.Image, whole[i].Image, part.Intersect(f.Image.Rect)); err != nil {
					t.Fatalf("%s: frame %d, part %v: %v", name, i, part, err)
				}
			}
		}
		if err := ahead.Next(&f); err != io.EOF {
			t.Errorf("%s: the end is %v", name, err)
		}
		if err := ahead.Close(); err != nil {
			t.Error(err)
		}
		if err := src.Copy(f.Image, f.Image); !errors.Is(err, ErrClosed) {
			t.Errorf("%s: after Close Copy says %v", name, err)
		}
		if err := src.Fill(f.Image, f.Image.Rect); !errors.Is(err, ErrClosed) {
			t.Errorf("%s: after Close Fill says %v", name, err)
		}
	}
}

// randomPart may be empty, or reach outside.
func randomPart(r *rand.Rand, in image.Rectangle) image.Rectangle {
	x, y := r.IntN(in.Max.X+20)-10, r.IntN(in.Max.Y+20)-10
	return image.Rect(x, y, x+r.IntN(in.Max.X), y+r.IntN(in.Max.Y))
}

// sameIn compares two pictures in a part of them.
func sameIn(got, want *image.RGBA, part image.Rectangle) error {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		row := func(img *image.RGBA) []byte {
			return img.Pix[img.PixOffset(part.Min.X, y):img.PixOffset(part.Max.X, y)]
		}
		if part.Empty() || bytes.Equal(row(got), row(want)) { // row by row: ten times as fast under the race detector
			continue
		}
		for x := part.Min.X; x < part.Max.X; x++ {
			if g, w := got.RGBAAt(x, y), want.RGBAAt(x, y); g != w {
				return fmt.Errorf("at %d,%d it is %v, in the whole %v", x, y, g, w)
			}
		}
	}
	return nil
}

// Frames whose images never come back are whole in the end all the same.
func TestPartsOfManyFrames(t *testing.T) {
	src := mustOpen(t, sample, Options{Parts: true})
	frames, err := drain(src)
	if err != io.EOF || len(frames) != sampleFrames {
		t.Fatalf("%d frames, %v", len(frames), err)
	}
	if got := len(src.r.(*video).parts.kept); got != mostKept {
		t.Errorf("%d pictures are kept, at most %d are to be", got, mostKept)
	}
	whole, _ := drain(mustOpen(t, sample, Options{}))
	for i, f := range frames {
		if err := src.Fill(f.Image, f.Image.Rect); err != nil {
			t.Fatal(err)
		}
		if err := sameIn(f.Image, whole[i].Image, f.Image.Rect); err != nil {
			t.Fatalf("frame %d: %v", i, err)
		}
	}
}

// TestStop: what was read before keeps its pixels until Close, so that a frame in hand can be finished.
func TestStop(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parts.mkv")
	ffmpegRun(t, append(testsrc(64, 48, 12), "-vf", "scale=320x240", "-c:v", "libx264", "-pix_fmt", "yuv420p", path)...)
	for _, parts := range []bool{false, true} {
		src := mustOpen(t, path, Options{Parts: parts})
		var f tracker.Frame
		if err := src.Next(&f); err != nil {
			t.Fatal(err)
		}
		src.Stop()
		src.Stop()
		if err := src.Next(new(tracker.Frame)); !errors.Is(err, ErrClosed) {
			t.Errorf("Next after Stop: %v", err)
		}
		if err := errors.Join(src.Copy(image.NewRGBA(f.Image.Rect), f.Image), src.Fill(f.Image, f.Image.Rect)); err != nil {
			t.Errorf("parts %v: a frame in hand after Stop: %v", parts, err)
		}
		if err := errors.Join(src.Close(), src.Close()); err != nil {
			t.Error(err)
		}
		if err := src.Fill(f.Image, f.Image.Rect); parts && !errors.Is(err, ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}
