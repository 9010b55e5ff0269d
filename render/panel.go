package render

import (
	"image"

	"golang.org/x/image/draw"

	"siamtrack/tracker"
)

// Panel is what the network saw and what it made of it.
type Panel struct {
	// Exemplar and Search are the pictures of tracker.CropViewer; nil ones leave their place empty, or, with a History,
	// say that the next frame has them.
	Exemplar, Search *image.RGBA
	Result           tracker.Result
	// History, if not nil, is drawn as a graph of scores where there is room beside the pictures, with Thresholds.
	History    *History
	Thresholds tracker.Thresholds
}

// PanelHeight returns the height in pixels, always even, of a panel that suits a picture of width x height.
func PanelHeight(width, height int) int { return panelHeight(width, height, 1) }

// panelHeight is PanelHeight where so many pixels make one of the size in which letters are read.
func panelHeight(width, height int, zoom float64) int {
	return max(int(96*zoom), min(height*3/10, width/4)) &^ 1
}

// Panel draws v into the rectangle at of dst: exemplar, search region and response map side by side, then the scores.
func (p *Painter) Panel(dst *image.RGBA, at image.Rectangle, v Panel) {
	p.fitSide(at.Dy() * 10 / 3) // as for the picture that PanelHeight has in mind
	fill(dst, at, ground, 1)
	gap := 2 * p.pad()
	side := min(at.Dy()-p.glyph.height-2*gap, (at.Dx()-4*gap)/3)
	if side < 8 {
		return
	}
	slot := func(i int) image.Rectangle {
		corner := at.Min.Add(image.Pt(gap+i*(side+gap), gap+p.glyph.height))
		return image.Rectangle{corner, corner.Add(image.Pt(side, side))}
	}
	missing := ""
	if v.History != nil { // there is a target; nobody asked for its crops in time
		missing = "next frame"
	}
	p.picture(dst, slot(0), v.Exemplar, "exemplar", missing)
	p.picture(dst, slot(1), v.Search, "search", missing)
	p.caption(dst, slot(2), "response")
	if v.Search != nil {
		draw.Copy(dst, slot(2).Min, dst, slot(1), draw.Src, nil) // the same picture, scaled already
	} else {
		fill(dst, slot(2), shade, 0.5)
	}
	p.response(dst, slot(2), v.Result)
	if v.Search != nil {
		p.inSquare(dst, slot(1), v.Result)
		p.inSquare(dst, slot(2), v.Result)
	}
	rest := image.Rect(slot(2).Max.X+gap, slot(2).Min.Y-p.glyph.height-p.pad()/2, at.Max.X-gap, slot(2).Max.Y)
	if v.History != nil && rest.Dx() >= side {
		p.graph(dst, rest, v.History, v.Thresholds)
	}
}

// caption writes text above r.
func (p *Painter) caption(dst *image.RGBA, r image.Rectangle, text string) {
	p.text = append(p.text[:0], text...)
	p.glyph.draw(dst, r.Min.X, r.Min.Y-p.glyph.height-p.pad()/2, p.text, paper)
}

// picture draws img into r under a caption; where img is nil an empty place, with a word in it where there is room.
func (p *Painter) picture(dst *image.RGBA, r image.Rectangle, img *image.RGBA, caption, missing string) {
	p.caption(dst, r, caption)
	if img == nil {
		fill(dst, r, shade, 0.5)
		p.text = append(p.text[:0], missing...)
		if w := p.glyph.width(p.text); w < r.Dx() {
			p.glyph.draw(dst, r.Min.X+(r.Dx()-w)/2, r.Min.Y+(r.Dy()-p.glyph.height)/2, p.text, paper)
		}
		return
	}
	draw.ApproxBiLinear.Scale(dst, r, img, img.Rect, draw.Src, nil)
}

// response draws the response map of a result over the square r that shows its search region.
func (p *Painter) response(dst *image.RGBA, r image.Rectangle, res tracker.Result) {
	fill(dst, r, p.colors[0], 0.7)
	if res.Response != nil && !res.Search.Empty() {
		p.heat(dst, r, res.Response, into(res.Response.Area, res.Search, r), 1, nil)
	}
}

// inSquare draws the box of a result into the square r that shows its search region.
func (p *Painter) inSquare(dst *image.RGBA, r image.Rectangle, res tracker.Result) {
	if res.Search.Empty() || res.Box.Empty() {
		return
	}
	within := clipped(dst, r)
	p.stroke(&within, pixels(into(res.Box, res.Search, r)), max(1, p.line/2), StateColor(res.State), res.State)
}

// into maps a box of the frame to where it lies when search is shown as r.
func into(b, search tracker.Box, r image.Rectangle) tracker.Box {
	kx, ky := float64(r.Dx())/search.W, float64(r.Dy())/search.H
	return tracker.Box{
		X: float64(r.Min.X) + (b.X-search.X)*kx, Y: float64(r.Min.Y) + (b.Y-search.Y)*ky,
		W: b.W * kx, H: b.H * ky,
	}
}
