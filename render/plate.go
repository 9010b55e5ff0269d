package render

import (
	"image"
	"image/color"
)

// HUD writes lines of text into the left top corner, on a dark plate, and returns where. What is too wide goes on in
// the next line.
func (p *Painter) HUD(dst *image.RGBA, lines []string) image.Rectangle {
	if len(lines) == 0 {
		return image.Rectangle{}
	}
	p.fit(dst)
	pad, at := p.pad(), dst.Rect.Min.Add(image.Pt(3*p.line, 3*p.line))
	room := dst.Rect.Dx() - 6*p.line - 2*pad
	width, rows := 0, 0
	for _, l := range lines {
		p.text = append(p.text[:0], l...)
		width = max(width, min(room, p.glyph.width(p.text)))
		rows += p.glyph.lines(p.text, room)
	}
	plate := image.Rect(at.X, at.Y, at.X+width+2*pad, at.Y+rows*p.glyph.height+2*pad)
	fill(dst, plate, shade, 0.6)
	y := at.Y + pad
	for _, l := range lines {
		p.text = append(p.text[:0], l...)
		for rest := p.text; len(rest) > 0; y += p.glyph.height {
			var line []byte
			line, rest = p.glyph.line(rest, room)
			p.glyph.draw(dst, at.X+pad, y, line, paper)
		}
	}
	return plate
}

// recording draws a red mark into the right top corner, or under what is there already and would be in its way, and
// returns where.
func (p *Painter) recording(dst *image.RGBA, taken image.Rectangle) image.Rectangle {
	const word = "REC"
	p.text = append(p.text[:0], word...)
	pad, h, margin := p.pad(), p.glyph.height, 3*p.line
	w := p.glyph.width(p.text) + h/2 + 3*pad
	at := image.Rect(0, 0, w, h+pad).Add(image.Pt(dst.Rect.Max.X-w-margin, dst.Rect.Min.Y+margin))
	if !taken.Empty() && at.Min.X < taken.Max.X+margin {
		at = at.Add(image.Pt(0, taken.Max.Y+margin-at.Min.Y))
	}
	fill(dst, at, shade, 0.6)
	disc(dst, at.Min.X+pad+h/4, at.Min.Y+at.Dy()/2, h/4, color.RGBA{235, 50, 50, 255})
	p.glyph.draw(dst, at.Min.X+2*pad+h/2, at.Min.Y+pad/2, p.text, paper)
	return at
}

// disc fills a circle about (cx, cy).
func disc(dst *image.RGBA, cx, cy, radius int, c color.RGBA) {
	for dy := -radius; dy <= radius; dy++ {
		dx := 0
		for (dx+1)*(dx+1)+dy*dy <= radius*radius {
			dx++
		}
		fill(dst, image.Rect(cx-dx, cy+dy, cx+dx+1, cy+dy+1), c, 1)
	}
}

// noticeLines is how many lines a notice has at most; what is longer is cut.
const noticeLines = 3

// notice writes a text into the middle of the lower edge, or so much above it, on a dark plate with a stripe of colour
// c.
func (p *Painter) notice(dst *image.RGBA, text string, c color.RGBA, above int) {
	pad := p.pad()
	stripe := 2 * p.line
	p.text = append(p.text[:0], text...)
	room := dst.Rect.Dx() - 6*p.line - stripe - 4*pad
	if room < p.glyph.em {
		return
	}
	for p.glyph.lines(p.text, room) > noticeLines {
		p.text = append(p.text[:len(p.text)-len("...")-1], "..."...)
	}
	rows, width := p.glyph.lines(p.text, room), 0
	for rest := p.text; len(rest) > 0; {
		var line []byte
		line, rest = p.glyph.line(rest, room)
		width = max(width, p.glyph.width(line))
	}
	w, h := width+4*pad+stripe, rows*p.glyph.height+2*pad
	x, y := dst.Rect.Min.X+(dst.Rect.Dx()-w)/2, dst.Rect.Max.Y-h-4*p.line-above
	fill(dst, image.Rect(x, y, x+w, y+h), shade, 0.72)
	fill(dst, image.Rect(x, y, x+stripe, y+h), c, 1)
	for rest := p.text; len(rest) > 0; y += p.glyph.height {
		var line []byte
		line, rest = p.glyph.line(rest, room)
		p.glyph.draw(dst, x+stripe+2*pad, y+pad, line, paper)
	}
}
