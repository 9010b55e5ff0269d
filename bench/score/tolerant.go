package score

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/metric"
	"siamtrack/internal/plural"
	"siamtrack/tracker"
)

// readTrack reads a sequence's track. With tolerant, times that do not fit are left away; note says so.
func readTrack(dir, name string, tolerant bool) (t *folder.Track, note string, err error) {
	t, err = folder.ReadTrack(dir, name)
	if tolerant && errors.Is(err, folder.ErrTimes) {
		t.Seconds, t.RepeatSeconds = nil, nil
		return t, fmt.Sprintf("times left away: %v", err), nil
	}
	return t, "", err
}

// fit makes track and truth equally long by the rule of the convention's toolkit, and says what it did, nothing where
// they are. The rules:
//
//	got10k      both are cut to the shorter (experiments/otb.py, which warns)
//	pytracking  a longer track is cut, a shorter one padded with boxes of zeros (analysis/extract_results.py)
//	lasot       a longer track is cut
//
// Where a toolkit refuses such a file got10k's rule is taken, and the note names it.
func fit(boxes []tracker.Box, s *dataset.Sequence, c metric.Convention) (metric.Track, string) {
	t := metric.Track{Boxes: boxes, Truth: s.Truth, Absent: s.Absent}
	got, want := len(boxes), s.Len()
	if got == want {
		return t, ""
	}
	said := fmt.Sprintf("%s for %s: ", countBoxes(got), plural.Of(want, "frame"))
	switch {
	case got > want && (c == metric.PyTracking || c == metric.LaSOT):
		t.Boxes = boxes[:want]
		return t, said + fmt.Sprintf("the track is cut, as %s does", c)
	case c == metric.PyTracking:
		t.Boxes = append(boxes[:got:got], slices.Repeat([]tracker.Box{almostZero()}, want-got)...)
		return t, said + "the track is padded with boxes of zeros, as pytracking does"
	}
	n := min(got, want)
	t.Boxes, t.Truth = boxes[:n], s.Truth[:n]
	if s.Absent != nil {
		t.Absent = s.Absent[:n]
	}
	said += fmt.Sprintf("both are cut to %d, as got10k does", n)
	if c != metric.GOT10k {
		said += fmt.Sprintf(" (%s refuses such a file)", c)
	}
	return t, said
}

// almostZero overlaps and lies as a box of zeros does. pytracking pads after it has put the box before in the place of
// boxes without size, so that its zeros stay; a size that is not quite zero stays too, and its area is zero.
func almostZero() tracker.Box {
	return tracker.Box{W: math.SmallestNonzeroFloat64, H: math.SmallestNonzeroFloat64}
}

// absentPart is what a sequence without a result gives: TrackingNet's server counts it as zeros, others leave it out.
func absentPart(s *dataset.Sequence, c metric.Convention) (part, bool) {
	if c != metric.TrackingNet {
		return part{}, false
	}
	o, err := metric.OnePass(metric.Track{Boxes: s.Truth, Truth: s.Truth, Absent: s.Absent}, c)
	if err != nil {
		return part{}, false
	}
	clear(o.Success)
	clear(o.Precision)
	clear(o.NormPrecision)
	p := part{ope: o}
	p.note = "no result: counted as zeros, as TrackingNet does"
	p.Measures, _, err = poolOPE([]part{p})
	return p, err == nil
}

// countBoxes is "1 box" or "3 boxes".
func countBoxes(n int) string {
	if n == 1 {
		return "1 box"
	}
	return fmt.Sprintf("%d boxes", n)
}
