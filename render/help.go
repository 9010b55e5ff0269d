package render

import "image"

// helpLayout is how the help is laid out in a place of a size.
type helpLayout struct {
	size    image.Point
	zoom    float64
	keys    int
	long    bool // there is room for Key.Long
	em      int
	columns int
	names   int // the width of the longest name
	rows    int // lines in the highest column
}

// leastHelp is the smallest em in which the help is written, and mostColumns how many columns it has at most.
const (
	leastHelp   = 8
	mostColumns = 3
)

// help writes the keys in the middle of dst, on a dark plate. Where they do not fit they go into more columns, their
// texts onto more lines, and at last into smaller letters, so that every key is there in the smallest window.
func (p *Painter) help(dst *image.RGBA, keys []Key) {
	p.fit(dst)
	l := p.layHelp(dst.Rect.Size(), keys)
	g := p.font.at(l.em)
	pad, step := l.pad(g), g.height
	room := p.textRoom(l, g)
	widest := 0
	for _, k := range keys {
		p.text = append(p.text[:0], l.does(k)...)
		for rest := p.text; len(rest) > 0; {
			var line []byte
			line, rest = g.line(rest, room)
			widest = max(widest, g.width(line))
		}
	}
	column := l.names + widest + 3*pad
	w, h := l.columns*column+pad, l.rows*step+2*pad
	corner := dst.Rect.Min.Add(image.Pt((dst.Rect.Dx()-w)/2, max(0, dst.Rect.Dy()-h)/2))
	fill(dst, image.Rectangle{corner, corner.Add(image.Pt(w, h))}, ground, 0.9)
	x, y, row := corner.X+pad, corner.Y+pad, 0
	for _, k := range keys {
		p.text = append(p.text[:0], l.does(k)...)
		if n := g.lines(p.text, room); row > 0 && row+n > l.rows {
			x, row = x+column, 0
		}
		at := y + row*step
		for rest := p.text; len(rest) > 0; row++ {
			var line []byte
			line, rest = g.line(rest, room)
			g.draw(dst, x+l.names+pad, y+row*step, line, paper)
		}
		p.text = append(p.text[:0], k.Name...)
		g.draw(dst, x+l.names-g.width(p.text), at, p.text, StateColor(0))
	}
}

// does returns what a key does, in as many words as there is room for.
func (l helpLayout) does(k Key) string {
	if l.long {
		return k.Long()
	}
	return k.Does
}

func (helpLayout) pad(g *glyphs) int { return max(3, g.height/3) }

// textRoom is the width that a key's text has.
func (p *Painter) textRoom(l helpLayout, g *glyphs) int {
	return (l.size.X-l.pad(g))/l.columns - l.names - 3*l.pad(g)
}

// layHelp returns the layout of keys in a place: the largest letters, and with them the fewest columns, in which they
// fit. The long texts are taken where they fit without any of that.
func (p *Painter) layHelp(size image.Point, keys []Key) helpLayout {
	if l := p.helped; l.size == size && l.zoom == p.zoom && l.keys == len(keys) {
		return l
	}
	em := p.glyph.em
	l := helpLayout{size: size, zoom: p.zoom, keys: len(keys), long: true, em: em, columns: 1}
	if p.fitsHelp(&l, keys) {
		p.helped = l
		return l
	}
	for {
		for columns := 1; columns <= mostColumns; columns++ {
			l := helpLayout{size: size, zoom: p.zoom, keys: len(keys), em: em, columns: columns}
			if p.fitsHelp(&l, keys) || em <= leastHelp && columns == mostColumns {
				p.helped = l
				return l
			}
		}
		em--
	}
}

// fitsHelp works out the rest of a layout and reports whether the keys fit.
func (p *Painter) fitsHelp(l *helpLayout, keys []Key) bool {
	g := p.font.at(l.em)
	total := 0
	for _, k := range keys {
		p.text = append(p.text[:0], k.Name...)
		l.names = max(l.names, g.width(p.text))
	}
	room := p.textRoom(*l, g)
	if room < 8*l.em { // about as many letters as two words have
		l.rows = len(keys)
		return false
	}
	for _, k := range keys {
		p.text = append(p.text[:0], l.does(k)...)
		total += g.lines(p.text, room)
	}
	for l.rows = (total + l.columns - 1) / l.columns; ; l.rows++ { // a key is not torn apart
		if p.columnsOf(*l, keys, g, room) <= l.columns {
			break
		}
	}
	return l.rows*g.height+2*l.pad(g) <= l.size.Y
}

// columnsOf returns how many columns of the layout's rows the keys take.
func (p *Painter) columnsOf(l helpLayout, keys []Key, g *glyphs, room int) int {
	columns, row := 1, 0
	for _, k := range keys {
		p.text = append(p.text[:0], l.does(k)...)
		n := g.lines(p.text, room)
		if row > 0 && row+n > l.rows {
			columns, row = columns+1, 0
		}
		row += n
	}
	return columns
}
