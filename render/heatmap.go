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
// Inside the boxes that are to stay clear only its contours are drawn, at a quarter, a half and three quarters: the
// response is strongest on the target, which the colours would hide. A nil map, or one whose Values do not fill it,
// draws nothing.
func (p *Painter) HeatMap(dst *image.RGBA, r *tracker.Response, opacity float64, clear ...tracker.Box) {
	if r != nil {
		p.fit(dst)
		p.heat(dst, dst.Rect, r, r.Area, opacity, clear)
	}
}

// heat draws r over area, inside clip.
func (p *Painter) heat(dst *image.RGBA, clip image.Rectangle, r *tracker.Response, area tracker.Box, opacity float64,
	clear []tracker.Box) {
	at := pixels(area).Intersect(clip).Intersect(dst.Rect)
	if at.Empty() || r.Width < 1 || r.Height < 1 || len(r.Values) < r.Width*r.Height {
		return
	}
	p.columns = p.columns[:0]
	for x := at.Min.X; x < at.Max.X; x++ {
		p.columns = append(p.columns, locate(float64(x)+0.5, area.X, area.W, r.Width))
	}
	p.row, p.slope = append(p.row[:0], r.Values[:r.Width]...), append(p.slope[:0], r.Values[:r.Width]...)
	right, down := float32(float64(r.Width)/area.W), float32(float64(r.Height)/area.H) // cells a pixel
	for y := at.Min.Y; y < at.Max.Y; y++ {
		s := locate(float64(y)+0.5, area.Y, area.H, r.Height)
		upper, lower := r.Values[s.left*r.Width:][:r.Width], r.Values[s.right*r.Width:][:r.Width]
		for i := range p.row {
			p.row[i] = upper[i] + (lower[i]-upper[i])*s.share
			p.slope[i] = (lower[i] - upper[i]) * down
		}
		pix := dst.Pix[dst.PixOffset(at.Min.X, y):]
		for x := at.Min.X; x < at.Max.X; { // from one border of a box to the next
			end, inside := run(clear, x, y, at.Max.X)
			columns, part := p.columns[x-at.Min.X:end-at.Min.X], pix[4*(x-at.Min.X):]
			if inside {
				p.contours(part, columns, right)
			} else {
				p.heatRow(part, columns, float32(256*opacity))
			}
			x = end
		}
	}
}

// run returns how far the pixels from (x, y) to the right are like that one, inside one of the boxes or outside them
// all.
func run(boxes []tracker.Box, x, y, limit int) (end int, inside bool) {
	end = limit
	for _, b := range boxes {
		r := pixels(b)
		switch {
		case b.Empty() || y < r.Min.Y || y >= r.Max.Y || x >= r.Max.X:
		case x >= r.Min.X:
			return min(limit, r.Max.X), true
		default:
			end = min(end, r.Min.X)
		}
	}
	return end, false
}

// heatRow lays p.row over the pixels of one row of a picture, as columns say.
func (p *Painter) heatRow(pix []uint8, columns []sample, opacity float32) {
	for i, c := range columns {
		v := p.row[c.left] + (p.row[c.right]-p.row[c.left])*c.share
		if !(v > 0) { // NaN too
			continue
		}
		v = min(v, 1)
		blend(pix[4*i:4*i+4], p.colors[int(v*255)], int(v*opacity))
	}
}

// contours draws what one row of a picture has of the lines on which the response is a quarter, a half and three
// quarters: each in its colour between two dark lines. Right is how many cells of the map one pixel is wide.
func (p *Painter) contours(pix []uint8, columns []sample, right float32) {
	half := max(1, float32(p.line)/2) / 2 // thinner than boxes: lines close together hide as much as colours do
	for i, c := range columns {
		v := p.row[c.left] + (p.row[c.right]-p.row[c.left])*c.share
		if !(v > 0 && v <= 1) {
			continue
		}
		level := max(0.25, min(0.75, float32(math.Round(float64(4*v)))/4))
		gx := (p.row[c.right] - p.row[c.left]) * right
		gy := p.slope[c.left] + (p.slope[c.right]-p.slope[c.left])*c.share
		steep := float32(math.Sqrt(float64(gx*gx + gy*gy)))
		off := v - level
		if off < 0 {
			off = -off
		}
		if off > (half+1)*steep || steep == 0 {
			continue
		}
		far := off / steep // in pixels
		px := pix[4*i : 4*i+4]
		blend(px, shade, int(128*max(0, min(1, half+1-far))))
		blend(px, p.colors[96+int(159*level)], int(256*max(0, min(1, half+0.5-far))))
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
