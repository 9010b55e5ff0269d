package report

import (
	"bytes"
	"strings"
	"testing"

	"siamtrack/bench/score"
)

// TestNamesReachNoTerminal: control characters of the names of trackers, sequences and attributes are escaped in every
// table.
func TestNamesReachNoTerminal(t *testing.T) {
	const name = "\x1b[2J\u202ex\n"
	v := 0.5
	m := score.Measures{SuccessAUC: &v}
	sequences := []score.Sequence{{Name: name, Measures: m}, {Name: "b", Measures: m}}
	ev := &score.Evaluation{
		Trackers: []score.Tracker{
			{Name: name, Measures: m, Sequences: sequences, Attributes: map[string]*score.Measures{name: &m}},
			{Name: "other" + name, Measures: m, Sequences: sequences},
		},
		Attributes: map[string]int{name: 1},
	}
	for _, f := range TableFormats() {
		var out bytes.Buffer
		if err := Trackers(&out, ev, f); err != nil {
			t.Fatal(err)
		}
		if err := Sequences(&out, ev, "", f); err != nil {
			t.Fatal(err)
		}
		if err := Attributes(&out, ev, "", f); err != nil {
			t.Fatal(err)
		}
		if err := Lead(&out, ev); err != nil {
			t.Fatal(err)
		}
		if text := out.String(); strings.ContainsAny(text, "\x1b\u202e") || !strings.Contains(text, "2J") {
			t.Errorf("%s: %q", f, text)
		}
	}
}
