package report

import (
	"bytes"
	"fmt"
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"siamtrack/bench/score"
)

// The size of a plot on the page.
const (
	plotWidth  = 6.4 * vg.Inch
	plotHeight = 3.8 * vg.Inch
)

// maxLegend is the number of letters of a legend's line that are shown.
const maxLegend = 26

// Plot is one drawing, as a vector and as a picture.
type Plot struct {
	// Name is the file's, without extension. Title is for people.
	Name, Title string
	SVG, PNG    []byte
}

// palette are colours that stay apart for colour-blind readers (Okabe & Ito, "Color Universal Design", 2008), with a
// grey; after the last one lines are dashed and begin anew.
func palette() []color.RGBA {
	return []color.RGBA{
		{0x00, 0x72, 0xb2, 255}, {0xd5, 0x5e, 0x00, 255}, {0x00, 0x9e, 0x73, 255}, {0xcc, 0x79, 0xa7, 255},
		{0xe6, 0x9f, 0x00, 255}, {0x56, 0xb4, 0xe9, 255}, {0x55, 0x55, 0x55, 255}, {0x8b, 0x6b, 0x1f, 255},
	}
}

// colorOf is tracker i's colour.
func colorOf(i int) color.RGBA { return palette()[i%len(palette())] }

// Plots draws every plot that the evaluation has the curves for.
func Plots(ev *score.Evaluation) ([]Plot, error) {
	var out []Plot
	for _, c := range curvePlots() {
		p, err := c.draw(ev)
		if err != nil {
			return nil, fmt.Errorf("report: plot %s: %w", c.name, err)
		}
		if p != nil {
			out = append(out, *p)
		}
	}
	for _, f := range []func(*score.Evaluation) (*Plot, error){attributePlot, speedPlot} {
		p, err := f(ev)
		if err != nil {
			return nil, err
		}
		if p != nil {
			out = append(out, *p)
		}
	}
	return out, nil
}

// curvePlot is a plot of one curve a tracker.
type curvePlot struct {
	name, title, x, y string
	curve             func(score.Curves) []float64
	// at is the horizontal value of point i of n.
	at    func(i, n int) float64
	score func(score.Measures) *float64
	// step is the distance of the horizontal axis's marks, 0 to leave it to the plot.
	step float64
}

// curvePlots are the curves that evaluations may have.
func curvePlots() []curvePlot {
	share := func(i, n int) float64 { return float64(i) / float64(n-1) }
	success := func(m score.Measures) *float64 {
		if m.SuccessAUC == nil {
			return m.AO
		}
		return m.SuccessAUC
	}
	return []curvePlot{
		{"success", "Success", "overlap threshold", "share of frames above it",
			func(c score.Curves) []float64 { return c.Success }, share, success, 0.2},
		{"precision", "Precision", "centre error threshold [px]", "share of frames within it",
			func(c score.Curves) []float64 { return c.Precision },
			func(i, n int) float64 { return 50 * share(i, n) },
			func(m score.Measures) *float64 { return m.Precision20 }, 10},
		{"norm_precision", "Normalised precision", "centre error threshold [target's size]", "share of frames within it",
			func(c score.Curves) []float64 { return c.NormPrecision },
			func(i, n int) float64 { return 0.5 * share(i, n) },
			func(m score.Measures) *float64 { return m.NormPrecision20 }, 0.1},
		{"eao", "Expected average overlap", "sequence length [frames]", "expected overlap",
			func(c score.Curves) []float64 { return c.EAO[min(1, len(c.EAO)):] },
			func(i, _ int) float64 { return float64(i + 1) },
			func(m score.Measures) *float64 { return m.EAO }, 0},
		{"hota", "HOTA", "overlap threshold", "HOTA at it",
			func(c score.Curves) []float64 { return c.HOTA },
			func(i, _ int) float64 { return 0.05 * float64(i+1) },
			func(m score.Measures) *float64 { return m.HOTA }, 0.2},
	}
}

