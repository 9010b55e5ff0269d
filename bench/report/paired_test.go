package report

import (
	"bytes"
	"strings"
	"testing"

	"siamtrack/bench/score"
)

// TestPairs: a row for each other tracker, dashes where nothing is shared, and a name that is none is told what there
// is.
func TestPairs(t *testing.T) {
	track := func(name string, overlaps map[string]float64) score.Tracker {
		t := score.Tracker{Name: name}
		for s, o := range overlaps {
			t.Sequences = append(t.Sequences, score.Sequence{Name: s, Overlaps: []float64{1, o}})
		}
		return t
	}
	ev := &score.Evaluation{Trackers: []score.Tracker{
		track("new", map[string]float64{"x": 0.9, "y": 0.5}), track("old", map[string]float64{"x": 0.6, "y": 0.4}),
		track("one", map[string]float64{"x": 0.5}), track("other", map[string]float64{"z": 0.6}),
	}}
	var b bytes.Buffer
	if err := Pairs(&b, ev, "old", Markdown); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| new | +0.2000 | 0.1000 | 2 | 2 | 0 | x +0.300, y +0.100 |",
		"| one | -0.1000 | - | 1 | 0 | 1 | x -0.100 |",
		"| other | - | - | 0 | - | - | - |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in:\n%s", want, b.String())
		}
	}
	if err := Pairs(&b, ev, "older", Console); err == nil || !strings.Contains(err.Error(), "new, old, one, other") {
		t.Errorf("a name that is none: %v", err)
	}
}
