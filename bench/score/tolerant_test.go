package score

import (
	"context"
	"math"
	"strings"
	"testing"

	"siamtrack/bench/metric"
)

// TestTolerant: results of other lengths are refused, and with Tolerant scored as each toolkit does: of four frames
// with a perfect track of two, got10k counts two frames, pytracking four of which two are lost.
func TestTolerant(t *testing.T) {
	d, dir := small(t)
	box := "10,10,20,20\n"
	file(t, strings.Repeat(box, 2), dir, "good", "A.txt")
	file(t, strings.Repeat(box, 6), dir, "good", "B.txt")
	entries, err := Find(d, []string{"good=" + dir + "/good"})
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range map[metric.Convention]struct {
		auc    float64
		said   string
		second string
	}{
		metric.GOT10k: {20.0 / 21, "A: times left away: ", "both are cut to 2, as got10k does"},
		// Zeros overlap nothing: half of A's frames are lost.
		metric.PyTracking: {0.75 * 20 / 21, "A: times left away: ", "padded with boxes of zeros, as pytracking does"},
		metric.LaSOT:      {20.0 / 21, "A: times left away: ", "as got10k does (lasot refuses such a file)"},
		metric.PySOT:      {20.0 / 21, "A: times left away: ", "as got10k does (pysot refuses such a file)"},
	} {
		if _, err := Evaluate(context.Background(), d, entries, Options{Convention: c}); err == nil {
			t.Errorf("%s: other lengths were scored without a word", c)
		}
		ev, err := Evaluate(context.Background(), d, entries, Options{Convention: c, Tolerant: true})
		if err != nil {
			t.Fatalf("%s: %v", c, err)
		}
		tr := ev.Trackers[0]
		if math.Abs(*tr.SuccessAUC-want.auc) > 1e-12 {
			t.Errorf("%s: AUC %v, want %v", c, *tr.SuccessAUC, want.auc)
		}
		if len(tr.Adjusted) != 2 || !strings.HasPrefix(tr.Adjusted[0], want.said) ||
			!strings.Contains(tr.Adjusted[0], want.second) ||
			!strings.Contains(tr.Adjusted[1], "6 boxes for 4 frames") {
			t.Errorf("%s: %q", c, tr.Adjusted)
		}
	}
}

// TestTolerantMissing: a missing sequence is left out and counted, by TrackingNet's rule counted as zeros.
func TestTolerantMissing(t *testing.T) {
	d, dir := small(t)
	empty := t.TempDir()
	file(t, strings.Repeat("10,10,20,20\n", 4), empty, "A.txt")
	entries := []Entry{{"good", dir + "/good"}, {"half", empty}}
	for c, want := range map[metric.Convention]struct {
		sequences int
		share     float64
	}{metric.GOT10k: {1, 1}, metric.TrackingNet: {2, 0.5}} {
		ev, err := Evaluate(context.Background(), d, entries, Options{Convention: c, Tolerant: true})
		if err != nil {
			t.Fatal(err)
		}
		good, half := ev.Trackers[0], ev.Trackers[1]
		if c == metric.GOT10k { // both are perfect in what they have
			if len(good.Missing)+len(half.Missing) != 1 {
				t.Errorf("%v %v", good.Missing, half.Missing)
			}
			if good.Name != "good" {
				good, half = half, good
			}
		}
		if len(half.Sequences) != want.sequences || math.Abs(*half.SuccessAUC-want.share**good.SuccessAUC) > 1e-12 {
			t.Errorf("%s: %d sequences, AUC %v of %v", c, len(half.Sequences), *half.SuccessAUC, *good.SuccessAUC)
		}
	}
}
