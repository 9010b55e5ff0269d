package report

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"siamtrack/bench/score"
)

// attributePlot draws bars of the first measure for each attribute, nil where there are no attributes.
func attributePlot(ev *score.Evaluation) (*Plot, error) {
	names := attributeNames(ev)
	if len(names) == 0 {
		return nil, nil
	}
	var all []score.Measures
	for _, t := range ev.Trackers {
		for _, m := range t.Attributes {
			all = append(all, *m)
		}
	}
	cols := columnsOf(all)
	if len(cols) == 0 {
		return nil, nil
	}
	c := cols[0]
	names = names[:min(len(names), 16)]
	p, l := newPlot("By attribute", "", c.title)
	width := vg.Length(float64(plotWidth-legendWidth(ev)) * 0.75 / float64(len(names)*len(ev.Trackers)))
	for i, t := range ev.Trackers {
		values := make(plotter.Values, len(names))
		for j, n := range names {
			if m := t.Attributes[n]; m != nil && c.get(*m) != nil {
				values[j] = *c.get(*m)
			}
		}
		bars, err := plotter.NewBarChart(values, width)
		if err != nil {
			return nil, fmt.Errorf("report: plot attributes: %w", err)
		}
		bars.Color, bars.LineStyle.Width = colorOf(i), 0
		bars.Offset = width * (vg.Length(i) - vg.Length(len(ev.Trackers)-1)/2)
		p.Add(bars)
		l.Add(t.Name, bars)
	}
	p.NominalX(names...)
	if len(names) > 6 || len(strings.Join(names, "")) > 40 { // labels that would lie on each other
		p.X.Tick.Label.Rotation, p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = math.Pi/5, draw.XRight, draw.YCenter
	}
	p.Y.Min, p.Y.Max = 0, math.Max(1, p.Y.Max)
	return render("attributes", "By attribute", p, l, legendWidth(ev))
}

// speedPlot draws accuracy against speed, nil where fewer than two trackers have both.
func speedPlot(ev *score.Evaluation) (*Plot, error) {
	var all []score.Measures
	for _, t := range ev.Trackers {
		all = append(all, t.Measures)
	}
	cols := columnsOf(all)
	if len(cols) == 0 {
		return nil, nil
	}
	c := cols[0]
	p, l := newPlot("Speed and accuracy", "frames a second (logarithmic)", c.title)
	points := 0
	for i, t := range ev.Trackers {
		v := c.get(t.Measures)
		if v == nil || t.FPS == nil || *t.FPS <= 0 {
			continue
		}
		xy := plotter.XYs{{X: *t.FPS, Y: *v}}
		dot, err := plotter.NewScatter(xy)
		if err != nil {
			return nil, fmt.Errorf("report: plot speed: %w", err)
		}
		dot.Shape, dot.Color, dot.Radius = draw.CircleGlyph{}, colorOf(i), 5
		p.Add(dot)
		l.Add(legend(t.Name, "%.0f/s", t.FPS), dot)
		points++
	}
	if points < 2 {
		return nil, nil
	}
	p.X.Scale = plot.LogScale{}
	p.X.Min, p.X.Max = p.X.Min/1.5, p.X.Max*1.5
	var ticks plot.ConstantTicks
	for decade := 0.1; decade <= p.X.Max; decade *= 10 {
		for _, k := range []float64{1, 2, 5} {
			if v := k * decade; v >= p.X.Min && v <= p.X.Max {
				ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprintf("%.4g", v)})
			}
		}
	}
	p.X.Tick.Marker = ticks
	p.Y.Min, p.Y.Max = math.Max(0, p.Y.Min-0.05), math.Min(1, p.Y.Max+0.05)
	return render("speed", "Speed and accuracy", p, l, legendWidth(ev))
}