// draw draws the plot, nil where no tracker has the curve.
func (c curvePlot) draw(ev *score.Evaluation) (*Plot, error) {
	p, l := newPlot(c.title, c.x, c.y)
	drawn := 0
	for i, t := range ev.Trackers {
		values := c.curve(t.Curves)
		if len(values) < 2 {
			continue
		}
		xy := make(plotter.XYs, len(values))
		for j, v := range values {
			xy[j] = plotter.XY{X: c.at(j, len(values)), Y: v}
		}
		line, err := plotter.NewLine(xy)
		if err != nil {
			return nil, err
		}
		line.Color, line.Width = colorOf(i), vg.Points(1.8)
		if i >= len(palette()) {
			line.Dashes = []vg.Length{vg.Points(5), vg.Points(3)}
		}
		p.Add(line)
		l.Add(legend(t.Name, "%.3f", c.score(t.Measures)), line)
		drawn++
	}
	if drawn == 0 {
		return nil, nil
	}
	p.Y.Min, p.Y.Max = 0, 1
	p.X.Min = 0
	p.Y.Tick.Marker = marks(1, 0.2)
	if c.step > 0 {
		p.X.Tick.Marker = marks(p.X.Max, c.step)
	}
	return render(c.name, c.title, p, l, legendWidth(ev))
}

// legend is a tracker's name, cut where it is long, with its score.
func legend(name, format string, v *float64) string {
	score := ""
	if v != nil {
		score = " [" + fmt.Sprintf(format, *v) + "]"
	}
	letters := []rune(name)
	if room := maxLegend - len(score); len(letters) > room {
		name = string(letters[:room-1]) + "…"
	}
	return name + score
}

// legendWidth is what the longest name needs.
func legendWidth(ev *score.Evaluation) vg.Length {
	longest := 0
	for _, t := range ev.Trackers {
		longest = max(longest, len([]rune(t.Name))+len(" [0.000]"))
	}
	return vg.Points(34 + 5.6*float64(min(longest, maxLegend)))
}

// marks are axis marks from 0 to max.
func marks(max, step float64) plot.ConstantTicks {
	var out plot.ConstantTicks
	for i := 0; float64(i)*step <= max+step/2; i++ {
		v := float64(i) * step
		out = append(out, plot.Tick{Value: v, Label: fmt.Sprintf("%.3g", v)})
	}
	return out
}

// newPlot sets the looks that all plots share, and makes the legend that is drawn beside it.
func newPlot(title, x, y string) (*plot.Plot, *plot.Legend) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	l := plot.NewLegend()
	sans := func(f *font.Font, size vg.Length) { f.Variant, f.Size = "Sans", size }
	sans(&p.Title.TextStyle.Font, 13)
	for _, f := range []*font.Font{&p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font,
		&p.X.Tick.Label.Font, &p.Y.Tick.Label.Font, &l.TextStyle.Font} {
		sans(f, 10)
	}
	p.Title.Padding, l.Padding, l.ThumbnailWidth = 6, 3, 18
	l.Left, l.Top = true, true
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{0xe4}, color.Gray{0xe4}
	p.Add(grid)
	return p, &l
}

// render draws a plot, and its legend in a column of the given width, to both forms.
func render(name, title string, p *plot.Plot, l *plot.Legend, width vg.Length) (*Plot, error) {
	out := &Plot{Name: name, Title: title}
	both := func(c draw.Canvas) {
		p.Draw(draw.Crop(c, 0, -width, 0, 0))
		l.Draw(draw.Crop(c, plotWidth-width+8, 0, 0, -28))
	}
	svg := vgsvg.New(plotWidth, plotHeight)
	both(draw.New(svg))
	png := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(plotWidth, plotHeight), vgimg.UseDPI(160))}
	both(draw.New(png))
	var a, b bytes.Buffer
	if _, err := svg.WriteTo(&a); err != nil {
		return nil, err
	}
	if _, err := png.WriteTo(&b); err != nil {
		return nil, err
	}
	out.SVG, out.PNG = a.Bytes(), b.Bytes()
	return out, nil
}

// inline is the SVG without its XML header, for a page.
func (p Plot) inline() string {
	s := string(p.SVG)
	if i := strings.Index(s, "<svg"); i >= 0 {
		s = s[i:]
	}
	return s
}
