package capture

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// broken returns a video of 40 frames at 10 a second of which some packets' bytes are noise.
func broken(t *testing.T, name string, args ...string) string {
	whole := filepath.Join(t.TempDir(), name)
	ffmpegRun(t, append(append(testsrc(160, 120, 40), args...), whole)...)
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	list, err := exec.Command("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pos,size",
		"-of", "csv=p=0", whole).Output()
	if err != nil {
		t.Skip("ffprobe is not installed")
	}
	for i, line := range strings.Fields(string(list)) {
		size, pos, _ := strings.Cut(strings.TrimSuffix(line, ","), ",")
		n, err1 := strconv.Atoi(size)
		at, err2 := strconv.Atoi(pos)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if i == 10 || i == 11 || i == 30 {
			for j := range n {
				data[at+j] = 0xff
			}
		}
	}
	path := filepath.Join(t.TempDir(), "broken-"+name)
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// What cannot be decoded is skipped and counted, and the numbers and times of the others stay those of the file.
func TestUndecodablePackets(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
	}{
		{"a.mp4", []string{"-pix_fmt", "yuv420p", "-g", "1", "-bf", "0"}},
		{"a.avi", []string{"-c:v", "mjpeg", "-pix_fmt", "yuvj420p"}},
		{"b.mp4", []string{"-pix_fmt", "yuv420p", "-bf", "2"}}, // packets in another order than pictures
	} {
		t.Run(c.name, func(t *testing.T) {
			path := broken(t, c.name, c.args...)
			s := mustOpen(t, path, Options{})
			frames, err := drain(s)
			lost, _ := s.Skipped()
			if err != io.EOF || lost != 3 || len(frames) != 37 {
				t.Fatalf("%d frames, %d lost, then %v", len(frames), lost, err)
			}
			for _, f := range frames {
				if want := time.Duration(f.Index) * 100 * time.Millisecond; f.Time != want {
					t.Errorf("frame %d at %v, it is at %v", f.Index, f.Time, want)
				}
			}
			if last := frames[36].Index; last != 39 {
				t.Errorf("the last frame has number %d", last)
			}
			frames, err = drain(mustOpen(t, path, Options{Strict: true}))
			if !errors.Is(err, ErrBroken) || len(frames) > 12 {
				t.Errorf("strict: %d frames, then %v", len(frames), err)
			}
		})
	}
}

// Where the container itself is damaged nobody knows what was there: the frames that come have their times.
func TestDamagedContainer(t *testing.T) {
	path := broken(t, "a.mkv", "-pix_fmt", "yuv420p", "-g", "1", "-bf", "0") // a block's header goes with its content
	frames, err := drain(mustOpen(t, path, Options{}))
	if err != io.EOF || len(frames) < 30 {
		t.Fatalf("%d frames, then %v", len(frames), err)
	}
	for _, f := range frames {
		if f.Time%(100*time.Millisecond) != 0 {
			t.Errorf("frame %d at %v", f.Index, f.Time)
		}
	}
	if last := frames[len(frames)-1].Time; last != 3900*time.Millisecond {
		t.Errorf("the last frame at %v", last)
	}
}

// The count and the duration in a header are hints: a clock that starts late, an uneven rate and a live recording end
// where the decoder says so.
func TestHeadersAreHints(t *testing.T) {
	dir := t.TempDir()
	base := filepath.Join(dir, "base.mp4")
	ffmpegRun(t, append(testsrc(64, 48, 30), "-pix_fmt", "yuv420p", base)...)
	uneven := "setpts='if(lt(N,10),N*0.04,if(lt(N,20),0.4+(N-10)*0.5,5.4+(N-20)*0.1))/TB'"
	for name, args := range map[string][]string{
		"offset.mkv": {"-i", base, "-c", "copy", "-output_ts_offset", "100"},
		"hour.mkv":   {"-i", base, "-c", "copy", "-output_ts_offset", "3600"},
		"vfr.mkv":    {"-i", base, "-vf", uneven, "-vsync", "passthrough"},
		"vfr.mp4":    {"-i", base, "-vf", uneven, "-vsync", "passthrough", "-bf", "2"},
		// As a browser's MediaRecorder does it: no count, no duration.
		"rec.webm": {"-i", base, "-c:v", "libvpx", "-f", "webm", "-live", "1"},
		"frag.mp4": {"-i", base, "-c", "copy", "-movflags", "frag_keyframe+empty_moov"},
		"raw.h264": {"-i", base, "-c", "copy"},
	} {
		path := filepath.Join(dir, name)
		ffmpegRun(t, append(args, path)...)
		frames, err := drain(mustOpen(t, path, Options{}))
		if err != io.EOF || len(frames) != 30 {
			t.Errorf("%s: %d frames, then %v", name, len(frames), err)
		}
	}
}

// Every frame has the container's time, the last ones that the decoder holds back too.
func TestTimesOfUnevenVideo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jitter.mp4")
	ffmpegRun(t, append(testsrc(64, 48, 20), "-vf", "settb=1/90000,setpts='(N*0.1+0.013*sin(N*7.3))/TB'",
		"-vsync", "passthrough", "-enc_time_base", "1:90000", "-pix_fmt", "yuv420p", "-bf", "2", path)...)
	list, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "frame=best_effort_timestamp_time",
		"-of", "csv=p=0", path).Output()
	if err != nil {
		t.Skip("ffprobe is not installed")
	}
	frames, err := drain(mustOpen(t, path, Options{}))
	lines := strings.Fields(string(list))
	if err != io.EOF || len(frames) != len(lines) {
		t.Fatalf("%d frames, ffprobe lists %d: %v", len(frames), len(lines), err)
	}
	first := 0.0
	for i, line := range lines {
		at, err := strconv.ParseFloat(strings.TrimSuffix(line, ","), 64)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = at
		}
		if got := frames[i].Time.Seconds(); got < at-first-2e-6 || got > at-first+2e-6 {
			t.Errorf("frame %d at %.6f s, ffprobe says %.6f", i, got, at-first)
		}
	}
}
