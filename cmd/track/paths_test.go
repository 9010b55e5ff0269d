package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"siamtrack/capture"
)

// copyFile copies a file into a folder.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// No output may be anything that is read: by its path, by a link of either kind, by a name that it has while it is
// written, of a folder, of a glob.
func TestNothingThatIsReadIsWrittenOver(t *testing.T) {
	dir := t.TempDir()
	frames := filepath.Join(dir, "frames")
	if err := os.Mkdir(frames, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"1.png", "2.png"} {
		copyFile(t, clipPicture(t), filepath.Join(frames, name))
	}
	movie, box, truth := filepath.Join(dir, "in.mp4"), filepath.Join(dir, "box.txt"), filepath.Join(dir, "truth.txt")
	copyFile(t, clip, movie)
	copyFile(t, clip, movie+".part")
	for _, path := range []string{box, truth} {
		if err := os.WriteFile(path, []byte(clipInit+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	settings := filepath.Join(dir, "settings.yaml")
	if err := os.WriteFile(settings, []byte("log-level: debug\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	hard, soft := filepath.Join(dir, "hard.csv"), filepath.Join(dir, "soft.csv")
	if err := errors.Join(os.Link(filepath.Join(frames, "2.png"), hard), os.Symlink(truth, soft)); err != nil {
		t.Skip(err)
	}
	before := map[string]string{}
	for _, path := range []string{movie, movie + ".part", box, truth, settings, filepath.Join(frames, "1.png"),
		filepath.Join(frames, "2.png")} {
		before[path] = read(t, path)
	}
	for name, args := range map[string][]string{
		"the input":                {movie, "-o", movie},
		"a part of it":             {movie + ".part", "-o", movie},
		"a picture of the folder":  {frames, "--csv", filepath.Join(frames, "2.png")},
		"a picture of the glob":    {filepath.Join(frames, "*.png"), "--csv", filepath.Join(frames, "1.png")},
		"a hard link to a picture": {frames, "--csv", hard},
		"the file of the box":      {movie, "--csv", box},
		"the truth by a link":      {movie, "--truth", truth, "--csv", soft},
		"the model":                {movie, "--csv", tiny},
		"the configuration":        {movie, "--config", settings, "--csv", settings},
	} {
		args := append([]string{"file", "-m", tiny, "--end", "3"}, args...)
		if name == "the file of the box" {
			args = append(args, "--init-file", box)
		} else {
			args = append(args, "--init", clipInit)
		}
		code, _, stderr := track(t, args...)
		if code != exitUsage || !strings.Contains(stderr, "would destroy it") {
			t.Errorf("%s: exit %d, %q", name, code, stderr)
		}
	}
	for path, want := range before {
		if read(t, path) != want {
			t.Errorf("%s was changed", path)
		}
	}
}

// clipPicture returns a picture of the clip.
func clipPicture(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.png")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-i", clip, "-frames:v", "1", path).CombinedOutput(); err != nil {
		t.Skipf("no ffmpeg: %v %s", err, out)
	}
	return path
}

// A run that ends early leaves the older files alone and says where its own are; one that reaches its end replaces
// them.
func TestOlderFilesStandUntilTheNewOnesAreWhole(t *testing.T) {
	dir := t.TempDir()
	data := read(t, clip)
	broken := filepath.Join(dir, "broken.mp4")
	if err := os.WriteFile(broken, []byte(data[:len(data)/2]), 0o644); err != nil {
		t.Fatal(err)
	}
	csv, mp4 := filepath.Join(dir, "t.csv"), filepath.Join(dir, "t.mp4")
	for _, path := range []string{csv, mp4} {
		if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	code, _, stderr := track(t, "file", broken, "-m", tiny, "--init", clipInit, "--csv", csv, "-o", mp4)
	if code != exitFailed || !strings.Contains(stderr, "in "+csv+".part and "+mp4+".part") ||
		strings.Contains(stderr, "written:") {
		t.Errorf("exit %d, %q", code, stderr)
	}
	if read(t, csv) != "old" || read(t, mp4) != "old" {
		t.Error("the older files are gone")
	}
	rows := len(readTrack(t, csv+".part"))
	if n, _, _ := video(t, mp4+".part"); rows < 30 || n != rows {
		t.Errorf("%d rows, %d frames", rows, n)
	}
	mustTrack(t, clip, "-m", tiny, "--init", clipInit, "--end", "9", "--csv", csv, "-o", mp4)
	if n, _, _ := video(t, mp4); len(readTrack(t, csv)) != 10 || n != 10 {
		t.Error("the new files are not whole")
	}
	for _, path := range []string{csv, mp4} {
		if _, err := os.Stat(path + ".part"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s.part: %v", path, err)
		}
	}
}

// TestKilled kills the program while it writes: the video is playable, the rows are whole, the older files stand.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	csv, mp4 := filepath.Join(dir, "t.csv"), filepath.Join(dir, "t.mp4")
	if err := os.WriteFile(csv, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	d := fed(t, 0.9, csv, 60, "-o", mp4, "--quiet")
	d.kill()
	if read(t, csv) != "old" {
		t.Error("the older file is gone")
	}
	rows := readTrack(t, csv+".part")
	s, err := capture.Open(mp4+".part", capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n, _, _ := video(t, mp4+".part"); n < len(rows)-20 {
		t.Errorf("%d frames can be played of %d that were tracked", n, len(rows))
	}
}

// SIGHUP, as of a terminal that closes, ends a run as Ctrl-C does.
func TestHangUp(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("started so that a hang-up is ignored (nohup), which the program keeps to")
	}
	csv := filepath.Join(t.TempDir(), "t.csv")
	d := fed(t, 0.9, csv, 20)
	if code, stderr := d.signal(syscall.SIGHUP); code != exitInterrupted || !strings.Contains(stderr, csv+".part") {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

// Without any output the boxes go to whoever reads standard output, and it is said.
func TestNoOutputIsSaid(t *testing.T) {
	stdout, stderr := mustTrack(t, clip, "-m", tiny, "--init", clipInit, "--end", "4")
	if !strings.HasPrefix(stdout, "frame,time_s,") || strings.Count(stdout, "\n") != 6 ||
		!strings.Contains(stderr, "no output was named") {
		t.Errorf("stdout %q, stderr %q", stdout, stderr)
	}
}
