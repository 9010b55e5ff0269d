package render

import (
	"image"
	"math"

	"siamtrack/tracker"
)

// sample is the place between two neighbours of a row: the left one and the share of the right one.
type sample struct {
	left, right int
	share       float32
}

// HeatMap lays a response map over the part of dst that it covers, interpolated between its cells. Opacity in [0, 1]
// is that of a response of 1; it falls with the response, so that what does not look like the target stays clear.
// A nil map, or one whose Values do not fill it, draws nothing.
func (p *Painter) HeatMap(dst *image.RGBA, r *tracker.Response, opacity float64) {
	if r != nil {
		p.heat(dst, dst.Rect, r, r.Area, opacity)
	}
}

// heat draws r over area, inside clip.
func (p *Painter) heat(dst *image.RGBA, clip image.Rectangle, r *tracker.Response, area tracker.Box, opacity float64) {
	at := pixels(area).Intersect(clip).Intersect(dst.Rect)
	if at.Empty() || r.Width < 1 || r.Height < 1 || len(r.Values) < r.Width*r.Height {
		return
	}
	p.columns = p.columns[:0]
	for x := at.Min.X; x < at.Max.X; x++ {
		p.columns = append(p.columns, locate(float64(x)+0.5, area.X, area.W, r.Width))
	}
	p.row = append(p.row[:0], r.Values[:r.Width]...)
	for y := at.Min.Y; y < at.Max.Y; y++ {
		s := locate(float64(y)+0.5, area.Y, area.H, r.Height)
		upper, lower := r.Values[s.left*r.Width:][:r.Width], r.Values[s.right*r.Width:][:r.Width]
		for i := range p.row {
			p.row[i] = upper[i] + (lower[i]-upper[i])*s.share
		}
		p.heatRow(dst.Pix[dst.PixOffset(at.Min.X, y):], float32(256*opacity))
	}
}

// heatRow lays p.row over the pixels of one row of a picture, as p.columns say.
func (p *Painter) heatRow(pix []uint8, opacity float32) {
	for i, c := range p.columns {
		v := p.row[c.left] + (p.row[c.right]-p.row[c.left])*c.share
		if !(v > 0) { // NaN too
			continue
		}
		v = min(v, 1)
		blend(pix[4*i:4*i+4], p.colors[int(v*255)], int(v*opacity))
	}
}

// locate returns where position at lies among n cells that fill [start, start+length): between which two centres.
// Beyond the outermost centres it is the outermost cell.
func locate(at, start, length float64, n int) sample {
	u := (at-start)/length*float64(n) - 0.5
	u = max(0, min(float64(n-1), u))
	left := int(math.Floor(u))
	return sample{left, min(left+1, n-1), float32(u - float64(left))}
}
