package render

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"siamtrack/tracker"
)

// Painter draws on pictures. It keeps what it needs from one picture to the next (glyphs, rows, tables), so that
// drawing allocates nothing once it has seen a size. It is used by one goroutine at a time.
type Painter struct {
	font   *fontCache
	colors [256]color.RGBA // of the heat map, those of chosen
	chosen ColorMap

	zoom  float64 // pixels for one of the size in which letters are read
	side  int     // the shorter side of the pictures that the next fields suit, at that zoom
	fits  float64 // the zoom that they suit
	line  int     // the thickness of a line in pixels
	glyph *glyphs // letters

	absent  string            // why there is no picture now, in place of the targets' states
	perhaps func(id int) bool // as Screen.Perhaps; nil: of no target
	text    []byte            // the label being put together
	row     []float32         // one row of a response map
	slope   []float32         // how fast it changes downwards, a pixel
	columns []sample          // where each column of a heat map reads its row
	helped  helpLayout
}

// NewPainter returns a Painter. Its error is that of reading the font inside the program.
func NewPainter() (*Painter, error) {
	f, err := newFontCache()
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return &Painter{font: f, colors: Viridis.Colors(), chosen: Viridis, zoom: 1}, nil
}

// Colors chooses the colours in which response maps are drawn from now on; at first they are Viridis.
func (p *Painter) Colors(m ColorMap) {
	if m = m.orDefault(); m != p.chosen {
		p.colors, p.chosen = m.Colors(), m
	}
}

// fit makes lines and letters suit a picture of dst's size.
func (p *Painter) fit(dst *image.RGBA) { p.fitSide(min(dst.Rect.Dx(), dst.Rect.Dy())) }

// The sizes of lines and letters: shares of the picture's shorter side, and the least em at which text can be read.
const (
	lineShare = 1.0 / 360
	emShare   = 1.0 / 40
	leastEm   = 13
)

// fitSide makes lines and letters suit a picture whose shorter side is given.
func (p *Painter) fitSide(side int) {
	if side == p.side && p.zoom == p.fits && p.glyph != nil {
		return
	}
	p.side, p.fits = side, p.zoom
	p.line = int(math.Round(max(1, p.zoom, float64(side)*lineShare)))
	p.glyph = p.font.at(int(math.Round(max(leastEm*p.zoom, float64(side)*emShare))))
}

// pad is the space round text, in pixels.
func (p *Painter) pad() int { return max(2, p.glyph.height/5) }

// Box draws a box of any colour, its outline as a state asks, with a label, which may be empty.
func (p *Painter) Box(dst *image.RGBA, b tracker.Box, c color.RGBA, s tracker.State, label string) {
	p.text = append(p.text[:0], label...)
	p.box(dst, b, c, s, p.text)
}

// box draws the outline of b between two dark ones, so that it stands out from any picture, and its label. The outline
// tells the state without its colour too: whole, long dashes, short dashes.
func (p *Painter) box(dst *image.RGBA, b tracker.Box, c color.RGBA, s tracker.State, label []byte) {
	if b.Empty() {
		return
	}
	p.fit(dst)
	r, w := pixels(b), p.line
	edge := max(1, w/2)
	outline(dst, r.Inset(-edge), w+2*edge, shade, 0.45)
	p.stroke(dst, r, w, c, s)
	if len(label) > 0 {
		p.label(dst, r, c, label)
	}
}

// stroke draws the sides of r, w pixels thick, as a state asks.
func (p *Painter) stroke(dst *image.RGBA, r image.Rectangle, w int, c color.RGBA, s tracker.State) {
	switch s {
	case tracker.Tracking:
		outline(dst, r, w, c, 1)
	case tracker.Uncertain:
		dashes(dst, r, w, 8*w+4, 3*w+2, c)
	default:
		dashes(dst, r, w, 3*w+1, 3*w+1, c)
	}
}

// label writes text on a plate of colour c above r, below it where there is no room, always inside the picture.
func (p *Painter) label(dst *image.RGBA, r image.Rectangle, c color.RGBA, text []byte) {
	pad := p.pad()
	w, h := p.glyph.width(text)+2*pad, p.glyph.height+pad
	x, y := r.Min.X, r.Min.Y-h-p.line
	if y < dst.Rect.Min.Y {
		y = r.Max.Y + p.line
	}
	x = max(dst.Rect.Min.X, min(x, dst.Rect.Max.X-w))
	y = max(dst.Rect.Min.Y, min(y, dst.Rect.Max.Y-h))
	fill(dst, image.Rect(x, y, x+w, y+h), c, 0.9)
	p.glyph.draw(dst, x+pad, y+pad/2, text, ink)
}

// Search draws the outline of the region that was searched, thin and pale.
func (p *Painter) Search(dst *image.RGBA, search tracker.Box) {
	if search.Empty() {
		return
	}
	p.fit(dst)
	outline(dst, pixels(search), max(1, p.line/2), paper, 0.55)
}
