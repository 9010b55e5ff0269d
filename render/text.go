package render

import (
	"fmt"
	"image"
	"image/color"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// maxSizes bounds the sizes whose glyphs are kept: a window being resized by hand passes through hundreds.
const maxSizes = 8

// fontCache holds the program's font (Go Medium, by Bigelow & Holmes) and its glyphs at the sizes in use.
type fontCache struct {
	font  *opentype.Font
	sizes map[int]*glyphs
}

func newFontCache() (*fontCache, error) {
	f, err := opentype.Parse(gomedium.TTF)
	if err != nil {
		return nil, fmt.Errorf("read the font Go Medium: %w", err)
	}
	return &fontCache{font: f, sizes: map[int]*glyphs{}}, nil
}

// at returns the glyphs whose em is px pixels.
func (c *fontCache) at(px int) *glyphs {
	if g := c.sizes[px]; g != nil {
		return g
	}
	g := &glyphs{cache: map[rune]glyph{}, em: px}
	face, err := opentype.NewFace(c.font, &opentype.FaceOptions{Size: float64(px), DPI: 72, Hinting: font.HintingFull})
	if err == nil { // it never fails for these options; without a face no letters are drawn, boxes still are
		m := face.Metrics()
		g.face, g.ascent, g.height = face, m.Ascent.Ceil(), m.Ascent.Ceil()+m.Descent.Ceil()
	}
	if len(c.sizes) >= maxSizes {
		clear(c.sizes)
	}
	c.sizes[px] = g
	return g
}

// glyphs are the letters of one size, rasterised when first used.
type glyphs struct {
	face           font.Face
	cache          map[rune]glyph
	em             int // in pixels
	ascent, height int // of a line, in pixels
}

// glyph is one letter: its coverage, w x h bytes row by row, the place of its left top corner from the pen on the
// base line, and how far the pen moves on.
type glyph struct {
	mask         []uint8
	w, h, dx, dy int
	advance      fixed.Int26_6
}

// of returns the glyph of r.
func (g *glyphs) of(r rune) glyph {
	if have, ok := g.cache[r]; ok || g.face == nil {
		return have
	}
	at, mask, from, advance, _ := g.face.Glyph(fixed.Point26_6{}, r)
	made := glyph{w: at.Dx(), h: at.Dy(), dx: at.Min.X, dy: at.Min.Y, advance: advance}
	made.mask = make([]uint8, made.w*made.h)
	for i := range made.mask {
		_, _, _, a := mask.At(from.X+i%made.w, from.Y+i/made.w).RGBA()
		made.mask[i] = uint8(a >> 8)
	}
	g.cache[r] = made
	return made
}

// width returns how far the pen moves over text, in pixels.
func (g *glyphs) width(text []byte) int {
	var w fixed.Int26_6
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		text, w = text[n:], w+g.of(r).advance
	}
	return w.Ceil()
}

// line returns the part of text that fits into room pixels, to the last blank where there is one, and what is left,
// which begins with no blank. At least one letter is taken.
func (g *glyphs) line(text []byte, room int) (line, rest []byte) {
	var w fixed.Int26_6
	blank := -1
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRune(text[at:])
		if r == ' ' {
			blank = at
		}
		if w += g.of(r).advance; w.Ceil() > room && at > 0 && r != ' ' {
			if blank > 0 {
				return text[:blank], text[blank+1:]
			}
			return text[:at], text[at:]
		}
		at += n
	}
	return text, nil
}

// lines returns how many lines text makes where each has room pixels.
func (g *glyphs) lines(text []byte, room int) (n int) {
	for len(text) > 0 {
		_, text = g.line(text, room)
		n++
	}
	return n
}

// draw writes text in colour c with the left top corner of its line at (x, y).
func (g *glyphs) draw(dst *image.RGBA, x, y int, text []byte, c color.RGBA) {
	pen := fixed.I(x)
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		l := g.of(r)
		l.draw(dst, pen.Round()+l.dx, y+g.ascent+l.dy, c)
		text, pen = text[n:], pen+l.advance
	}
}

// draw lays the glyph over dst with its left top corner at (x, y).
func (l *glyph) draw(dst *image.RGBA, x, y int, c color.RGBA) {
	r := image.Rect(x, y, x+l.w, y+l.h).Intersect(dst.Rect)
	for py := r.Min.Y; py < r.Max.Y; py++ {
		for px := r.Min.X; px < r.Max.X; px++ {
			if a := int(l.mask[(py-y)*l.w+px-x]); a > 0 {
				blend(dst.Pix[dst.PixOffset(px, py):], c, a+a>>7)
			}
		}
	}
}
