package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siamtrack/tracker"
)

// ffmpegRun runs the ffmpeg program with its usual quiet arguments, and skips the test where it is not installed.
func ffmpegRun(t testing.TB, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("ffmpeg", append([]string{"-hide_banner", "-v", "error", "-y"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("ffmpeg is not installed")
	}
	if err != nil {
		t.Fatalf("ffmpeg %q: %v\n%s", args, err, stderr.Bytes())
	}
	return out
}

// testsrc is a small source of n frames at 10 frames/s, each of them different.
func testsrc(width, height, n int) []string {
	source := fmt.Sprintf("testsrc2=size=%dx%d:rate=10:duration=%g", width, height, float64(n)/10)
	return []string{"-f", "lavfi", "-i", source}
}

// asFFmpeg decodes a video with the ffmpeg program, which turns it as it is to be shown.
func asFFmpeg(t *testing.T, path string, width, height int) []*image.RGBA {
	t.Helper()
	raw := ffmpegRun(t, "-i", path, "-vsync", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgba", "-")
	var out []*image.RGBA
	for n := 4 * width * height; len(raw) >= n; raw = raw[n:] {
		out = append(out, &image.RGBA{Pix: raw[:n], Stride: 4 * width, Rect: image.Rect(0, 0, width, height)})
	}
	return out
}

// sameFrames compares pictures: those of the two decoders may differ by a level or so.
func sameFrames(t *testing.T, name string, got []tracker.Frame, want []*image.RGBA) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d frames, ffmpeg gives %d", name, len(got), len(want))
	}
	for i := range want {
		if d := meanDifference(got[i].Image, want[i]); d > 1.5 {
			t.Fatalf("%s: frame %d of %v differs from ffmpeg's by %.1f", name, i, got[i].Image.Rect, d)
		}
	}
}

// The eight ways in which a camera can be held, or mirrored, as display matrices of ISO/IEC 14496-12.
func TestTurnedVideos(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "plain.mp4")
	ffmpegRun(t, append(testsrc(96, 64, 3), "-pix_fmt", "yuv420p", plain)...)
	for name, m := range map[string][4]int32{
		"0": {1, 0, 0, 1}, "90": {0, 1, -1, 0}, "180": {-1, 0, 0, -1}, "270": {0, -1, 1, 0},
		"mirrored": {-1, 0, 0, 1}, "upside down": {1, 0, 0, -1}, "transposed": {0, 1, 1, 0}, "transversed": {0, -1, -1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(plain)
			if err != nil {
				t.Fatal(err)
			}
			at := bytes.Index(data, []byte("tkhd")) + 4 + 40 // version 0: the matrix is 40 bytes in
			for i, v := range []int32{m[0], m[1], 0, m[2], m[3], 0} {
				if i%3 != 2 {
					binary.BigEndian.PutUint32(data[at+4*i:], uint32(v<<16))
				}
			}
			path := filepath.Join(t.TempDir(), "turned.mp4")
			if err := os.WriteFile(path, data, 0o666); err != nil {
				t.Fatal(err)
			}
			width, height := 96, 64
			if m[0] == 0 {
				width, height = height, width
			}
			s := mustOpen(t, path, Options{})
			if info := s.Info(); info.Width != width || info.Height != height {
				t.Errorf("it is said to be %dx%d", info.Width, info.Height)
			}
			frames, err := drain(s)
			if err != io.EOF {
				t.Fatal(err)
			}
			sameFrames(t, name, frames, asFFmpeg(t, path, width, height))
		})
	}
}

// concatenated makes one stream of several, as a camera that is set up anew sends.
func concatenated(t *testing.T, name string, parts ...string) string {
	t.Helper()
	var all []byte
	for _, p := range parts {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, all, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// A stream that changes its size gives every frame as it is: OpenCV 4.6 cut the new ones to the old converter's size.
func TestSizeChangesInTheMiddle(t *testing.T) {
	dir := t.TempDir()
	small, large := filepath.Join(dir, "s.ts"), filepath.Join(dir, "l.ts")
	ffmpegRun(t, append(testsrc(160, 120, 8), "-pix_fmt", "yuv420p", "-tune", "zerolatency", "-f", "mpegts", small)...)
	ffmpegRun(t, append(testsrc(208, 144, 8), "-pix_fmt", "yuv420p", "-tune", "zerolatency", "-f", "mpegts", large)...)
	var log bytes.Buffer
	frames, err := drain(mustOpen(t, concatenated(t, "both.ts", small, large, small), Options{Log: textLog(&log)}))
	if err != io.EOF || len(frames) != 24 {
		t.Fatalf("%d frames of 24: %v", len(frames), err)
	}
	sameFrames(t, "before", frames[:8], asFFmpeg(t, small, 160, 120))
	sameFrames(t, "between", frames[8:16], asFFmpeg(t, large, 208, 144))
	sameFrames(t, "after", frames[16:], asFFmpeg(t, small, 160, 120))
	if n := strings.Count(log.String(), "change their size"); n != 2 {
		t.Errorf("it is said %d times that the size changes:\n%s", n, &log)
	}
	for i := 1; i < len(frames); i++ {
		if frames[i].Time <= frames[i-1].Time || frames[i].Time > 5*time.Second {
			t.Errorf("frame %d at %v, the one before at %v", i, frames[i].Time, frames[i-1].Time)
		}
	}
}

// mixedFormats is motion JPEG whose pictures change from 4:2:2 to 4:2:0 and back, at the size at which OpenCV 4.6 read
// past the end of the planes and crashed (opencv#29699).
func mixedFormats(t *testing.T) (path string, want []*image.RGBA) {
	width, height := 1920, 1080
	if testing.Short() { // the race detector is slow to compare them
		width, height = 640, 360
	}
	dir := t.TempDir()
	var parts []string
	for _, format := range []string{"yuvj422p", "yuvj420p"} {
		p := filepath.Join(dir, format+".mjpg")
		ffmpegRun(t, append(testsrc(width, height, 3), "-pix_fmt", format, "-q:v", "3", "-f", "mjpeg", p)...)
		parts = append(parts, p)
	}
	parts = append(parts, parts[0])
	for _, p := range parts {
		want = append(want, asFFmpeg(t, p, width, height)...)
	}
	return concatenated(t, "mixed.mjpg", parts...), want
}

func TestPixelFormatChangesInTheMiddle(t *testing.T) {
	path, want := mixedFormats(t)
	frames, err := drain(mustOpen(t, path, Options{}))
	if err != io.EOF {
		t.Fatal(err)
	}
	sameFrames(t, "4:2:2, 4:2:0, 4:2:2", frames, want)
}

// The same from a server, which is how cameras send it.
func TestPixelFormatChangesInAStream(t *testing.T) {
	path, want := mixedFormats(t)
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		for _, jpeg := range bytes.SplitAfter(all, []byte("\xff\xd9")) {
			if len(jpeg) > 2 {
				fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(jpeg), jpeg)
			}
		}
	}))
	defer server.Close()
	frames, err := drain(mustOpen(t, server.URL, Options{}))
	if err != io.EOF {
		t.Fatal(err)
	}
	sameFrames(t, "from a server", frames, want)
}

