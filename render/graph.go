package render

import (
	"image"
	"image/color"
	"strconv"

	"siamtrack/tracker"
)

// Graph draws the scores of h on a dark plate, from the oldest on the left to the newest on the right, under a line
// that says the newest: the axis goes from 0 at the bottom to 1 at the top, and dashed lines mark the scores below
// which the states are worse, where they are known. A history that is not full yet leaves its right part empty; h may
// be nil.
func (p *Painter) Graph(dst *image.RGBA, at image.Rectangle, h *History, t tracker.Thresholds) {
	p.fit(dst)
	fill(dst, at, shade, 0.6)
	p.graph(dst, at.Inset(p.pad()), h, t)
}

// graphAt is where the graph lies over a picture: in the right lower corner.
func (p *Painter) graphAt(dst *image.RGBA) image.Rectangle {
	margin := 3 * p.line
	w := min(dst.Rect.Dx()*9/20, max(dst.Rect.Dx()/4, 13*p.glyph.height))
	h := min(dst.Rect.Dy()*2/5, max(dst.Rect.Dy()/7, 6*p.glyph.height))
	corner := dst.Rect.Max.Sub(image.Pt(margin, margin))
	return image.Rectangle{corner.Sub(image.Pt(w, h)), corner}
}

// graph draws h into at, its title first.
func (p *Painter) graph(dst *image.RGBA, at image.Rectangle, h *History, t tracker.Thresholds) {
	if at.Dx() < 4 || at.Dy() < 4 {
		return
	}
	p.text = append(p.text[:0], "score"...)
	c := paper
	if h != nil && h.Len() > 0 {
		last := h.at(h.Len() - 1)
		c = StateColor(last.state)
		p.text = strconv.AppendFloat(append(p.text, ' '), last.score, 'f', 2, 64)
		if with := append(append(p.text, ", "...), h.word()...); p.glyph.width(with) <= at.Dx() {
			p.text = with
		}
	}
	p.glyph.draw(dst, at.Min.X, at.Min.Y, p.text, c)
	plot := p.axis(dst, image.Rect(at.Min.X, at.Min.Y+p.glyph.height+p.pad()/2, at.Max.X, at.Max.Y))
	p.curve(dst, plot, h)
	p.threshold(dst, plot, t.Uncertain, tracker.Uncertain, true)
	p.threshold(dst, plot, t.Lost, tracker.Lost, false)
}

// axis writes the numbers beside the axis and returns what is left for the curve.
func (p *Painter) axis(dst *image.RGBA, at image.Rectangle) image.Rectangle {
	plot, letters := at, p.glyph.height
	p.text = append(p.text[:0], "0.5 "...)
	plot.Min.X += p.glyph.width(p.text)
	if plot.Dx() < 2*letters || plot.Dy() < 2*letters {
		return at // numbers would be all that there is
	}
	fill(dst, plot, shade, 0.5)
	for i, label := range [...]string{"1", "0.5", "0"} {
		y := scoreAt(plot, 1-float64(i)/2)
		fill(dst, image.Rect(plot.Min.X, y, plot.Max.X, y+1), paper, 0.2)
		if i == 1 && plot.Dy() < 3*letters {
			continue
		}
		p.text = append(p.text[:0], label...)
		top := max(plot.Min.Y-letters/4, min(y-letters/2, plot.Max.Y-letters*7/8))
		p.glyph.draw(dst, plot.Min.X-p.glyph.width(p.text)-letters/4, top, p.text, paper)
	}
	return plot
}

// scoreAt returns the row of a plot that shows a score.
func scoreAt(plot image.Rectangle, score float64) int {
	return plot.Max.Y - 1 - int(score*float64(plot.Dy()-1))
}

// curve draws the scores, each column in its state's colour: below the line it is filled where the target was tracked,
// hatched where it was uncertain, and empty where it was lost.
func (p *Painter) curve(dst *image.RGBA, plot image.Rectangle, h *History) {
	if h == nil {
		return
	}
	n, last := h.Len(), -1
	for x := plot.Min.X; x < plot.Max.X && n > 0; x++ {
		i := (x - plot.Min.X) * len(h.items) / plot.Dx()
		if i >= n {
			break
		}
		m := h.at(i)
		c, y := StateColor(m.state), scoreAt(plot, m.score)
		if m.state == tracker.Tracking || m.state == tracker.Uncertain && x/(2*p.line)%2 == 0 {
			fill(dst, image.Rect(x, y, x+1, plot.Max.Y), c, 0.3)
		}
		top, bottom := y, y
		if last >= 0 { // join it to its neighbour, so that a jump is a line and not a gap
			top, bottom = min(y, last), max(y, last)
		}
		fill(dst, image.Rect(x, top, x+1, bottom+p.line), c, 1)
		last = y
	}
}

// threshold draws the line of the score below which a state is s, and writes which it is over or under it, at the right
// end, where there is room. None, or one that is no score, draws nothing.
func (p *Painter) threshold(dst *image.RGBA, plot image.Rectangle, score float64, s tracker.State, over bool) {
	if !(score > 0 && score < 1) {
		return
	}
	y, c := scoreAt(plot, score), StateColor(s)
	for x := plot.Min.X; x < plot.Max.X; x += 6 * p.line {
		fill(dst, image.Rect(x, y, min(x+3*p.line, plot.Max.X), y+p.line), c, 0.9)
	}
	p.text = append(append(p.text[:0], s.String()...), " < "...)
	name := len(p.text)
	p.text = strconv.AppendFloat(p.text, score, 'f', 2, 64)
	if p.glyph.width(p.text) > plot.Dx()*2/3 {
		p.text = p.text[name-2:]
	}
	w, h := p.glyph.width(p.text), p.glyph.height
	top := y - h
	if !over {
		top = y + p.line
	}
	at := image.Rect(plot.Max.X-w-p.pad(), top, plot.Max.X, top+h)
	if !at.In(plot) {
		return
	}
	fill(dst, at, color.RGBA{A: 255}, 0.5)
	p.glyph.draw(dst, at.Min.X+p.pad()/2, top, p.text, c)
}
