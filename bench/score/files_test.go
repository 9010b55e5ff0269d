package score

import (
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/bench/metric"
	"siamtrack/internal/record"
)

// TestFiles: files of any format are compared by their frames, and lengths that differ are no secret.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	box := "10,10,20,20\n"
	put := func(name, text string) string {
		t.Helper()
		file(t, text, dir, name)
		return filepath.Join(dir, name)
	}
	truth := put("gt.txt", strings.Repeat(box, 4))
	sparse := put("sparse.csv", "frame,x,y,w,h\n0,10,10,20,20\n3,10,10,20,20\n")
	csv := "frame,time_s,x,y,w,h,score,state,ms\n"
	for i, c := range []struct {
		truth, track string
		o            Options
		auc, ao      float64
		frames       int
		said         string
	}{
		{truth, put("same.txt", strings.Repeat("10 10 20 20\n", 4)), Options{}, 20.0 / 21, 1, 4, ""},
		// Half of the box in the last three frames: an overlap of 1/3, above 7 of the 21 thresholds.
		{truth, put("half.csv", csv+"0,0,10,10,20,20,1,tracking,\n1,0,20,10,20,20,1,tracking,\n"+
			"2,0,20,10,20,20,1,tracking,\n3,0,20,10,20,20,1,lost,\n"), Options{}, (20.0 + 3*7) / 4 / 21, 1.0 / 3, 4, ""},
		{sparse, put("every.txt", strings.Repeat(box, 6)), Options{}, 20.0 / 21, 1, 2, ""},
		{truth, put("mot.txt", "1,1,11,11,20,20\n2,1,11,11,20,20\n"), Options{Tolerant: true}, 20.0 / 21, 1, 2,
			"both are cut to 2"},
		// MOT leaves lost frames away: frame 2 of 4 is missed.
		{truth, put("lost.txt", "1,1,11,11,20,20\n2,1,11,11,20,20\n4,1,11,11,20,20\n"), Options{}, 0.75 * 20 / 21, 2.0 / 3, 4,
			"no box of 1 of the truth's 4 frames: counted as missed"},
	} {
		ev, err := Files(t.Context(), c.truth, []string{c.track, c.track}, c.o)
		if err != nil {
			t.Errorf("%d: %v", i, err)
			continue
		}
		tr := ev.Trackers[0]
		if math.Abs(*tr.SuccessAUC-c.auc) > 1e-9 || math.Abs(*tr.AO-c.ao) > 1e-9 || tr.Sequences[0].Frames != c.frames {
			t.Errorf("%d: AUC %v, want %v; AO %v, want %v; %d frames", i, *tr.SuccessAUC, c.auc, *tr.AO, c.ao,
				tr.Sequences[0].Frames)
		}
		if got := strings.Join(tr.Adjusted, "\n"); c.said == "" != (got == "") || !strings.Contains(got, c.said) {
			t.Errorf("%d: %q, want %q", i, got, c.said)
		}
		if ev.Trackers[1].Name != tr.Name+"'" {
			t.Errorf("%d: two trackers of one name %s", i, tr.Name)
		}
	}
	short := put("short.txt", box+box)
	if _, err := Files(t.Context(), truth, []string{short}, Options{}); !errors.Is(err, metric.ErrLength) ||
		!strings.Contains(err.Error(), "short.txt:2:") {
		t.Errorf("other lengths: %v", err)
	}
	late := put("late.csv", "frame,x,y,w,h\n9,10,10,20,20\n")
	if _, err := Files(t.Context(), truth, []string{late}, Options{}); !errors.Is(err, metric.ErrLength) {
		t.Errorf("no frame in common: %v", err)
	}
	hole := put("hole.txt", box+"\n"+box)
	_, err := Files(t.Context(), truth, []string{hole}, Options{})
	if err == nil || !strings.Contains(err.Error(), "hole.txt:2:") {
		t.Errorf("an empty line: %v", err)
	}
	two := put("two.csv", "frame,id,x,y,w,h\n0,1,10,10,20,20\n0,2,50,10,20,20\n")
	for _, c := range [][2]string{{two, short}, {short, two}} {
		if _, err := Files(t.Context(), c[0], []string{c[1]}, Options{}); !errors.Is(err, record.ErrFormat) ||
			!strings.Contains(err.Error(), "two.csv: not a track: several targets in frame 0") {
			t.Errorf("several targets: %v", err)
		}
	}
}
