package capture

import (
	"bytes"
	"errors"
	"image"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Frames come back at the times they were written with: VFR stays VFR. AVI, which counts frames, rounds to its rate.
func TestWriterKeepsTimes(t *testing.T) {
	times := []time.Duration{0, 40, 80, 580, 1080, 1090, 1500}
	for _, suffix := range containers() {
		t.Run(suffix, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "v"+suffix)
			w, err := NewWriter(path, WriterOptions{FPS: 25})
			if err != nil {
				t.Fatal(err)
			}
			for i, at := range times {
				if err := w.WriteAt(picture(64, 48, i), at*time.Millisecond); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			frames, err := drain(mustOpen(t, path, Options{}))
			if suffix == ".avi" { // repeats a frame in each gap
				last := frames[len(frames)-1].Time
				if err != io.EOF || last < 1480*time.Millisecond || last > 1520*time.Millisecond {
					t.Errorf("AVI: %d frames to %v: %v", len(frames), last, err)
				}
				return
			}
			if err != io.EOF || len(frames) != len(times) {
				t.Fatalf("%d frames, then %v", len(frames), err)
			}
			for i, f := range frames {
				if d := f.Time - times[i]*time.Millisecond; d < -time.Millisecond || d > time.Millisecond {
					t.Errorf("frame %d at %v, it was written at %v ms", i, f.Time, int(times[i]))
				}
			}
		})
	}
}

func TestWriterKeepsPixelAspect(t *testing.T) {
	for _, suffix := range []string{".mp4", ".mkv", ".mov", ".webm"} {
		path := filepath.Join(t.TempDir(), "v"+suffix)
		w, err := NewWriter(path, WriterOptions{PixelAspect: Ratio{4, 3}})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(picture(64, 48, 0)), w.Write(picture(64, 48, 1)), w.Close()); err != nil {
			t.Fatal(err)
		}
		got := mustOpen(t, path, Options{}).Info().PixelAspect
		if r := float64(got.Num) / float64(got.Den); r < 1.32 || r > 1.34 { // WebM keeps whole pixels of the shown width
			t.Errorf("%s: pixels of %v", suffix, got)
		}
	}
}

// The sound of another video is copied, from the time of the first frame on; where it does not fit, that is an error.
func TestWriterCopiesSound(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in.mp4")
	ffmpegRun(t, append(testsrc(64, 48, 30), "-f", "lavfi", "-i", "sine=duration=3", "-pix_fmt", "yuv420p", "-c:a", "aac",
		"-output_ts_offset", "7", in)...)
	if !mustOpen(t, in, Options{}).Info().Sound {
		t.Error("the input is said to be without sound")
	}
	write := func(path, sound string) error {
		w, err := NewWriter(path, WriterOptions{FPS: 10, Sound: sound})
		if err != nil {
			return err
		}
		for i := range 15 {
			if err := w.WriteAt(picture(64, 48, i), time.Second+time.Duration(i)*100*time.Millisecond); err != nil {
				return errors.Join(err, w.Close())
			}
		}
		return w.Close()
	}
	for _, name := range []string{"out.mp4", "out.mkv", "out.mov", "out.avi"} {
		path := filepath.Join(dir, name)
		if err := write(path, in); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		out, err := exec.Command("ffprobe", "-v", "error", "-select_streams", "a", "-show_entries",
			"packet=pts_time", "-of", "csv=p=0", path).Output()
		if err != nil {
			t.Skip("ffprobe is not installed")
		}
		lines := strings.Fields(strings.ReplaceAll(string(out), ",", " "))
		if len(lines) < 50 || lines[0] > "0.03" || lines[len(lines)-1] < "1.4" || lines[len(lines)-1] > "1.6" {
			t.Errorf("%s: %d packets of sound from %v to %v s; 1.5 s are wanted",
				name, len(lines), lines[0], lines[len(lines)-1])
		}
	}
	err := write(filepath.Join(dir, "out.webm"), in)
	if !errors.Is(err, ErrSound) || !strings.Contains(err.Error(), ".webm") {
		t.Errorf("AAC into WebM: %v", err)
	}
	silent := filepath.Join(dir, "silent.mp4")
	ffmpegRun(t, append(testsrc(64, 48, 3), "-pix_fmt", "yuv420p", silent)...)
	if err := write(filepath.Join(dir, "out.mp4"), silent); !errors.Is(err, ErrSound) {
		t.Errorf("no sound to copy: %v", err)
	}
	var log bytes.Buffer
	path := filepath.Join(dir, "said.webm")
	w, err := NewWriter(path, WriterOptions{Sound: in, Log: textLog(&log)})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(picture(64, 48, 0)), w.Close()); err != nil ||
		!strings.Contains(log.String(), "without sound") {
		t.Errorf("%v, said: %s", err, &log)
	}
}

