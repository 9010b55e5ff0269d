// Package report shows an evaluation: tables for a console, Markdown and LaTeX, plots as SVG and PNG, and one
// self-contained HTML page.
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"siamtrack/bench/score"
	"siamtrack/internal/printable"
)

// TableFormat is how a table is written.
type TableFormat string

// The formats of tables.
const (
	Console  TableFormat = "console"
	Markdown TableFormat = "markdown"
	LaTeX    TableFormat = "latex"
)

// TableFormats lists them.
func TableFormats() []TableFormat { return []TableFormat{Console, Markdown, LaTeX} }

// grid is a table as text: a header, and rows of equal length; the first column is of names.
type grid struct {
	header []string
	rows   [][]string
}

// cell writes a value, a dash where there is none.
func (c column) cell(m score.Measures) string {
	v := c.get(m)
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%.*f", c.digits, *v)
}

// makeGrid sets out rows of measures.
func makeGrid(first string, names []string, rows []score.Measures) grid {
	cols := columnsOf(rows)
	g := grid{header: []string{first}}
	for _, c := range cols {
		g.header = append(g.header, c.title)
	}
	for i, m := range rows {
		line := []string{names[i]}
		for _, c := range cols {
			line = append(line, c.cell(m))
		}
		g.rows = append(g.rows, line)
	}
	return g
}

// Trackers writes the table of trackers, the best first.
func Trackers(w io.Writer, ev *score.Evaluation, f TableFormat) error {
	names, rows := make([]string, len(ev.Trackers)), make([]score.Measures, len(ev.Trackers))
	for i, t := range ev.Trackers {
		names[i], rows[i] = t.Name, t.Measures
	}
	g := makeGrid("tracker", names, rows)
	if counts := countsOf(ev); counts != nil {
		g.header = slices.Insert(g.header, 1, countsTitle)
		for i, c := range counts {
			g.rows[i] = slices.Insert(g.rows[i], 1, c)
		}
	}
	return g.write(w, f)
}

// Sequences writes a table of one measure, a row a sequence and a column a tracker; key names the measure as the JSON
// does, empty for the first one that there is.
func Sequences(w io.Writer, ev *score.Evaluation, key string, f TableFormat) error {
	g := grid{header: []string{"sequence"}}
	values := map[string]map[string]score.Measures{}
	var names []string
	var all []score.Measures
	for _, t := range ev.Trackers {
		g.header = append(g.header, t.Name)
		for _, s := range t.Sequences {
			if values[s.Name] == nil {
				values[s.Name] = map[string]score.Measures{}
				names = append(names, s.Name)
			}
			values[s.Name][t.Name] = s.Measures
			all = append(all, s.Measures)
		}
	}
	c, err := findColumn(all, key)
	if err != nil {
		return err
	}
	g.header[0] = "sequence (" + c.title + ofAll(ev) + ")"
	for _, l := range ev.Left {
		names = append(names, l.Name)
	}
	for _, n := range names {
		line := []string{n}
		for _, t := range ev.Trackers {
			line = append(line, c.cell(values[n][t.Name]))
		}
		g.rows = append(g.rows, line)
	}
	return g.write(w, f)
}

// Attributes writes a table of one measure, a row an attribute and a column a tracker.
func Attributes(w io.Writer, ev *score.Evaluation, key string, f TableFormat) error {
	var all []score.Measures
	for _, t := range ev.Trackers {
		for _, m := range t.Attributes {
			all = append(all, *m)
		}
	}
	if len(all) == 0 {
		_, err := fmt.Fprintf(w, "no table by attribute: %s names none\n", ev.Dataset)
		return err
	}
	c, err := findColumn(all, key)
	if err != nil {
		return err
	}
	g := grid{header: []string{"attribute (" + c.title + ofAll(ev) + ")"}}
	for _, t := range ev.Trackers {
		g.header = append(g.header, t.Name)
	}
	for _, a := range attributeNames(ev) {
		line := []string{fmt.Sprintf("%s (%d)", a, ev.Attributes[a])}
		for _, t := range ev.Trackers {
			m := score.Measures{}
			if p := t.Attributes[a]; p != nil {
				m = *p
			}
			line = append(line, c.cell(m))
		}
		g.rows = append(g.rows, line)
	}
	return g.write(w, f)
}

// attributeNames lists the attributes in order.
func attributeNames(ev *score.Evaluation) []string {
	var out []string
	for a := range ev.Attributes {
		out = append(out, a)
	}
	slices.Sort(out)
	return out
}

// findColumn finds a measure by its key, or the first with a value.
func findColumn(rows []score.Measures, key string) (column, error) {
	cols := columnsOf(rows)
	for _, c := range cols {
		if key == "" || c.key == key {
			return c, nil
		}
	}
	return column{}, fmt.Errorf("report: no measure %q in this evaluation", key)
}

// write sets out the grid.
func (g grid) write(w io.Writer, f TableFormat) error {
	g.clean()
	var b strings.Builder
	switch f {
	case Markdown:
		g.markdown(&b)
	case LaTeX:
		g.latex(&b)
	default:
		g.console(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// clean escapes what a terminal would obey: names come from other people's files.
func (g grid) clean() {
	for _, line := range append([][]string{g.header}, g.rows...) {
		for i, s := range line {
			line[i] = printable.Name(s)
		}
	}
}

// console aligns columns: names left, numbers right.
func (g grid) console(b *strings.Builder) {
	width := make([]int, len(g.header))
	for _, line := range append([][]string{g.header}, g.rows...) {
		for i, s := range line {
			width[i] = max(width[i], utf8.RuneCountInString(s))
		}
	}
	for _, line := range append([][]string{g.header}, g.rows...) {
		for i, s := range line {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(s))
			if i == 0 {
				b.WriteString(s + pad)
			} else {
				b.WriteString("  " + pad + s)
			}
		}
		b.WriteByte('\n')
	}
}

// markdown writes a pipe table.
func (g grid) markdown(b *strings.Builder) {
	escape := strings.NewReplacer("|", `\|`)
	row := func(line []string) {
		b.WriteByte('|')
		for _, s := range line {
			b.WriteString(" " + escape.Replace(s) + " |")
		}
		b.WriteByte('\n')
	}
	row(g.header)
	b.WriteString("|---|" + strings.Repeat("---:|", len(g.header)-1) + "\n")
	for _, line := range g.rows {
		row(line)
	}
}

// latex writes a tabular for booktabs.
func (g grid) latex(b *strings.Builder) {
	escape := strings.NewReplacer(`\`, `\textbackslash{}`, "_", `\_`, "%", `\%`, "&", `\&`, "#", `\#`, "$", `\$`,
		"{", `\{`, "}", `\}`, "~", `\textasciitilde{}`, "^", `\textasciicircum{}`)
	row := func(line []string) {
		for i, s := range line {
			if i > 0 {
				b.WriteString(" & ")
			}
			b.WriteString(escape.Replace(s))
		}
		b.WriteString(` \\` + "\n")
	}
	b.WriteString(`\begin{tabular}{l` + strings.Repeat("r", len(g.header)-1) + "}\n\\toprule\n")
	row(g.header)
	b.WriteString("\\midrule\n")
	for _, line := range g.rows {
		row(line)
	}
	b.WriteString("\\bottomrule\n\\end{tabular}\n")
}
