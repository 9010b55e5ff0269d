package report

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"path/filepath"

	"siamtrack/bench/dataset"
	"siamtrack/bench/score"
	"siamtrack/internal/atomicfile"
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
	Runs      []runInfo
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

// runInfo is what a run's folder says of itself.
type runInfo struct {
	Tracker, Dir string
	Manifest     map[string]any
	Timing       *timing
}

// timing is a timed run's summary.
type timing struct {
	Stages map[string]struct {
		P50 float64 `json:"p50_ms"`
		P95 float64 `json:"p95_ms"`
		P99 float64 `json:"p99_ms"`
	} `json:"stages"`
	Updates        int     `json:"updates"`
	FPS            float64 `json:"fps"`
	FPSMeanInverse float64 `json:"fps_mean_inverse"`
	WallFPS        float64 `json:"wall_fps"`
}

// WriteHTML writes DIR/index.html, one page without anything outside it, beside DIR/NAME.svg and .png of each plot.
func WriteHTML(dir string, d *dataset.Dataset, ev *score.Evaluation, generated string) error {
	plots, err := Plots(ev)
	if err != nil {
		return err
	}
	p := page{Evaluation: ev, Main: mainTable(ev), Generated: generated}
	for _, pl := range plots {
		if err := atomicfile.Write(filepath.Join(dir, pl.Name+".svg"), pl.SVG); err != nil {
			return err
		}
		if err := atomicfile.Write(filepath.Join(dir, pl.Name+".png"), pl.PNG); err != nil {
			return err
		}
		p.Plots = append(p.Plots, htmlPlot{pl.Name, pl.Title, template.HTML(pl.inline())}) // our own drawing
	}
	if p.Leads, err = Leads(ev); err != nil {
		return err
	}
	for i := range p.Leads {
		p.Leads[i].Measure = titleOf(p.Leads[i].Measure)
	}
	for i, t := range ev.Trackers {
		run := readRun(t)
		p.Runs = append(p.Runs, run)
		if i >= worstTrackers && run.Manifest == nil {
			continue
		}
		frames, err := worstFrames(d, t, i, worstOf)
		if err != nil {
			return err
		}
		if len(frames) > 0 {
			p.Worst = append(p.Worst, worstGroup{t.Name, frames})
		}
	}
	p.PerSeq = sequenceTables(ev)
	p.PerAttr = attributeTable(ev)
	return p.write(filepath.Join(dir, "index.html"))
}

// write fills the template.
func (p page) write(path string) error {
	style, err := assets.ReadFile("assets/style.css")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	script, err := assets.ReadFile("assets/sort.js")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	p.Style, p.Script = template.CSS(style), template.JS(script)
	t, err := template.New("report.html").Funcs(template.FuncMap{
		"url": func(s string) template.URL { return template.URL(s) }, // data URIs that we made
		"pct": func(v float64) string { return fmt.Sprintf("%.0f%%", v*100) },
		"f3":  func(v float64) string { return fmt.Sprintf("%+.3f", v) },
	}).ParseFS(assets, "assets/report.html")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return atomicfile.Write(path, b.Bytes())
}

// readRun reads a run's manifest and timing, as far as there are any.
func readRun(t score.Tracker) runInfo {
	r := runInfo{Tracker: t.Name, Dir: t.Dir}
	if raw, err := os.ReadFile(filepath.Join(t.Dir, "manifest.json")); err == nil {
		_ = json.Unmarshal(raw, &r.Manifest) // shown as far as it can be read
	}
	if raw, err := os.ReadFile(filepath.Join(t.Dir, "timing.json")); err == nil {
		r.Timing = new(timing)
		if json.Unmarshal(raw, r.Timing) != nil {
			r.Timing = nil
		}
	}
	return r
}
