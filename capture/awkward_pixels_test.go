package capture

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"testing"
)

// The picture of each width is whole: FFmpeg's converters work in steps of 8 or 16 pixels.
func TestOddSizes(t *testing.T) {
	for width := 33; width < 50; width++ {
		path := filepath.Join(t.TempDir(), "odd.mkv")
		scale := fmt.Sprintf("scale=%d:35", width)
		ffmpegRun(t, append(testsrc(64, 64, 1), "-vf", scale, "-c:v", "ffv1", "-pix_fmt", "yuv444p", path)...)
		frames, err := drain(mustOpen(t, path, Options{}))
		if err != io.EOF {
			t.Fatal(err)
		}
		sameFrames(t, strconv.Itoa(width), frames, asFFmpeg(t, path, width, 35))
	}
}

// Kinds of pixels beside the usual one: as the ffmpeg program shows them, and opaque.
func TestPixelFormats(t *testing.T) {
	for _, format := range []string{"bgr0", "bgra", "gray", "gray16le", "yuva444p", "yuv420p10le", "rgb48le"} {
		path := filepath.Join(t.TempDir(), format+".mkv")
		ffmpegRun(t, append(testsrc(64, 48, 2), "-c:v", "ffv1", "-pix_fmt", format, path)...)
		frames, err := drain(mustOpen(t, path, Options{}))
		if err != io.EOF {
			t.Fatal(err)
		}
		sameFrames(t, format, frames, asFFmpeg(t, path, 64, 48))
		for i := 3; i < len(frames[0].Image.Pix); i += 4 {
			if frames[0].Image.Pix[i] != 255 {
				t.Fatalf("%s: not opaque", format)
			}
		}
	}
}

// Colours are those of the matrix that the stream names: BT.709 for most HD video.
func TestColourMatrix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hd.mp4")
	ffmpegRun(t, append(testsrc(160, 96, 2), "-vf", "scale=out_color_matrix=bt709", "-colorspace", "bt709",
		"-pix_fmt", "yuv420p", path)...)
	frames, err := drain(mustOpen(t, path, Options{}))
	if err != io.EOF {
		t.Fatal(err)
	}
	sameFrames(t, "BT.709", frames, asFFmpeg(t, path, 160, 96))
}

func TestPixelAspect(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sar.mp4")
	ffmpegRun(t, append(testsrc(64, 48, 2), "-vf", "setsar=4/3", "-pix_fmt", "yuv420p", path)...)
	if got := mustOpen(t, path, Options{}).Info().PixelAspect; got != (Ratio{4, 3}) {
		t.Errorf("pixels of %v", got)
	}
}

// A header that asks for more than is allowed is refused before anything is decoded.
func TestTooManyPixels(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mp4")
	ffmpegRun(t, append(testsrc(320, 240, 1), "-pix_fmt", "yuv420p", path)...)
	if _, err := Open(path, Options{MaxPixels: 320*240 - 1}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("one pixel too many: %v", err)
	}
	if _, err := drain(mustOpen(t, path, Options{MaxPixels: 320 * 240})); err != io.EOF {
		t.Errorf("just enough: %v", err)
	}
}
