package report

import (
	"bytes"
	"strings"
	"testing"

	"siamtrack/bench/score"
)

// TestLessIsBetter: of two trackers' failures the fewer are marked, of shares before failure the larger.
func TestLessIsBetter(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	for _, lost := range []*float64{v(1), nil} {
		ev := &score.Evaluation{}
		for i, r := range []float64{0.75, 0.25} {
			m := score.Measures{Accuracy: v(0.5), Robustness: v(r), Lost: lost}
			ev.Trackers = append(ev.Trackers, score.Tracker{Name: string(rune('a' + i)), Measures: m,
				Sequences: []score.Sequence{{Name: "s", Measures: m}}})
		}
		want := 0
		if lost != nil {
			want = 1
		}
		if row := sequenceTables(ev)[1].Rows[0]; !row.Cells[want].Best || row.Cells[1-want].Best {
			t.Errorf("failures: %v: sequence's cells %+v", lost != nil, row.Cells)
		}
		if rows := mainTable(ev).Rows; !rows[want].Cells[1].Best {
			t.Errorf("failures: %v: rows %+v", lost != nil, rows)
		}
	}
}

// TestLeads: fewer than five shared sequences have no interval, and none is no error.
func TestLeads(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	seq := func(name string, auc float64) score.Sequence {
		return score.Sequence{Name: name, Measures: score.Measures{SuccessAUC: v(auc)}}
	}
	track := func(name string, auc float64, sequences string) score.Tracker {
		t := score.Tracker{Name: name}
		for i, r := range sequences {
			t.Sequences = append(t.Sequences, seq(string(r), auc+0.01*float64(i)))
		}
		return t
	}
	ev := &score.Evaluation{Trackers: []score.Tracker{
		track("best", 0.9, "abcde"), track("four", 0.5, "abcd"), track("none", 0.5, "vwxyz"), track("all", 0.5, "abcdef"),
		track("near", 0.9, "edcba"),
	}}
	leads, err := Leads(ev)
	if err != nil || len(leads) != 2 || leads[0].B != "all" || leads[0].Sequences != 5 || leads[1].B != "near" {
		t.Fatalf("%+v %v", leads, err)
	}
	var b bytes.Buffer
	if err := Lead(&b, ev); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"best - all: +0.400 AUC, 95% interval +0.400 to +0.400 over 5 sequences (bootstrap): it leaves out zero\n",
		"best - near: +0.000 AUC", "over 5 sequences (bootstrap): it holds zero, so other sequences may turn",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

// TestTables: each format of the same numbers.
func TestTables(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	ev := &score.Evaluation{Attributes: map[string]int{"OCC": 2}, Trackers: []score.Tracker{
		{Name: "a_b", Measures: score.Measures{SuccessAUC: v(0.5), FPS: v(30)},
			Sequences:  []score.Sequence{{Name: "s1", Measures: score.Measures{SuccessAUC: v(0.25)}}},
			Attributes: map[string]*score.Measures{"OCC": {SuccessAUC: v(0.125)}}},
		{Name: "c|d", Measures: score.Measures{SuccessAUC: v(0.25)}},
	}}
	for f, want := range map[TableFormat]string{
		Console:  "tracker    AUC   FPS\na_b      0.500  30.0\nc|d      0.250     -\n",
		Markdown: "| tracker | AUC | FPS |\n|---|---:|---:|\n| a_b | 0.500 | 30.0 |\n| c\\|d | 0.250 | - |\n",
		LaTeX: "\\begin{tabular}{lrr}\n\\toprule\ntracker & AUC & FPS \\\\\n\\midrule\na\\_b & 0.500 & 30.0 \\\\\n" +
			"c|d & 0.250 & - \\\\\n\\bottomrule\n\\end{tabular}\n",
	} {
		var b bytes.Buffer
		if err := Trackers(&b, ev, f); err != nil || b.String() != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", f, err, b.String(), want)
		}
	}
	var b bytes.Buffer
	if err := Sequences(&b, ev, "success_auc", Console); err != nil ||
		b.String() != "sequence (AUC)    a_b  c|d\ns1              0.250    -\n" {
		t.Errorf("%v\n%s", err, b.String())
	}
	b.Reset()
	if err := Attributes(&b, ev, "", Console); err != nil ||
		b.String() != "attribute (AUC)    a_b  c|d\nOCC (2)          0.125    -\n" {
		t.Errorf("%v\n%s", err, b.String())
	}
	if err := Sequences(&b, ev, "eao", Console); err == nil {
		t.Error("a measure that is not there gave no error")
	}
}
