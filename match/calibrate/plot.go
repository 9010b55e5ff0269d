package calibrate

import (
	"bytes"
	"fmt"
	"image/color"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"siamtrack/internal/atomicfile"
)

// PlotFormats are the suffixes that a plot's file may have.
func PlotFormats() []string { return []string{"svg", "png", "pdf"} }

// Draw writes the report's ROC, with the threshold's place on it and chance as a broken line, to a file whose suffix is
// one of PlotFormats. The same report gives the same bytes.
func (r Report) Draw(path, title string) error {
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	if !slices.Contains(PlotFormats(), format) {
		return fmt.Errorf("calibrate: plot %s: the name must end in one of .%s", path, strings.Join(PlotFormats(), ", ."))
	}
	p, err := r.plot(title)
	if err != nil {
		return fmt.Errorf("calibrate: plot %s: %w", path, err)
	}
	w, err := p.WriterTo(12*vg.Centimeter, 12*vg.Centimeter, format)
	if err != nil {
		return fmt.Errorf("calibrate: plot %s: %w", path, err)
	}
	var data bytes.Buffer
	if _, err = w.WriteTo(&data); err == nil {
		err = atomicfile.Write(path, data.Bytes())
	}
	if err != nil {
		return fmt.Errorf("calibrate: plot: %w", err)
	}
	return nil
}

func (r Report) plot(title string) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = title
	p.X.Label.Text = "false accept rate (different pairs)"
	p.Y.Label.Text = "true accept rate (same pairs)"
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	curve := make(plotter.XYs, len(r.Curve.Points))
	for i, q := range r.Curve.Points {
		curve[i] = plotter.XY{X: q.FAR, Y: q.TAR}
	}
	line, err := plotter.NewLine(curve)
	if err != nil {
		return nil, err
	}
	line.Width, line.Color = vg.Points(1.5), color.RGBA{R: 0x1f, G: 0x5a, B: 0xa6, A: 255}
	chance, err := plotter.NewLine(plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}})
	if err != nil {
		return nil, err
	}
	chance.Dashes, chance.Color = []vg.Length{vg.Points(3), vg.Points(3)}, color.Gray{Y: 0x80}
	at, err := plotter.NewScatter(plotter.XYs{{X: r.Threshold.FAR, Y: r.Threshold.TAR}})
	if err != nil {
		return nil, err
	}
	at.Color, at.Radius = color.RGBA{R: 0xc8, G: 0x32, B: 0x32, A: 255}, vg.Points(3)
	p.Add(plotter.NewGrid(), chance, line, at)
	p.Legend.Add(fmt.Sprintf("AUC %.4f, EER %.4f", r.AUC, r.EER), line)
	p.Legend.Add(fmt.Sprintf("threshold %.4g", r.Threshold.Distance), at)
	p.Legend.Add("chance", chance)
	p.Legend.Left = false
	return p, nil
}
