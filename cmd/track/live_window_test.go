package main

import (
	"encoding/json"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/internal/record"
	"siamtrack/render"
	"siamtrack/tracker"
)

// truthAt returns where the clip's woman is, interpolated between the frames in which it is known.
func truthAt(t *testing.T, rows []record.Row, frame int) tracker.Box {
	t.Helper()
	for i := 1; i < len(rows); i++ {
		a, b := rows[i-1], rows[i]
		if frame <= b.Frame {
			k := float64(frame-a.Frame) / float64(b.Frame-a.Frame)
			mix := func(u, v float64) float64 { return u + k*(v-u) }
			return tracker.Box{X: mix(a.Box.X, b.Box.X), Y: mix(a.Box.Y, b.Box.Y), W: mix(a.Box.W, b.Box.W),
				H: mix(a.Box.H, b.Box.H)}
		}
	}
	return rows[len(rows)-1].Box
}

// snapshotFrame presses s and returns the frame that was saved.
func (d *desktop) snapshotFrame() int {
	d.t.Helper()
	before, _ := filepath.Glob(filepath.Join(d.dir, "snapshot-*.json"))
	d.press("s")
	var frame struct{ Frame int }
	d.eventually("snapshot", func() bool {
		now, _ := filepath.Glob(filepath.Join(d.dir, "snapshot-*.json"))
		if len(now) == len(before) {
			return false
		}
		data, err := os.ReadFile(now[len(now)-1])
		return err == nil && json.Unmarshal(data, &frame) == nil
	})
	return frame.Frame
}

// TestWindowFollowsWhatIsDrawn stops the playing clip, draws a box, lets it play on, and compares what is said of the
// frames after that with where the woman is.
func TestWindowFollowsWhatIsDrawn(t *testing.T) {
	needDesktop(t)
	truth := readTrack(t, clipTruth)
	d := openDesktop(t, absolute(t, clip), "-m", goodModel(t), "--jsonl", "t.jsonl", "--record", "out.mp4",
		"--fps", "3") // slower than it was: a busy machine has the time to follow
	d.press("space") // a busy machine's hand may get there when the woman is elsewhere
	target := truthAt(t, truth, d.snapshotFrame())
	d.drag(target)
	d.press("space")
	d.eventually("the box followed for 30 frames", func() bool { return len(d.rows("t.jsonl")) > 30 })
	d.eventually("box in the colour of tracking on the screen", func() bool {
		return hasColor(d.picture("followed"), render.StateColor(tracker.Tracking))
	})
	d.press("m", "p", "o")
	d.picture("followed-all")
	code, stderr := d.quit()
	if code != exitDone {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	rows := d.rows("t.jsonl")
	if iou := rows[0].Box.IoU(target); iou < 0.9 || rows[0].Score != 1 {
		t.Errorf("drawn %v, got %v with score %v: IoU %.2f", target, rows[0].Box, rows[0].Score, iou)
	}
	sum := 0.0
	for i, r := range rows {
		sum += r.Box.IoU(truthAt(t, truth, r.Frame))
		if i > 0 && r.Frame <= rows[i-1].Frame {
			t.Errorf("frame %d comes after frame %d", r.Frame, rows[i-1].Frame)
		}
	}
	if mean := sum / float64(len(rows)); mean < 0.5 {
		t.Errorf("mean IoU %.3f with the clip's truth over %d frames", mean, len(rows))
	} else {
		t.Logf("mean IoU %.3f over %d frames; %s", mean, len(rows), stderr)
	}
	if frames, w, h := video(t, filepath.Join(d.dir, "out.mp4")); frames < len(rows)/2 || w != 768 || h != 576 {
		t.Errorf("recorded %d frames of %dx%d", frames, w, h)
	}
}

// hasColor reports whether a picture holds a line's worth of pixels of a colour.
func hasColor(img *image.RGBA, c color.RGBA) bool {
	n := 0
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if img.RGBAAt(x, y) == c {
				n++
			}
		}
	}
	return n > 40
}

// TestWindowResized draws in a window that is wider than the picture, so that there are bars beside it.
func TestWindowResized(t *testing.T) {
	needDesktop(t)
	d := openDesktop(t, absolute(t, clip), "-m", absolute(t, tiny), "--jsonl", "t.jsonl", "--fps", "5")
	d.press("space")
	size := image.Pt(900, 480)
	d.xdotool("search", "--onlyvisible", "--class", "siamtrack", "windowsize", "900", "480")
	d.eventually("the new size", func() bool { return d.locate() && d.size == size })
	d.steady("resized")
	fit := render.NewFit(size.X, size.Y, 768, 576)
	want := tracker.Box{X: 100, Y: 300, W: 120, H: 90}
	x, y := fit.ToWindow(want.X, want.Y)
	d.drag(tracker.Box{X: x, Y: y, W: want.W * fit.Scale, H: want.H * fit.Scale})
	d.eventually("the row of the box", func() bool { return len(d.rows("t.jsonl")) > 0 })
	d.picture("resized-drawn")
	if got := d.rows("t.jsonl")[0].Box; got.IoU(want) < 0.95 {
		t.Errorf("drawn round %v of the picture, got %v", want, got)
	}
	if code, stderr := d.quit(); code != exitDone {
		t.Errorf("exit %d\n%s", code, stderr)
	}
}

// TestWindowEnds: at the end of the video the window stays; Ctrl-C ends the program with what was tracked on disk.
func TestWindowEnds(t *testing.T) {
	needDesktop(t)
	d := openDesktop(t, absolute(t, clip), "-m", absolute(t, tiny), "--init", clipInit, "--jsonl", "t.jsonl", "--fps",
		"60")
	d.eventually("all rows but the dropped", func() bool {
		rows := d.rows("t.jsonl")
		return len(rows) > 0 && rows[len(rows)-1].Frame == 139
	})
	d.picture("end")
	if code, stderr := d.interrupt(); code != exitInterrupted || !strings.Contains(stderr, "stopped") {
		t.Errorf("exit %d\n%s", code, stderr)
	}
}

func TestWindowFailsClearly(t *testing.T) {
	for _, c := range []struct {
		name, display string
	}{{"no display", ""}, {"a display that is not there", ":4711"}} {
		cmd := program(t, "live", clip, "-m", tiny)
		for i, v := range cmd.Env {
			if strings.HasPrefix(v, "DISPLAY=") {
				cmd.Env[i] = "DISPLAY=" + c.display
			}
		}
		cmd.Env = append(cmd.Env, "DISPLAY="+c.display)
		code, stdout, stderr := finish(t, cmd)
		if code != exitFailed || stdout != "" || !strings.Contains(stderr, "no display") ||
			strings.Contains(stderr, "goroutine") {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", c.name, code, stdout, stderr)
		}
	}
}
