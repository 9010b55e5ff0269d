package main

import (
	"fmt"
	"image"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/tracker"
)

// click clicks on a target's box, away from its middle, where another may be.
func (d *desktop) click(id int, b tracker.Box) {
	d.t.Helper()
	d.locate()
	d.move(b.X+b.W/4, b.Y+b.H/4)
	d.told(fmt.Sprintf("msg=clicked target=%d\n", id), func() { d.xdotool("click", "1") })
}

// step presses the full stop, and waits each time until there are so many rows.
func (d *desktop) step(name string, rows ...int) {
	d.t.Helper()
	for _, n := range rows {
		d.press("period")
		d.eventually("a step", func() bool { return len(d.rows(name)) == n })
	}
}

// TestWindowKeys presses every key while the clip is paused, so that each one's effect is all that changes.
func TestWindowKeys(t *testing.T) {
	if testing.Short() {
		t.Skip("clicks on what moves: left out with -short, where the race detector makes the window too slow for them")
	}
	needDesktop(t)
	d := openDesktop(t, absolute(t, clip), "-m", goodModel(t), "--init", clipInit, "--jsonl", "t.jsonl",
		"--fps", "5") // slower than it was: on a busy machine it would be over before it is paused
	d.eventually("rows", func() bool { return len(d.rows("t.jsonl")) > 8 })
	d.press("p", "space", "p") // the panel's crops are asked for from here on
	d.checkSwitches()
	d.checkColors()
	d.checkStepsAndSnapshot()
	d.checkSecondTarget()
	d.checkRecordingWithoutTarget()
	d.press("f")
	d.eventually("full screen", func() bool { return d.locate() && d.size.X > 768 && d.size.Y > 576 })
	d.picture("full-screen")
	d.press("f")
	d.eventually("the window again", func() bool { return d.locate() && d.size == image.Pt(768, 576) })
	if code, stderr := d.quit(); code != exitDone || !strings.Contains(stderr, "on the screen") {
		t.Errorf("exit %d\n%s", code, stderr)
	}
	files, _ := filepath.Glob(filepath.Join(d.dir, "track-*.mp4"))
	if len(files) != 1 {
		t.Fatalf("recorded %v, want one video", files)
	}
	if frames, _, _ := video(t, files[0]); frames < 8 {
		t.Errorf("the video has %d frames of 12", frames)
	}
}

// checkSwitches presses keys that show something, and take it away again.
func (d *desktop) checkSwitches() {
	d.t.Helper()
	plain := d.steady("paused") // or it fails: paused, nothing may change
	for _, key := range []string{"m", "o", "p", "g", "i", "h"} {
		d.press(key)
		d.shows("key-"+key, plain, false)
		d.press(key)
		d.shows("key-"+key+"-off", plain, true)
	}
}

// checkColors shows the response map in other colours, and once round in the first ones.
func (d *desktop) checkColors() {
	d.t.Helper()
	d.press("m")
	heat := d.steady("heat")
	d.press("k")
	d.shows("key-k", heat, false)
	d.press("k", "k", "k", "k", "k", "k")
	d.shows("key-k-round", heat, true)
	d.press("m")
}

// checkStepsAndSnapshot lets frames through one by one, and saves the last of them.
func (d *desktop) checkStepsAndSnapshot() {
	d.t.Helper()
	still := len(d.rows("t.jsonl"))
	d.step("t.jsonl", still+1, still+2, still+3)
	frame := d.snapshotFrame()
	if rows := d.rows("t.jsonl"); frame != rows[len(rows)-1].Frame {
		d.t.Errorf("the snapshot is of frame %d, the last row of %d", frame, rows[len(rows)-1].Frame)
	}
}

// checkSecondTarget draws a box at another place, given up first by Esc, then by the right button, then drawn, and
// removes the first target.
func (d *desktop) checkSecondTarget() {
	d.t.Helper()
	still := len(d.rows("t.jsonl"))
	d.locate()
	d.press("r")
	other := tracker.Box{X: 100, Y: 300, W: 80, H: 60}
	for _, cancel := range [][]string{{"key", "Escape"}, {"click", "3"}} {
		d.begin(other.X, other.Y)
		d.move(other.X+other.W, other.Y+other.H)
		d.picture("drawing")
		d.told(`msg="box given up"`, func() { d.xdotool(cancel...) })
		d.xdotool("mouseup", "1")
		d.press("i", "i") // the button is up by then
	}
	if n := len(d.rows("t.jsonl")); n != still {
		d.t.Errorf("given up, yet %d rows came", n-still)
	}
	d.press("r")
	d.drag(other)
	d.eventually("the second target's row", func() bool { return len(d.rows("t.jsonl")) == still+1 })
	d.step("t.jsonl", still+3) // of both
	rows := d.rows("t.jsonl")
	if b := rows[still+2]; b.ID != 2 || rows[still+1].ID != 1 || b.Box.IoU(other) < 0.3 {
		d.t.Errorf("drawn at %v, the next box is target %d's, %v", other, b.ID, b.Box)
	}
	d.picture("two")
	d.click(1, rows[still+1].Box)
	d.picture("first-selected")
	d.press("Delete")
	d.step("t.jsonl", still+4)
	if r := d.rows("t.jsonl")[still+3]; r.ID != 2 {
		d.t.Errorf("the first was removed, and there is a row of target %d", r.ID)
	}
}

// checkRecordingWithoutTarget records 12 frames with no target: frames go by, rows do not come.
func (d *desktop) checkRecordingWithoutTarget() {
	d.t.Helper()
	still := len(d.rows("t.jsonl"))
	d.press("c", "v", "space")
	from := d.snapshotFrame()
	d.eventually("12 frames more", func() bool { return d.snapshotFrame() >= from+12 })
	d.press("space", "v")
	if n := len(d.rows("t.jsonl")); n != still {
		d.t.Errorf("cleared, yet %d rows came", n-still)
	}
}
