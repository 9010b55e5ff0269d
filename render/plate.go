package render

import (
	"image"
	"image/color"
)

// recording draws a red mark into the right top corner.
func (p *Painter) recording(dst *image.RGBA) {
	const word = "REC"
	p.text = append(p.text[:0], word...)
	pad, h := p.pad(), p.glyph.height
	w := p.glyph.width(p.text) + h/2 + 3*pad
	at := image.Rect(0, 0, w, h+pad).Add(image.Pt(dst.Rect.Max.X-w-3*p.line, dst.Rect.Min.Y+3*p.line))
	fill(dst, at, shade, 0.6)
	disc(dst, at.Min.X+pad+h/4, at.Min.Y+at.Dy()/2, h/4, color.RGBA{235, 50, 50, 255})
	p.glyph.draw(dst, at.Min.X+2*pad+h/2, at.Min.Y+pad/2, p.text, paper)
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

// notice writes a line into the middle of the lower edge, on a dark plate with a stripe of colour c. What is too wide
// is cut at the end.
func (p *Painter) notice(dst *image.RGBA, line string, c color.RGBA) {
	pad := p.pad()
	stripe := 2 * p.line
	p.text = append(p.text[:0], line...)
	room := dst.Rect.Dx() - 6*p.line - stripe - 4*pad
	for len(p.text) > 0 && p.glyph.width(p.text) > room {
		cut := max(0, len(p.text)-len("...")-1)
		p.text = append(p.text[:cut], "..."...)
		if cut == 0 {
			return
		}
	}
	w, h := p.glyph.width(p.text)+4*pad+stripe, p.glyph.height+2*pad
	x, y := dst.Rect.Min.X+(dst.Rect.Dx()-w)/2, dst.Rect.Max.Y-h-4*p.line
	fill(dst, image.Rect(x, y, x+w, y+h), shade, 0.72)
	fill(dst, image.Rect(x, y, x+stripe, y+h), c, 1)
	p.glyph.draw(dst, x+stripe+2*pad, y+pad, p.text, paper)
}

// help writes the keys in two columns in the middle of dst, on a dark plate.
func (p *Painter) help(dst *image.RGBA, keys []Key) {
	names, does := 0, 0
	for _, k := range keys {
		p.text = append(p.text[:0], k.Name...)
		names = max(names, p.glyph.width(p.text))
		p.text = append(p.text[:0], k.Does...)
		does = max(does, p.glyph.width(p.text))
	}
	pad := 2 * p.pad()
	step := p.glyph.height + p.glyph.height/6
	w, h := names+does+5*pad, len(keys)*step+2*pad
	x, y := dst.Rect.Min.X+(dst.Rect.Dx()-w)/2, dst.Rect.Min.Y+max(0, dst.Rect.Dy()-h)/2
	fill(dst, image.Rect(x, y, x+w, y+h), ground, 0.88)
	for i, k := range keys {
		top := y + pad + i*step
		p.text = append(p.text[:0], k.Name...)
		p.glyph.draw(dst, x+pad+names-p.glyph.width(p.text), top, p.text, StateColor(0))
		p.text = append(p.text[:0], k.Does...)
		p.glyph.draw(dst, x+3*pad+names, top, p.text, paper)
	}
}
