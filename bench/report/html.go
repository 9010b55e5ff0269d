package report

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"path/filepath"

	"siamtrack/bench/score"
	"siamtrack/internal/atomicfile"
	"siamtrack/internal/plural"
)

//go:embed assets
var assets embed.FS

// worstOf is how many of a tracker's worst frames the page shows, worstTrackers for how many of the best trackers;
// those of runs of this program, which keep response maps, are shown too.
const (
	worstOf       = 4
	worstTrackers = 3
)

// page is what the template shows.
type page struct {
	*score.Evaluation
	Style     template.CSS
	Script    template.JS
	Main      htmlTable
	PerSeq    []htmlTable
	PerAttr   *htmlTable
	Plots     []htmlPlot
	Leads     []score.Comparison
	Worst     []worstGroup
	Generated string
}

// htmlPlot is a plot inside the page.
type htmlPlot struct {
	Name, Title string
	SVG         template.HTML
}

// worstGroup is one tracker's worst frames.
type worstGroup struct {
	Tracker string
	Frames  []worstFrame
	// Note says what is not shown, and why.
	Note string
}

// htmlTable is a table of numbers.
type htmlTable struct {
	ID, Title string
	Head      []htmlHead
	Rows      []htmlRow
}

// htmlHead is a column's head.
type htmlHead struct{ Title, Help string }

// htmlRow is one row.
type htmlRow struct {
	Name, Color string
	Cells       []htmlCell
}

// htmlCell is a number, with the share of its column's range for shading; Best marks the column's best.
type htmlCell struct {
	Text  string
	Value float64
	Shade float64
	Best  bool
}

// WriteHTML writes DIR/index.html, one page without anything outside it, beside DIR/NAME.svg and .png of each plot.
// Everything is made before anything is written. Frames whose pictures are not at hand are left out with a note.
func WriteHTML(dir string, ev *score.Evaluation, generated string) error {
	plots, err := Plots(ev)
	if err != nil {
		return err
	}
	html, err := makePage(ev, plots, generated)
	if err != nil {
		return err
	}
	for _, pl := range plots {
		if err := atomicfile.WriteWithFolders(filepath.Join(dir, pl.Name+".svg"), pl.SVG); err != nil {
			return fmt.Errorf("report: %w", err)
		}
		if err := atomicfile.WriteWithFolders(filepath.Join(dir, pl.Name+".png"), pl.PNG); err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	if err := atomicfile.WriteWithFolders(filepath.Join(dir, "index.html"), html); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// makePage makes the page.
func makePage(ev *score.Evaluation, plots []Plot, generated string) ([]byte, error) {
	p := page{Evaluation: ev, Main: mainTable(ev), Generated: generated}
	for _, pl := range plots {
		p.Plots = append(p.Plots, htmlPlot{pl.Name, pl.Title, template.HTML(pl.inline())}) // our own drawing
	}
	var err error
	if p.Leads, err = Leads(ev); err != nil {
		return nil, err
	}
	for i := range p.Leads {
		p.Leads[i].Measure = titleOf(p.Leads[i].Measure)
	}
	for i := range ev.Trackers {
		t := &ev.Trackers[i]
		if i >= worstTrackers && t.About == nil {
			continue
		}
		group, err := worstOfTracker(ev, t)
		if err != nil {
			return nil, err
		}
		if len(group.Frames) > 0 || group.Note != "" {
			p.Worst = append(p.Worst, group)
		}
	}
	p.PerSeq = sequenceTables(ev)
	p.PerAttr = attributeTable(ev)
	return p.render()
}

// render fills the template.
func (p page) render() ([]byte, error) {
	style, err := assets.ReadFile("assets/style.css")
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	script, err := assets.ReadFile("assets/sort.js")
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	p.Style, p.Script = template.CSS(style), template.JS(script)
	t, err := template.New("report.html").Funcs(template.FuncMap{
		"url":    func(s string) template.URL { return template.URL(s) }, // data URIs that we made
		"pct":    func(v float64) string { return fmt.Sprintf("%.0f%%", v*100) },
		"plural": plural.Of, "verdict": verdict,
		"f3": func(v float64) string { return fmt.Sprintf("%+.3f", v) },
	}).ParseFS(assets, "assets/report.html")
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return b.Bytes(), nil
}
