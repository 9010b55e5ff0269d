package report

import (
	"fmt"
	"math"

	"siamtrack/bench/score"
)

// mainTable is the table of trackers.
func mainTable(ev *score.Evaluation) htmlTable {
	rows := make([]score.Measures, len(ev.Trackers))
	for i, t := range ev.Trackers {
		rows[i] = t.Measures
	}
	t := htmlTable{ID: "trackers", Title: "Trackers", Head: []htmlHead{{"tracker", ""}}}
	cols := columnsOf(rows)
	for _, c := range cols {
		t.Head = append(t.Head, htmlHead{c.title, c.help})
	}
	for i, tr := range ev.Trackers {
		row := htmlRow{Name: tr.Name, Color: hex(colorOf(i))}
		for _, c := range cols {
			row.Cells = append(row.Cells, c.htmlCell(rows[i]))
		}
		t.Rows = append(t.Rows, row)
	}
	for j, c := range cols {
		t.mark(j, c.lessIsBetter(rows[0]))
	}
	if counts := countsOf(ev); counts != nil {
		t.Head = append(t.Head, htmlHead{countsTitle, "of all that the benchmark has"})
		for i, c := range counts {
			cell := htmlCell{Text: c, Value: float64(len(ev.Trackers[i].Sequences))}
			t.Rows[i].Cells = append(t.Rows[i].Cells, cell)
		}
	}
	return t
}

// lessIsBetter reports whether less of the measure is better. Robustness is a number of failures in the reset-based
// experiment, which counts what was lost, and a share of frames elsewhere.
func (c column) lessIsBetter(m score.Measures) bool {
	return c.lower || c.key == "robustness" && m.Lost != nil
}

// missing is the value of a cell without one: no measure is negative.
const missing = -1

// htmlCell is a measure as a cell.
func (c column) htmlCell(m score.Measures) htmlCell {
	if v := c.get(m); v != nil {
		return htmlCell{Text: c.cell(m), Value: *v}
	}
	return htmlCell{Text: "–", Value: missing}
}

// mark finds the best of column j.
func (t *htmlTable) mark(j int, lower bool) {
	best := -1
	for i, r := range t.Rows {
		v := r.Cells[j].Value
		if v == missing {
			continue
		}
		if best < 0 || (lower && v < t.Rows[best].Cells[j].Value) || (!lower && v > t.Rows[best].Cells[j].Value) {
			best = i
		}
	}
	if best >= 0 && len(t.Rows) > 1 {
		t.Rows[best].Cells[j].Best = true
	}
}

// sequenceTables are tables of one measure, sequences by trackers, for the first two measures that sequences have.
func sequenceTables(ev *score.Evaluation) []htmlTable {
	values := map[string]map[string]score.Measures{}
	var names []string
	var all []score.Measures
	for _, t := range ev.Trackers {
		for _, s := range t.Sequences {
			if values[s.Name] == nil {
				values[s.Name] = map[string]score.Measures{}
				names = append(names, s.Name)
			}
			values[s.Name][t.Name] = s.Measures
			all = append(all, s.Measures)
		}
	}
	for _, l := range ev.Left {
		names = append(names, l.Name)
	}
	cols := columnsOf(all)
	var out []htmlTable
	for i, c := range cols[:min(2, len(cols))] {
		out = append(out, byTracker(ev, fmt.Sprintf("seq%d", i), "Sequences: "+c.title+ofAll(ev), "sequence", names, c,
			func(name, tracker string) score.Measures { return values[name][tracker] }))
	}
	return out
}

// attributeTable is the table of the first measure by attribute, nil where there are none.
func attributeTable(ev *score.Evaluation) *htmlTable {
	names := attributeNames(ev)
	values := map[string]map[string]*score.Measures{}
	var all []score.Measures
	for _, t := range ev.Trackers {
		values[t.Name] = t.Attributes
		for _, m := range t.Attributes {
			all = append(all, *m)
		}
	}
	c, err := findColumn(all, "")
	if len(names) == 0 || err != nil {
		return nil
	}
	t := byTracker(ev, "attr", "Attributes: "+c.title+ofAll(ev), "attribute", names, c,
		func(name, tracker string) score.Measures {
			if m := values[tracker][name]; m != nil {
				return *m
			}
			return score.Measures{}
		})
	return &t
}

// byTracker is a table with a column a tracker; cells are shaded by their value where more is better, each row's best
// is marked.
func byTracker(ev *score.Evaluation, id, title, first string, names []string, c column,
	get func(name, tracker string) score.Measures) htmlTable {
	t := htmlTable{ID: id, Title: title, Head: []htmlHead{{first, ""}}}
	for _, tr := range ev.Trackers {
		t.Head = append(t.Head, htmlHead{tr.Name, c.help})
	}
	for _, name := range names {
		row := htmlRow{Name: name}
		best := -1
		for i, tr := range ev.Trackers {
			m := get(name, tr.Name)
			cell := c.htmlCell(m)
			less := c.lessIsBetter(m)
			if cell.Value != missing {
				if !less {
					cell.Shade = math.Max(0, math.Min(1, cell.Value))
				}
				if best < 0 || (less && cell.Value < row.Cells[best].Value) || (!less && cell.Value > row.Cells[best].Value) {
					best = i
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		if best >= 0 && len(ev.Trackers) > 1 {
			row.Cells[best].Best = true
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
