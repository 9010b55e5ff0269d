package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestBadUseOfFile gives the program what people give it by mistake. Nothing may be left behind, and what was there
// must stay.
func TestBadUseOfFile(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	old := put("old.csv", "precious\n")
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range append(misusesOfFlags(dir, old), misusesOfFiles(dir, old, empty)...) {
		t.Run(c.name, func(t *testing.T) {
			args := c.args
			if !strings.Contains(strings.Join(args, " "), "-m ") {
				args = append([]string{"-m", tiny}, args...)
			}
			code, stdout, stderr := track(t, append([]string{"file"}, args...)...)
			if code != c.code || !strings.Contains(stderr, c.says) || stdout != "" {
				t.Errorf("exit %d, want %d; stderr %q, want %q in it; stdout %q", code, c.code, stderr, c.says, stdout)
			}
			if read(t, old) != "precious\n" {
				t.Error("a file that was there has gone")
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// misuse is a wrong use of track file, how it ends, and what it says.
type misuse struct {
	name string
	args []string
	code int
	says string
}

// misusesOfFlags are those of what is typed; old is a file in dir that is to stay.
func misusesOfFlags(dir, old string) []misuse {
	init := []string{clip, "--init", clipInit, "--end", "2"}
	with := func(args ...string) []string { return append(append([]string{}, init...), args...) }
	return []misuse{
		{"no input", []string{"--init", clipInit}, exitUsage, "INPUT is missing"},
		{"no box", []string{clip}, exitUsage, "--init x,y,w,h is missing"},
		{"two boxes", with("--init-file", clipTruth), exitUsage, "--init and --init-file"},
		{"three numbers", []string{clip, "--init", "1,2,3"}, exitUsage, "3 numbers where x,y,w,h are four"},
		{"no number", []string{clip, "--init", "1,2,x,4"}, exitUsage, `"x" is not a number`},
		{"NaN", []string{clip, "--init", "NaN,2,3,4"}, exitUsage, "not finite"},
		{"empty box", []string{clip, "--init", "10,10,0,5", "--csv", old}, exitUsage, "its width or height is zero"},
		{"tiny box", []string{clip, "--init", "10,10,1,50", "--csv", old}, exitUsage, "at least 2x2"},
		{"outside", []string{clip, "--init", "800,10,50,50", "--csv", old}, exitUsage, "outside the frame of 768x576"},
		{"negative frame", with("--start", "-1"), exitUsage, "--start -1"},
		{"backwards in time", with("--init-frame", "9", "--start", "5"), exitUsage, "forward only"},
		{"nothing to do", []string{clip, "--init", clipInit, "--start", "5", "--end", "5"}, exitUsage, "nothing to track"},
		{"start after the end", []string{clip, "--init", clipInit, "--start", "500", "--csv", old}, exitFailed,
			"ended after 140 frames"},
		{"quality of nothing", with("--quality", "good"), exitUsage, "name it with -o"},
		{"quality of no name", with("--quality", "superb"), exitUsage, "draft, fast, good, best"},
		{"drawing on nothing", with("--heatmap"), exitUsage, "name it with -o"},
		{"colours of nothing", with("--csv", old, "--colormap", "magma"), exitUsage, "--colormap"},
		{"colours of no name", with("--colormap", "jet"), exitUsage, `no colour map "jet": there are viridis, magma`},
		{"format of no maps", with("--csv", old, "--response-format", "npy"), exitUsage, "--response DIR"},
		{"maps of no format", with("--response", filepath.Join(dir, "m"), "--response-format", "bmp"), exitUsage, "bmp"},
		{"maps among other files", with("--response", dir), exitUsage, "not empty"},
		{"maps into a file", with("--response", old), exitUsage, "a folder is needed"},
		{"no folder for maps", with("--response", filepath.Join(dir, "no", "m")), exitUsage, "there is no folder"},
		{"maps and a track in one", with("--response", filepath.Join(dir, "m"), "--csv", filepath.Join(dir, "m")), exitUsage,
			"two outputs"},
		{"a video of no name", with("-o", ".mp4"), exitUsage, "the name before it is missing: is a variable not set?"},
		{"a track of no name", with("--csv", filepath.Join(dir, ".CSV")), exitUsage, ".CSV is an ending"},
		{"a followed target of no name", with("--follow", filepath.Join(dir, ".mkv")), exitUsage, ".mkv is an ending"},
		{"less than no pixels", with("--max-pixels", "-1"), exitUsage, "--max-pixels: at most -1 pixels"},
		{"no size of pixels", with("--raw", "8x"), exitUsage, "--raw: "},
		{"a number that no picture has", []string{clip, "--init", "1e300,2,3,4", "--csv", old}, exitUsage,
			"box 1e+300,2.000,3.000,4.000: outside"},
		{"over the input", with("-o", clip), exitUsage, "is the input"},
		{"over the input by its URL", []string{"file://" + clip, "--init", clipInit, "--end", "2", "-o", clip}, exitUsage,
			"is the input"},
		{"two outputs in one", with("--csv", filepath.Join(dir, "x"), "--otb", dir+"/./x"), exitUsage, "two outputs"},
	}
}

// misusesOfFiles are those of what flags name; empty is a folder in dir.
func misusesOfFiles(dir, old, empty string) []misuse {
	init := []string{clip, "--init", clipInit, "--end", "2"}
	with := func(args ...string) []string { return append(append([]string{}, init...), args...) }
	return []misuse{
		{"no such model", with("-m", "nope"), exitUsage, "nope"},
		{"model that is none", with("-m", clip, "--csv", old), exitFailed, "walk.mp4"},
		{"no library", with("--onnxruntime", "/nope.so", "--csv", old), exitFailed, "/nope.so: not there"},
		{"no threads", with("--threads", "0"), exitUsage, "--threads 0"},
		{"too many threads", with("--threads", "100000"), exitUsage, "--threads 100000"},
		{"absurd rate", with("--fps", "1e9", "--csv", old), exitUsage, "--fps: frame rate 1e+09"},
		{"no such file", []string{filepath.Join(dir, "none.mp4"), "--init", clipInit}, exitFailed, "no such file"},
		{"not a video", []string{old, "--init", clipInit}, exitFailed, "cannot decode"},
		{"no pictures", []string{empty, "--init", clipInit}, exitFailed, "no pictures"},
		{"no box of that frame", []string{clip, "--init-file", clipTruth, "--init-frame", "3"}, exitFailed,
			"none of its 28 boxes is of frame 3"},
		{"boxes that are none", []string{clip, "--init-file", old}, exitFailed, "old.csv:1: not a track"},
		{"truth that is none", with("--truth", old), exitFailed, "old.csv:1: not a track"},
		{"no folder for a track", with("--csv", old, "--otb", filepath.Join(dir, "no", "t.txt")), exitFailed,
			"there is no folder " + filepath.Join(dir, "no")},
		{"no folder for the video", with("--csv", old, "-o", filepath.Join(dir, "no", "t.mp4")), exitFailed,
			"there is no folder"},
		{"a folder for a file", with("--csv", old, "--otb", empty), exitFailed, "that is a folder"},
		{"two tracks to standard output", with("--csv", "-", "--otb", "-"), exitUsage, "two outputs"},
		{"written from after the end", []string{clip, "--init", clipInit, "--init-frame", "130", "--start", "500", "--csv",
			old}, exitFailed, "the video ended after frame 139, --start is frame 500"},
		{"truth of other frames", with("--truth", clipTruth), exitFailed,
			"none of the 28 boxes of the truth is of a frame that was tracked"},
		{"unknown container", with("-o", filepath.Join(dir, "t.gif")), exitFailed, `ending ".gif" is none of .avi`},
		{"no container", with("-o", filepath.Join(dir, "t")), exitFailed, `ending "" is none of .avi`},
		{"a model's file, meant by its name", with("-m", "siamtrack.onnx"), exitFailed, "by its name alone, siamtrack"},
		{"a file for a model", with("-m", "file_bad_test.go"), exitUsage, "neither .onnx nor .json"},
		{"a picture that is not there", []string{clip, "--template", "none.png"}, exitFailed,
			"read picture none.png: no such"},
		{"no such level", with("--log-level", "loud"), exitUsage, "debug, info, warn or error is expected"},
		{"odd raw pictures", with("--raw", "12"), exitUsage, `raw pictures "12": WIDTHxHEIGHT`},
	}
}

func TestDiskFullIsSaid(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full on this system")
	}
	csv := in(t, "t.csv")
	code, _, stderr := track(t, "file", "-m", tiny, clip, "--init", clipInit, "--csv", csv, "--otb", "/dev/full")
	if code != exitFailed || !strings.Contains(stderr, "/dev/full: no space left on device") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	if rows := readTrack(t, csv+".part"); len(rows) != 1 {
		t.Errorf("%d rows, want the one that came before", len(rows))
	}
}

// TestReaderLeaves closes the pipe that one track goes into: the video beside it must be whole.
func TestReaderLeaves(t *testing.T) {
	mp4 := in(t, "t.mp4")
	cmd := program(t, "file", "-m", tiny, clip, "--init", clipInit, "--csv", "-", "-o", mp4)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	for range 4 { // the header and three frames, of which two at least are in the video
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	if err := stdout.Close(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(stderr.String(), "broken pipe") {
		t.Errorf("exit %d, stderr %q", code, stderr.String())
	}
	if frames, _, _ := video(t, mp4+".part"); frames == 0 {
		t.Error("no frame can be read from the video")
	}
}

// TestInterruptWhileOpening stops the program while it waits for the first bytes of its input.
func TestInterruptWhileOpening(t *testing.T) {
	cmd := program(t, "file", "-m", tiny, "-", "--init", clipInit, "--csv", "-", "--log-level", "debug")
	if _, err := cmd.StdinPipe(); err != nil { // which nobody writes to or closes
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for !strings.Contains(lines.Text(), "opening") {
		if !lines.Scan() {
			t.Fatal("it ends before it opens anything")
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	last := ""
	for lines.Scan() {
		last = lines.Text()
	}
	if last != "track: stopped" {
		t.Errorf("it says %q at the end", last)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit %d, want %d", code, exitInterrupted)
	}
}

// TestBrokenPipeIsNoticed ends the input in the middle of a video that said how long it is.
func TestBrokenPipeIsNoticed(t *testing.T) {
	whole, err := os.ReadFile(clip)
	if err != nil {
		t.Fatal(err)
	}
	csv := in(t, "t.csv")
	cmd := program(t, "file", "-m", tiny, "-", "--init", clipInit, "--csv", csv)
	cmd.Stdin = bytes.NewReader(whole[:len(whole)/2])
	code, _, stderr := finish(t, cmd)
	if code != exitDone || !strings.Contains(stderr, "ended before the length that it announced") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	if rows := readTrack(t, csv); len(rows) < 20 {
		t.Errorf("%d rows", len(rows))
	}
}
