package capture

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"siamtrack/tracker"
)

func TestFile(t *testing.T) {
	s := mustOpen(t, sample, Options{})
	if got := s.Info(); got != (Info{Kind: File, Width: 768, Height: 576, FPS: 10, Frames: sampleFrames, Codec: "avc1"}) {
		t.Errorf("info %+v", got)
	}
	frames, err := drain(s)
	if err != io.EOF {
		t.Fatalf("the end is %v", err)
	}
	if len(frames) != sampleFrames {
		t.Fatalf("%d frames, there are %d", len(frames), sampleFrames)
	}
	for i, f := range frames {
		if f.Index != i || f.Time != time.Duration(i)*100*time.Millisecond {
			t.Fatalf("frame %d has index %d and time %v", i, f.Index, f.Time)
		}
		for p := 3; p < len(f.Image.Pix); p += 4 {
			if f.Image.Pix[p] != 255 {
				t.Fatalf("frame %d is not opaque", i)
			}
		}
	}
	if err := s.Next(new(tracker.Frame)); err != io.EOF {
		t.Errorf("after the end Next says %v", err)
	}
}

// The pixels are those that the ffmpeg program decodes from the same file, red first.
func TestPixelsAsFFmpeg(t *testing.T) {
	out, err := exec.Command("ffmpeg", "-v", "error", "-i", sample, "-frames:v", "1",
		"-f", "rawvideo", "-pix_fmt", "rgba", "-").Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("ffmpeg is not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	var f tracker.Frame
	if err := mustOpen(t, sample, Options{}).Next(&f); err != nil {
		t.Fatal(err)
	}
	want := fit(nil, 768, 576)
	if copy(want.Pix, out) != len(want.Pix) {
		t.Fatalf("ffmpeg gave %d bytes", len(out))
	}
	// The two scale chroma by different code: a level or so on the mean, far below what swapped channels make.
	if d := meanDifference(f.Image, want); d > 1.5 {
		t.Errorf("mean difference %.2f", d)
	}
}

func TestNextReusesTheImage(t *testing.T) {
	s := mustOpen(t, sample, Options{})
	var f tracker.Frame
	if err := s.Next(&f); err != nil {
		t.Fatal(err)
	}
	first := f.Image
	if err := s.Next(&f); err != nil {
		t.Fatal(err)
	}
	if f.Image != first {
		t.Error("the image was made anew")
	}
}

func TestFrameTimes(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	uneven := filepath.Join(t.TempDir(), "uneven.mp4")
	run(t, "ffmpeg", "-v", "error", "-i", sample, "-vf", "select='not(between(n,20,60))'", "-vsync", "vfr",
		"-c:v", "libx264", "-preset", "ultrafast", uneven)
	late := filepath.Join(t.TempDir(), "late.ts")
	run(t, "ffmpeg", "-v", "error", "-i", sample, "-c", "copy", "-output_ts_offset", "100", late)

	for _, c := range []struct {
		name, path string
		o          Options
		frame      int
		want       time.Duration
	}{
		{"variable rate", uneven, Options{}, 20, 6100 * time.Millisecond},
		{"--fps wins", uneven, Options{FPS: 50}, 20, 400 * time.Millisecond},
		{"a clock that starts late", late, Options{}, 7, 700 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			frames, err := drain(mustOpen(t, c.path, c.o))
			if err != io.EOF || len(frames) <= c.frame {
				t.Fatalf("%d frames, then %v", len(frames), err)
			}
			if got := frames[c.frame].Time; got != c.want {
				t.Errorf("frame %d at %v, it is at %v", c.frame, got, c.want)
			}
		})
	}
}

func TestTruncated(t *testing.T) {
	for _, name := range []string{"cut.avi", "cut.mkv", "cut.webm"} {
		t.Run(name, func(t *testing.T) { testCut(t, makeVideo(t, name, 320, 240, 60)) })
	}
	t.Run("cut.mp4", func(t *testing.T) { testCut(t, sample) })
}

// testCut reads a copy of a video that has lost its second half: frames, then an error that says where.
func testCut(t *testing.T, path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), filepath.Base(path))
	if err := os.WriteFile(cut, data[:len(data)/2], 0o666); err != nil {
		t.Fatal(err)
	}
	frames, err := drain(mustOpen(t, cut, Options{}))
	if !errors.Is(err, ErrBroken) || errors.Is(err, io.EOF) {
		t.Fatalf("after %d frames: %v", len(frames), err)
	}
	if len(frames) == 0 {
		t.Error("what is whole was not given")
	}
	for _, part := range []string{"cut short", filepath.Base(cut), "frame "} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.mp4")
	empty := filepath.Join(dir, "empty.mp4")
	headless := filepath.Join(dir, "headless.mp4") // the index comes last and was cut off
	locked := filepath.Join(dir, "locked.mp4")
	video, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	_, content, _ := bytes.Cut(video, []byte("mdat")) // as it is where the index comes last
	headlessVideo := append(append(video[:32:32], "\x7f\x00\x00\x00mdat"...), content...)
	for path, content := range map[string][]byte{
		text: []byte("not a video at all, just words"), empty: nil, headless: headlessVideo, locked: video,
	} {
		if err := os.WriteFile(path, content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(locked, 0); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		spec string
		o    Options
		is   error
		says string
	}{
		{spec: filepath.Join(dir, "none.mp4"), is: fs.ErrNotExist, says: "none.mp4"},
		{spec: text, is: ErrNotVideo, says: "text.mp4"},
		{spec: empty, is: ErrNotVideo, says: "empty"},
		{spec: "/dev/zero", is: ErrNotVideo, says: "no known container"},
		{spec: headless, is: ErrNotVideo, says: "cut short"},
		{spec: locked, is: fs.ErrPermission, says: "locked.mp4"},
		{spec: sample, o: Options{FPS: -1}, says: "frame rate -1"},
		{spec: sample, o: Options{FPS: 90000}, says: "frame rate 90000"},
		{spec: "0", o: Options{FourCC: "MJ"}, says: "fourcc"},
		{spec: "0", o: Options{Width: -5}, says: "-5"},
	} {
		if c.spec == locked && os.Geteuid() == 0 {
			continue // root may read everything
		}
		s, err := Open(c.spec, c.o)
		if err == nil {
			s.Close()
			t.Errorf("%s %+v opens", c.spec, c.o)
			continue
		}
		if c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v is not %v", c.spec, err, c.is)
		}
		if !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q does not say %q", err, c.says)
		}
	}
}

func TestFIFO(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skip("no FIFOs here:", err)
	}
	data, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	go os.WriteFile(fifo, data, 0o600)
	s := mustOpen(t, fifo, Options{})
	if s.Info().Kind != Pipe {
		t.Errorf("it is a %v", s.Info().Kind)
	}
	if frames, err := drain(s); err != io.EOF || len(frames) != sampleFrames {
		t.Errorf("%d frames, then %v", len(frames), err)
	}
}

func TestStandardInput(t *testing.T) {
	in, err := os.Open(sample)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CAPTURE_TEST_STDIN=1")
	// A pipe, not the file: it cannot be sought in.
	pipe, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer pipe.Close()
		io.Copy(pipe, in)
	}()
	out, err := cmd.CombinedOutput()
	if got := strings.TrimSpace(string(out)); err != nil || got != "140 768 13.9s" {
		t.Errorf("%v: %q", err, got)
	}
}

func TestClose(t *testing.T) {
	s := mustOpen(t, sample, Options{})
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := s.Next(new(tracker.Frame)); !errors.Is(err, ErrClosed) {
		t.Errorf("Next after Close: %v", err)
	}
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}
