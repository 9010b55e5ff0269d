package capture

import (
	"errors"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"siamtrack/capture/ffmpeg"
)

// Every container and codec that is offered writes what can be read back: the count, the size, the pictures.
func TestWriterRoundTrip(t *testing.T) {
	for _, suffix := range containers() {
		for _, codec := range codecs[suffix] {
			t.Run(suffix+" "+codec, func(t *testing.T) { testRoundTrip(t, filepath.Join(t.TempDir(), "v"+suffix), codec) })
		}
	}
}

func testRoundTrip(t *testing.T, path, codec string) {
	const n = 30
	w, err := NewWriter(path, WriterOptions{FPS: 12.5, Codecs: []string{codec}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := w.Write(picture(160, 120, i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if w.Codec() != codec || w.Frames() != n {
		t.Errorf("%d frames with %q", w.Frames(), w.Codec())
	}
	s := mustOpen(t, path, Options{})
	if fps := s.Info().FPS; fps < 12.4 || fps > 12.6 {
		t.Errorf("it plays at %g frames/s", fps)
	}
	frames, err := drain(s)
	if err != io.EOF || len(frames) != n {
		t.Fatalf("%d frames, then %v", len(frames), err)
	}
	for i, f := range frames {
		if d := meanDifference(f.Image, picture(160, 120, i)); d > 8 {
			t.Errorf("frame %d differs by %.1f", i, d)
		}
	}
}

// Frames that are parts of larger pictures are written as they look.
func TestWriterPacksRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "part.mkv")
	w, err := NewWriter(path, WriterOptions{FPS: 25, Codecs: []string{"FFV1"}})
	if err != nil {
		t.Fatal(err)
	}
	whole := picture(100, 80, 5)
	if err := w.Write(whole.SubImage(image.Rect(20, 10, 84, 58)).(*image.RGBA)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	frames, _ := drain(mustOpen(t, path, Options{}))
	if len(frames) != 1 {
		t.Fatalf("%d frames", len(frames))
	}
	want := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for y := range 48 {
		copy(want.Pix[y*want.Stride:], whole.Pix[whole.PixOffset(20, y+10):whole.PixOffset(84, y+10)])
	}
	if d := meanDifference(frames[0].Image, want); d > 2 {
		t.Errorf("the picture differs by %.1f", d)
	}
}

func TestWriterErrors(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		path string
		fps  float64
		is   error
		says string
	}{
		{filepath.Join(dir, "none", "a.mp4"), 25, fs.ErrNotExist, "no folder " + filepath.Join(dir, "none")},
		{filepath.Join(dir, "a.gif"), 25, ErrCodec, ".mp4"},
		{filepath.Join(dir, "a"), 25, ErrCodec, `ending "" is none of`},
		{filepath.Join(dir, "a.mp4"), -2, nil, "frame rate -2"},
		{filepath.Join(dir, "a.mp4"), 90000, nil, "frame rate 90000"},
	} {
		_, err := NewWriter(c.path, WriterOptions{FPS: c.fps})
		if err == nil {
			t.Errorf("%s at %g: no error", c.path, c.fps)
			continue
		}
		if c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.path, err)
		}
	}
	w, err := NewWriter(filepath.Join(dir, "b.mp4"), WriterOptions{FPS: 25, Codecs: []string{"zzzz"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(picture(64, 48, 0)); !errors.Is(err, ErrCodec) || !strings.Contains(err.Error(), "zzzz") {
		t.Errorf("an unknown codec: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Errorf("nothing was written: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left behind", left)
	}
}

// The second codec of the list is taken where the first one is not there.
func TestWriterFallsBack(t *testing.T) {
	w, err := NewWriter(filepath.Join(t.TempDir(), "b.avi"), WriterOptions{FPS: 25, Codecs: []string{"zzzz", "MJPG"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(picture(64, 48, 0)), w.Close()); err != nil {
		t.Fatal(err)
	}
	if w.Codec() != "MJPG" {
		t.Errorf("written with %q", w.Codec())
	}
}

func TestWriterRefusesAnotherSize(t *testing.T) {
	w, err := NewWriter(filepath.Join(t.TempDir(), "b.avi"), WriterOptions{FPS: 25})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(picture(64, 48, 0)); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(picture(66, 48, 1)); err == nil || !strings.Contains(err.Error(), "66x48") {
		t.Errorf("another size: %v", err)
	}
	if err := w.Write(picture(64, 48, 1)); err != nil {
		t.Errorf("the right size after it: %v", err)
	}
	if err := w.Close(); err != nil || w.Frames() != 2 {
		t.Errorf("%d frames: %v", w.Frames(), err)
	}
	if err := w.Write(picture(64, 48, 2)); !errors.Is(err, ErrClosed) {
		t.Errorf("Write after Close: %v", err)
	}
}

// A full disk, as /dev/full plays it, is told by the end.
func TestWriterOnAFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "full.avi")
	if err := os.Symlink("/dev/full", path); err != nil {
		t.Skip(err)
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	w, err := NewWriter(path, WriterOptions{FPS: 25})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if err := w.Write(picture(320, 240, i)); err != nil {
			break // an early word is as good
		}
	}
	err = w.Close()
	if !errors.Is(err, ErrIncomplete) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the disk is full: %v", err)
	}
}

func TestProbeCodecs(t *testing.T) {
	probes, err := ProbeCodecs()
	if err != nil {
		t.Fatal(err)
	}
	works := map[string]bool{}
	for _, p := range probes {
		works[p.Container] = works[p.Container] || p.Err == nil
	}
	for _, suffix := range containers() {
		if !works[suffix] {
			t.Errorf("no codec writes %s", suffix)
		}
	}
	streams, _, writers := Backends()
	for _, names := range [][]string{streams, writers} {
		if !strings.Contains(strings.Join(names, " "), "FFMPEG") {
			t.Errorf("no FFMPEG among %v", names)
		}
	}
}

// Before the disk is full the writer stops, while the end of the file still fits: what was written can be played.
func TestWriterLeavesRoomForTheEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.mp4")
	w, err := NewWriter(path, WriterOptions{FPS: 25})
	if err != nil {
		t.Fatal(err)
	}
	left := uint64(1 << 40)
	w.space = func(string) (uint64, bool) { return left, true }
	for err == nil && w.Frames() < 1000 {
		if w.Frames() == 40 {
			left = 100_000
		}
		err = w.Write(picture(160, 120, w.Frames()))
	}
	if !errors.Is(err, syscall.ENOSPC) || w.Frames() < 40 || w.Frames() > 60 {
		t.Fatalf("after %d frames: %v", w.Frames(), err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := ffmpeg.Count("file:" + path); err != nil || n != w.Frames() {
		t.Errorf("%d frames can be read of %d: %v", n, w.Frames(), err)
	}

	w, err = NewWriter(filepath.Join(t.TempDir(), "c.mp4"), WriterOptions{FPS: 25})
	if err != nil {
		t.Fatal(err)
	}
	w.space = func(string) (uint64, bool) { return 10, true }
	if err := w.Write(picture(160, 120, 0)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("full from the beginning: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Errorf("nothing was written: %v", err)
	}
}
