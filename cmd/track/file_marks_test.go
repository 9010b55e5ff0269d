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

// Several targets are corrected, each in frames of its own, and keep their names and their order.
func TestCorrectionsOfSeveral(t *testing.T) {
	boxes, csv := in(t, "boxes.csv"), in(t, "t.csv")
	const text = "frame,id,x,y,w,h\n0,a,349,428,50,148\n4,b,528,285,62,120\n8,a,380,430,46,140\n12,a,390,430,46,140\n" +
		"15,b,530,290,62,120\n"
	if err := os.WriteFile(boxes, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	mustTrack(t, clip, "-m", tiny, "--init-file", boxes, "--end", "20", "--csv", csv)
	rows := readTrack(t, csv)
	if len(rows) != 21+17 {
		t.Fatalf("%d rows", len(rows))
	}
	met, begin := 0, map[string]int{"a": 0, "b": 4}
	for i, r := range rows {
		ordered := i == 0 || r.Frame > rows[i-1].Frame || r.Frame == rows[i-1].Frame && r.Name == "b"
		if !ordered || r.Frame < begin[r.Name] {
			t.Errorf("row %d is of %q in frame %d", i, r.Name, r.Frame)
		}
		mark := fmt.Sprintf("\n%d,%s,%g,%g,%g,%g\n", r.Frame, r.Name, r.Box.X, r.Box.Y, r.Box.W, r.Box.H)
		if strings.Contains(text, mark) {
			met++
		}
	}
	if met != 5 {
		t.Errorf("%d boxes of 5 are in the track", met)
	}
}

// A file that names its target and says where it is here and there corrects without being asked; a track, a file of
// true boxes and --correct=false do not.
func TestCorrectionsUnasked(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs one after the other, of what other tests run: left out with -short")
	}
	const header = "frame,id,x,y,w,h\n"
	for name, c := range map[string]struct {
		text string
		args []string
		want bool
	}{
		"named":            {header + "0,a,349,428,50,148\n8,a,380,430,46,151\n", nil, true},
		"MOTChallenge":     {"1,1,350,429,50,148,1,-1,-1,-1\n9,1,381,431,46,151,1,-1,-1,-1\n", nil, true},
		"switched off":     {header + "0,a,349,428,50,148\n8,a,380,430,46,151\n", []string{"--correct=false"}, false},
		"a track":          {header + "0,a,349,428,50,148\n1,a,352,428,50,148\n8,a,380,430,46,151\n", nil, false},
		"no name":          {"frame,x,y,w,h\n0,349,428,50,148\n8,380,430,46,151\n", nil, false},
		"one box":          {header + "0,a,349,428,50,148\n", nil, false},
		"two targets":      {header + "0,a,349,428,50,148\n8,b,380,430,46,151\n", nil, false},
		"several":          {header + "0,a,349,428,50,148\n0,b,528,285,62,120\n8,a,380,430,46,151\n", nil, true},
		"one's track":      {header + "0,a,349,428,50,148\n0,b,5,5,4,4\n8,a,380,430,46,99\n9,a,380,430,46,99\n", nil, false},
		"truth":            {header + "0,a,349,428,50,148\n8,a,380,430,46,151\n", []string{"--truth", clipTruth}, false},
		"after --end":      {header + "0,a,349,428,50,148\n80,a,380,430,46,151\n", nil, false},
		"before the start": {header + "0,a,349,428,50,148\n8,a,380,430,46,151\n", []string{"--init-frame", "8"}, false},
	} {
		boxes := in(t, "boxes.csv")
		if err := os.WriteFile(boxes, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		args := []string{clip, "-m", tiny, "--init-file", boxes, "--end", "10", "--csv", in(t, "t.csv")}
		_, stderr := mustTrack(t, append(args, c.args...)...)
		if got := strings.Contains(stderr, "corrected"); got != c.want {
			t.Errorf("%s: corrected %v, want %v: %s", name, got, c.want, stderr)
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