// What standard input may be: y4m, bare pixels, and an MP4 only where its index comes first.
func TestWhatComesThroughAPipe(t *testing.T) {
	video := append(testsrc(64, 48, 5), "-pix_fmt", "yuv420p")
	bare := func(format string) []byte {
		return ffmpegRun(t, append(testsrc(64, 48, 5), "-f", "rawvideo", "-pix_fmt", format, "-")...)
	}
	late := filepath.Join(t.TempDir(), "late.mp4") // more than FFmpeg's buffer, in which it could go back
	ffmpegRun(t, append(testsrc(320, 240, 40), "-pix_fmt", "yuv420p", "-crf", "5", late)...)
	mp4, err := os.ReadFile(late)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		data []byte
		raw  string
		want string
	}{
		{"y4m", ffmpegRun(t, append(video, "-f", "yuv4mpegpipe", "-")...), "", "5 64 400ms"},
		{"raw", bare("rgb24"), "64x48", "5 64 160ms"},
		{"raw bgr", bare("bgra"), "64x48:bgra", "5 64 160ms"},
		{"nothing", nil, "", "it is empty"},
		{"a byte", []byte{7}, "", "no known container"},
		{"text", []byte(strings.Repeat("no video\n", 100)), "", "no known container"},
		{"mp4 with its index at the end", mp4, "", "the index of this MP4 is at its end"},
	} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "CAPTURE_TEST_STDIN=1", "CAPTURE_TEST_RAW="+c.raw)
		pipe, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			defer pipe.Close()
			_, _ = pipe.Write(c.data)
		}()
		out, _ := cmd.CombinedOutput()
		if !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %q does not say %q", c.name, out, c.want)
		}
	}
}

func TestRawSettings(t *testing.T) {
	for _, raw := range []string{"640", "640x", "x480", "0x480", "640x480:", "640x480:rgb24;x", "-1x5"} {
		if err := (Options{Raw: raw}).Check(); err == nil {
			t.Errorf("%q is taken", raw)
		}
	}
	got, err := rawSettings(Options{Raw: "640x480:bgr24", FPS: 12.5})
	if want := "video_size;640x480|pixel_format;bgr24|framerate;12.5"; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Open("-", Options{Raw: "8x8:nonsense"}); err == nil {
		t.Error("an unknown pixel format is taken")
	}
}

func TestHints(t *testing.T) {
	sound := filepath.Join(t.TempDir(), "sound.m4a")
	ffmpegRun(t, "-f", "lavfi", "-i", "sine=duration=0.2", "-c:a", "aac", sound)
	sequence := t.TempDir()
	if err := os.Rename(fill(t), filepath.Join(sequence, "img")); err != nil {
		t.Fatal(err)
	}
	for spec, want := range map[string]string{
		sound:                               "no pictures in it",
		sequence:                            filepath.Join(sequence, "img") + " has 5: give that",
		filepath.Join(sequence, "%04d.jpg"): "'" + filepath.Join(sequence, "*.jpg") + "'",
		filepath.Join(sequence, "%d.mp4"):   "'" + filepath.Join(sequence, "*.mp4") + "'",
	} {
		if _, err := Open(spec, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v does not say %q", spec, err, want)
		}
	}
}

// A backend that is not there is named with those that are.
func TestUnknownBackend(t *testing.T) {
	_, cameras, _ := Backends()
	err := Options{Backend: "NONE"}.Check()
	if err == nil || len(cameras) > 0 && !strings.Contains(err.Error(), cameras[0]) {
		t.Errorf("%v does not name %v", err, cameras)
	}
	for _, c := range cameras {
		if err := (Options{Backend: strings.ToLower(c)}).Check(); err != nil {
			t.Error(err)
		}
	}
}
