package capture

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"siamtrack/tracker"
)

// TestMain runs as a program that reads standard input where a test asks for it, and fails when native memory leaks
// (with the tag matprofile).
func TestMain(m *testing.M) {
	if os.Getenv("CAPTURE_TEST_STDIN") != "" {
		os.Exit(countStdin())
	}
	if path := os.Getenv("CAPTURE_TEST_WRITE"); path != "" {
		os.Exit(writeUntilKilled(path))
	}
	code := m.Run()
	if report := leaks(); code == 0 && report != "" {
		fmt.Fprintln(os.Stderr, report)
		code = 1
	}
	os.Exit(code)
}

const (
	sample       = "../samples/walk.mp4"
	sampleFrames = 140
)

// mustOpen opens a source and closes it with the test.
func mustOpen(t testing.TB, spec string, o Options) *Source {
	t.Helper()
	s, err := Open(spec, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// drain reads a source to its end and returns the frames' times and the final error (io.EOF for a clean end).
func drain(src tracker.Source) (frames []tracker.Frame, err error) {
	for {
		var f tracker.Frame
		if err := src.Next(&f); err != nil {
			return frames, err
		}
		frames = append(frames, f)
	}
}

// picture returns a frame whose content tells its number and size: a gradient and a moving bright square.
func picture(width, height, n int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			p := img.Pix[img.PixOffset(x, y):]
			p[0], p[1], p[2], p[3] = uint8(40+x*160/width), uint8(40+y*160/height), 90, 255
			if x >= 4*n && x < 4*n+16 && y >= 8 && y < 24 {
				p[0], p[1], p[2] = 250, 250, 40
			}
		}
	}
	return img
}

// makeVideo writes n frames with a Writer and returns the path.
func makeVideo(t testing.TB, name string, width, height, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	w, err := NewWriter(path, WriterOptions{FPS: 25})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := w.Write(picture(width, height, i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// countStdin is the program under TestStandardInput.
func countStdin() int {
	s, err := Open("-", Options{Raw: os.Getenv("CAPTURE_TEST_RAW")})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	frames, err := drain(s)
	if err != io.EOF || s.Close() != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(len(frames), frames[0].Image.Rect.Dx(), frames[len(frames)-1].Time)
	return 0
}

// textLog writes what is logged into b.
func textLog(b *bytes.Buffer) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

// meanDifference returns the mean absolute difference of two pictures' bytes.
func meanDifference(a, b *image.RGBA) float64 {
	if a.Rect != b.Rect || bytes.Equal(a.Pix, nil) {
		return 255
	}
	sum := 0
	for i := range a.Pix {
		d := int(a.Pix[i]) - int(b.Pix[i])
		sum += max(d, -d)
	}
	return float64(sum) / float64(len(a.Pix))
}
