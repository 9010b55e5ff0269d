package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"siamtrack/internal/record"
)

// Corrections are met exactly, and between them the track is at least as good as without.
func TestCorrections(t *testing.T) {
	truth := readTrack(t, clipTruth)
	var text strings.Builder
	var marked []record.Row
	text.WriteString("frame,x,y,w,h\n")
	for _, r := range truth {
		if r.Frame == 0 || r.Frame == 40 || r.Frame == 80 {
			marked = append(marked, r)
			fmt.Fprintf(&text, "%d,%g,%g,%g,%g\n", r.Frame, r.Box.X, r.Box.Y, r.Box.W, r.Box.H)
		}
	}
	if len(marked) != 3 {
		t.Fatalf("%d frames of the truth", len(marked))
	}
	boxes := in(t, "boxes.csv")
	if err := os.WriteFile(boxes, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	iou := func(args ...string) (rows []record.Row, mean float64) {
		csv := in(t, "t.csv")
		mustTrack(t, append([]string{clip, "-m", tiny, "--init-file", boxes, "--end", "100", "--csv", csv}, args...)...)
		rows = readTrack(t, csv)
		n := 0
		for _, r := range truth {
			if r.Frame <= 100 {
				mean += rows[r.Frame].Box.IoU(r.Box)
				n++
			}
		}
		return rows, mean / float64(n)
	}
	_, plain := iou()
	rows, corrected := iou("--correct")
	if len(rows) != 101 {
		t.Fatalf("%d rows of 101", len(rows))
	}
	for _, m := range marked {
		if got := rows[m.Frame].Box.IoU(m.Box); got < 0.99 {
			t.Errorf("frame %d: IoU %.3f with the correction", m.Frame, got)
		}
	}
	if corrected <= plain {
		t.Errorf("mean IoU %.3f with corrections, %.3f without", corrected, plain)
	}
	for _, args := range [][]string{
		{clip, "--correct", "--init", clipInit}, {clip, "--correct", "--init-file", boxes, "--init-frame", "80"},
	} {
		code, _, stderr := track(t, append([]string{"file", "-m", tiny}, args...)...)
		if code != exitUsage || !strings.Contains(stderr, "--correct") {
			t.Errorf("%v: exit %d, %q", args, code, stderr)
		}
	}
}

// Every N-th frame is written, into CVAT's XML too.
func TestKeyframesAreWritten(t *testing.T) {
	csv, xml := in(t, "t.csv"), in(t, "t.xml")
	mustTrack(t, clip, "-m", tiny, "--init", "a="+clipInit, "--end", "25", "--keyframes", "10", "--csv", csv,
		"--cvat", xml)
	var frames []int
	for _, r := range readTrack(t, csv) {
		frames = append(frames, r.Frame)
	}
	if got := fmt.Sprint(frames); got != "[0 10 20 25]" {
		t.Errorf("frames %s", got)
	}
	text := read(t, xml)
	if strings.Count(text, "<box ") != 4 || !strings.Contains(text, `label="a"`) ||
		!strings.Contains(text, "<width>768</width>") {
		t.Error(text)
	}
}
