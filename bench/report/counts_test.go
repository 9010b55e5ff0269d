package report

import (
	"bytes"
	"strings"
	"testing"

	"siamtrack/bench/dataset"
	"siamtrack/bench/score"
)

// TestCounts: a table of fewer sequences than the benchmark has says so, on the page too, and names what was left out.
func TestCounts(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	one := score.Sequence{Name: "one", Measures: score.Measures{SuccessAUC: v(0.5)}}
	two := score.Sequence{Name: "two", Measures: score.Measures{SuccessAUC: v(0.5)}}
	ev := &score.Evaluation{Sequences: 2, Left: []dataset.Left{{Name: "three", Why: "no truth"}},
		Trackers: []score.Tracker{
			{Name: "a", Measures: one.Measures, Sequences: []score.Sequence{one, two}},
			{Name: "b", Measures: one.Measures, Sequences: []score.Sequence{one}},
		}}
	var b bytes.Buffer
	if err := Trackers(&b, ev, Markdown); err != nil ||
		!strings.Contains(b.String(), "| a | 2 of 3 | 0.500 |\n| b | 1 of 3 | 0.500 |") {
		t.Errorf("%v\n%s", err, b.String())
	}
	b.Reset()
	if err := Sequences(&b, ev, "", Markdown); err != nil || !strings.Contains(b.String(), "AUC, 1 of 3") ||
		!strings.Contains(b.String(), "| three | - | - |") {
		t.Errorf("%v\n%s", err, b.String())
	}
	page, err := makePage(ev, nil, "test")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2 of 3", "1 of 3", "three: no truth", "1 of 3 sequences: three"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	ev.Left, ev.Trackers = nil, ev.Trackers[:1]
	b.Reset()
	if err := Trackers(&b, ev, Markdown); err != nil || strings.Contains(b.String(), " of ") {
		t.Errorf("all are there: %v\n%s", err, b.String())
	}
}