// A video that is held back has its name only after Commit.
func TestWriterHoldsBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "v.mkv")
	w, err := NewWriter(path, WriterOptions{Hold: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(picture(64, 48, 0)), w.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before Commit: %v", err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if frames, err := drain(mustOpen(t, path, Options{})); err != io.EOF || len(frames) != 1 {
		t.Errorf("%d frames, then %v", len(frames), err)
	}
}

// The old file stands until the new one is whole; a writer that never closes leaves what can be played in NAME.part.
func TestWriterLeavesTheOldFileUntilTheEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "v.mp4")
	if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	w, err := NewWriter(path, WriterOptions{FPS: 10})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 35 {
		if err := w.Write(picture(64, 48, i)); err != nil {
			t.Fatal(err)
		}
	}
	if old, err := os.ReadFile(path); err != nil || string(old) != "old" {
		t.Errorf("meanwhile the file holds %q, %v", old, err)
	}
	if frames, err := drain(mustOpen(t, w.Part(), Options{})); len(frames) < 20 {
		t.Errorf("of 35 frames at 10 a second %d can be played meanwhile: %v", len(frames), err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if frames, err := drain(mustOpen(t, path, Options{})); err != io.EOF || len(frames) != 35 {
		t.Errorf("%d frames, then %v", len(frames), err)
	}
	if _, err := os.Stat(w.Part()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("NAME.part: %v", err)
	}
}

// TestKilledWriter kills a program that writes a video, at its first frames and later: what is there can be opened, and
// played up to the last moment.
func TestKilledWriter(t *testing.T) {
	for i, suffix := range containers() {
		for _, n := range []int{1, 43 + 7*i} {
			path := filepath.Join(t.TempDir(), "v"+suffix)
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "CAPTURE_TEST_WRITE="+path)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(out, make([]byte, n)); err != nil { // a byte a frame
				t.Fatal(err)
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // it was killed
			if written, err := os.Stat(path + ".part"); n == 1 && (err != nil || written.Size() == 0) {
				continue // it is still encoded, and nothing is written before
			}
			s, err := Open(path+".part", Options{})
			if err != nil {
				t.Errorf("%s after %d frames: %v", suffix, n, err)
				continue
			}
			frames, _ := drain(s)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			held := 8 // a fragment is two frames, and some are on their way
			if suffix == ".avi" {
				held += runtime.NumCPU() // its encoder works on a frame for each
			}
			if len(frames) < n-held {
				t.Errorf("%s: %d of %d frames can be played", suffix, len(frames), n)
			}
		}
	}
}

// writeUntilKilled is the program under TestKilledWriter.
func writeUntilKilled(path string) int {
	w, err := NewWriter(path, WriterOptions{FPS: 10})
	if err != nil {
		return 1
	}
	for i := 0; ; i++ {
		if err := w.Write(picture(160, 120, i)); err != nil {
			return 1
		}
		if _, err := os.Stdout.Write([]byte{'.'}); err != nil {
			return 0
		}
		time.Sleep(time.Millisecond)
	}
}

func TestFraction(t *testing.T) {
	for fps, want := range map[float64][2]int{
		25: {25, 1}, 29.97: {30000, 1001}, 30000.0 / 1001: {30000, 1001}, 12.5: {12500, 1000}, 0.5: {500, 1000},
		23.976: {24000, 1001},
	} {
		if got := fraction(fps); got.Num != want[0] || got.Den != want[1] {
			t.Errorf("%g is %v, not %v", fps, got, want)
		}
	}
}

// With an odd side the picture loses its last row or column and is not scaled.
func TestWriterOddSizes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd.mp4")
	w, err := NewWriter(path, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(picture(65, 49, 3)), w.Close()); err != nil {
		t.Fatal(err)
	}
	frames, _ := drain(mustOpen(t, path, Options{}))
	want := image.NewRGBA(image.Rect(0, 0, 64, 48))
	whole := picture(65, 49, 3)
	for y := range 48 {
		copy(want.Pix[y*want.Stride:(y+1)*want.Stride], whole.Pix[y*whole.Stride:])
	}
	if len(frames) != 1 || meanDifference(frames[0].Image, want) > 4 {
		t.Errorf("%d frames, that differ by %.1f", len(frames), meanDifference(frames[0].Image, want))
	}
}
