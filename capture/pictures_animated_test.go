package capture

import (
	"encoding/binary"
	"image"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// An animated PNG and WebP are videos: every picture, at its time. (ffmpeg cannot read animated WebP: the pictures it
// was made of are what is compared. The lossy ones have a quarter of the colours, which tells on this test picture.)
func TestAnimatedPictures(t *testing.T) {
	frames := asFFmpegSource(t, 64, 48, 6)
	for _, c := range []struct {
		name string
		args []string
		most float64
	}{
		{"a.png", []string{"-f", "apng"}, 0.5},
		{"a.webp", []string{"-c:v", "libwebp_anim", "-lossless", "1", "-pix_fmt", "bgra", "-loop", "0"}, 0.5},
		{"b.webp", []string{"-c:v", "libwebp_anim", "-quality", "95", "-loop", "0"}, 9},
		{"a.gif", nil, 12},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		ffmpegRun(t, append(append(testsrc(64, 48, 6), c.args...), path)...)
		got, err := drain(mustOpen(t, path, Options{}))
		if err != io.EOF || len(got) != len(frames) {
			t.Errorf("%s: %d frames of %d, then %v", c.name, len(got), len(frames), err)
			continue
		}
		for i, f := range got {
			if d := meanDifference(f.Image, frames[i]); d > c.most {
				t.Errorf("%s: picture %d differs by %.1f", c.name, i, d)
			}
			if want := time.Duration(i) * 100 * time.Millisecond; f.Time != want {
				t.Errorf("%s: picture %d at %v, not %v", c.name, i, f.Time, want)
			}
		}
	}
}

// asFFmpegSource returns the pictures of testsrc themselves.
func asFFmpegSource(t *testing.T, width, height, n int) []*image.RGBA {
	raw := ffmpegRun(t, append(testsrc(width, height, n), "-f", "rawvideo", "-pix_fmt", "rgba", "-")...)
	var out []*image.RGBA
	for size := 4 * width * height; len(raw) >= size; raw = raw[size:] {
		out = append(out, &image.RGBA{Pix: raw[:size], Stride: 4 * width, Rect: image.Rect(0, 0, width, height)})
	}
	return out
}

// A frame of an animated WebP may cover a part of the canvas, be laid over it, and be taken away again.
func TestWebPFrames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.webp")
	ffmpegRun(t, "-f", "lavfi", "-i", "color=white:size=4x4:rate=10:duration=0.1", "-frames:v", "1",
		"-lossless", "1", path)
	one, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	frame := func(x, y int, flags byte) []byte {
		head := []byte{byte(x / 2), 0, 0, byte(y / 2), 0, 0, 3, 0, 0, 3, 0, 0, 50, 0, 0, flags}
		return chunk("ANMF", append(head, one[12:]...))
	}
	var body []byte
	body = append(body, chunk("VP8X", []byte{2, 0, 0, 0, 7, 0, 0, 7, 0, 0})...)
	body = append(body, frame(0, 0, 0)...)
	body = append(body, frame(4, 4, 1)...) // gone before the next
	body = append(body, frame(4, 0, 0)...)
	data := chunk("RIFF", append([]byte("WEBP"), body...))
	frames, err := drain(mustOpen(t, save(t, "a.webp", data), Options{}))
	if err != io.EOF || len(frames) != 3 {
		t.Fatalf("%d frames, then %v", len(frames), err)
	}
	for i, want := range []string{"x...", "x..x", "xx.."} { // the canvas's quarters, row by row
		got := ""
		for _, p := range []image.Point{{1, 1}, {5, 1}, {1, 5}, {5, 5}} {
			if frames[i].Image.RGBAAt(p.X, p.Y).R > 200 {
				got += "x"
			} else {
				got += "."
			}
		}
		if got != want {
			t.Errorf("picture %d shows %s, not %s", i, got, want)
		}
	}
	if frames[2].Time != 100*time.Millisecond {
		t.Errorf("the last is at %v", frames[2].Time)
	}
}

// chunk is a RIFF chunk.
func chunk(kind string, data []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(data)))
	out = append(out, data...)
	if len(data)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

// FuzzWebP reads what is no animated WebP: an error, or frames that lie on the canvas.
func FuzzWebP(f *testing.F) {
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x07\x00\x00\x07\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, frames, err := parseWebP(data)
		if err != nil {
			return
		}
		for _, f := range frames {
			if f.rect.Empty() {
				t.Errorf("%+v", f.rect)
			}
		}
	})
}
