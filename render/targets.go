package render

import (
	"image"
	"image/color"
	"math"
	"strconv"

	"siamtrack/tracker"
)

// TargetColor returns the colour of the target with a number, where there are several. Neighbouring numbers are a
// golden angle apart in hue, so that any few of them differ, and alternate in lightness for eyes that do not see hues.
func TargetColor(id int) color.RGBA {
	const goldenAngle = 2.399963 // pi * (3 - sqrt(5))
	lightness := [...]float64{0.78, 0.7, 0.84}[((id%3)+3)%3]
	return oklch(lightness, 0.15, math.Mod(2.6+float64(id-1)*goldenAngle, 2*math.Pi))
}

// TargetAt returns the number of the target whose box is at the point (x, y) of the frame, that of the smallest where
// boxes lie on one another, 0 where there is none.
func TargetAt(step tracker.Step, x, y float64) (id int) {
	smallest := math.Inf(1)
	for i := range step.Targets {
		b := step.Targets[i].Result.Box
		inside := x >= b.X && y >= b.Y && x < b.X+b.W && y < b.Y+b.H
		if area := b.Area(); inside && area < smallest {
			id, smallest = step.Targets[i].ID, area
		}
	}
	return id
}

// targets draws the targets of a moment: their maps and regions first, so that no box is hidden by another's.
func (s *Screen) targets(dst *image.RGBA, m Moment) {
	p, several, boxes := s.painter, s.several(m), s.boxes(m)
	for i := range m.Targets {
		r := &m.Targets[i].Result
		if s.Show.HeatMap {
			p.HeatMap(dst, r.Response, heatOpacity, boxes...)
		}
		if s.Show.Search {
			p.Search(dst, r.Search)
		}
	}
	for i := range m.Targets {
		t := &m.Targets[i]
		switch {
		case !m.Drag.Empty(): // what is being drawn is to be seen best
			p.text = p.text[:0]
			p.box(dst, t.Result.Box, colorOf(t, several), t.Result.State, p.text)
		case several:
			p.one(dst, t, t.ID == s.marked(m))
		default:
			p.Target(dst, t)
		}
	}
}

// several reports whether targets are told apart.
func (s *Screen) several(m Moment) bool { return s.Several || len(m.Targets) > 1 }

// boxes returns the boxes of a moment's targets, valid until the next call.
func (s *Screen) boxes(m Moment) []tracker.Box {
	s.clear = s.clear[:0]
	for i := range m.Targets {
		s.clear = append(s.clear, m.Targets[i].Result.Box)
	}
	return s.clear
}

// colorOf is the colour of a target's box: of several they are told apart, one alone shows its state.
func colorOf(t *tracker.Target, several bool) color.RGBA {
	if several {
		return TargetColor(t.ID)
	}
	return StateColor(t.Result.State)
}

// Target draws the only target: the box as its state asks, and over it the state and the score, or, in the frame on
// which it was marked, that the box was given. The box of an uncertain target has long dashes, that of a lost one, said
// to be a guess, short ones; a target without a box draws nothing.
func (p *Painter) Target(dst *image.RGBA, t *tracker.Target) {
	p.text = p.describe(p.text[:0], t)
	s := p.stateOf(t)
	p.box(dst, t.Result.Box, StateColor(s), s, p.text)
}

// one draws one target of several: in its own colour, with its name or number. The selected one has a second outline.
func (p *Painter) one(dst *image.RGBA, t *tracker.Target, selected bool) {
	p.text = append(p.name(p.text[:0], t), ' ')
	if t.Result.State == tracker.Tracking && !t.Initial && p.absent == "" {
		p.text = strconv.AppendFloat(p.text, t.Result.Score, 'f', 2, 64)
	} else {
		p.text = p.describe(p.text, t)
	}
	b := t.Result.Box
	p.box(dst, b, TargetColor(t.ID), p.stateOf(t), p.text)
	if selected && !b.Empty() {
		outline(dst, pixels(b).Inset(-3*p.line), p.line, paper, 0.9)
	}
}

// stateOf is the state that a target's box is drawn in: nobody is sure of one without a picture.
func (p *Painter) stateOf(t *tracker.Target) tracker.State {
	if p.absent != "" && t.Result.State == tracker.Tracking {
		return tracker.Uncertain
	}
	return t.Result.State
}

// word is the state of a target as a person is told.
func (p *Painter) word(t *tracker.Target) string {
	if p.perhaps != nil && t.Result.State == tracker.Uncertain && p.perhaps(t.ID) {
		return "perhaps"
	}
	return t.Result.State.String()
}

// name appends the target's name or number.
func (p *Painter) name(text []byte, t *tracker.Target) []byte {
	if t.Name != "" {
		return append(text, t.Name...)
	}
	return strconv.AppendInt(text, int64(t.ID), 10)
}

// describe appends the state and the score.
func (p *Painter) describe(text []byte, t *tracker.Target) []byte {
	switch r := t.Result; {
	case p.absent != "":
		return append(text, p.absent...)
	case t.Initial:
		return append(text, "given"...)
	case r.State == tracker.Lost:
		return append(append(text, r.State.String()...), ", a guess"...)
	default:
		return strconv.AppendFloat(append(append(text, p.word(t)...), ' '), r.Score, 'f', 2, 64)
	}
}

// list writes the targets with score and state into the right top corner, on a dark plate, below what is there already
// and would be in its way. Where there are more than there is room for, the last line says how many more.
func (p *Painter) list(dst *image.RGBA, targets []tracker.Target, selected int, taken image.Rectangle) {
	pad, margin, step := p.pad(), 3*p.line, p.glyph.height
	top := dst.Rect.Min.Y + margin
	lines := min(len(targets), max(1, (dst.Rect.Dy()*2/3-2*pad)/step))
	width := 0
	for i := range lines {
		width = max(width, p.glyph.width(p.listed(targets, i, lines)))
	}
	width += step + 3*pad
	if !taken.Empty() && dst.Rect.Max.X-margin-width < taken.Max.X+margin {
		top = taken.Max.Y + margin
	}
	plate := image.Rect(dst.Rect.Max.X-margin-width, top, dst.Rect.Max.X-margin, top+lines*step+2*pad)
	fill(dst, plate, shade, 0.6)
	for i := range lines {
		y := plate.Min.Y + pad + i*step
		if i < lines-1 || lines == len(targets) {
			swatch := image.Rect(plate.Min.X+pad, y+step/5, plate.Min.X+pad+step*3/5, y+step*4/5)
			if fill(dst, swatch, TargetColor(targets[i].ID), 1); targets[i].ID == selected {
				outline(dst, swatch.Inset(-max(1, p.line)), max(1, p.line), paper, 1)
			}
		}
		p.glyph.draw(dst, plate.Min.X+step+pad, y, p.listed(targets, i, lines), paper)
	}
}

// listed puts together the i-th of the lines of the list.
func (p *Painter) listed(targets []tracker.Target, i, lines int) []byte {
	if left := len(targets) - i; i == lines-1 && left > 1 {
		p.text = append(strconv.AppendInt(append(p.text[:0], "and "...), int64(left), 10), " more"...)
		return p.text
	}
	t := &targets[i]
	p.text = p.describe(append(p.name(p.text[:0], t), "  "...), t)
	return p.text
}
