// Package region holds the shapes that VOT annotates targets with, their text forms and their rasterised overlap.
//
// Coordinates are those of the VOT toolkits: a rectangle covers the pixels x .. x+width-1, a polygon's corners are
// pixels. metric and dataset turn them into tracker.Box where a protocol wants boxes.
package region

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"siamtrack/tracker"
)

// Kind says what a Region is.
type Kind int

// The kinds of region.
const (
	// Special is a code in place of a region.
	Special Kind = iota
	Rectangle
	Polygon
	Mask
)

// The codes of a trajectory (VOT toolkits): Unknown marks a frame that was skipped or has no annotation, Init the frame
// on which a tracker was started, Failure the one on which it was found to have failed.
const (
	Unknown = 0
	Init    = 1
	Failure = 2
)

// knownCode reports whether a code is one of the three.
func knownCode(v float64) bool { return v == Unknown || v == Init || v == Failure }

// maxMask bounds the pixels of a mask, so that a garbled header cannot take the machine's memory.
const maxMask = 1 << 26

// ErrRegion is wrapped by every error about a region's text.
var ErrRegion = errors.New("not a region")

// Point is a corner of a polygon.
type Point struct{ X, Y float64 }

// Region is one shape, or a code in its place. Its zero value is Special(Unknown).
type Region struct {
	Kind   Kind
	Code   int         // of a Special
	Box    tracker.Box // of a Rectangle, and the extent of a Mask
	Points []Point     // of a Polygon, at least 3
	Bits   []byte      // of a Mask: Box.H rows of Box.W values, 0 or 1
}

// FromBox makes a rectangle of a box. A box with a NaN in it is Special(Unknown), as in the VOT toolkit.
func FromBox(b tracker.Box) Region {
	if !b.Finite() {
		return Region{}
	}
	return Region{Kind: Rectangle, Box: b}
}

// FromCode makes a special region.
func FromCode(code int) Region { return Region{Code: code} }

// Is reports whether the region is the given code.
func (r Region) Is(code int) bool { return r.Kind == Special && r.Code == code }

// Empty reports whether the region covers nothing: a code, a rectangle or polygon without extent,
// a mask without a pixel.
func (r Region) Empty() bool {
	switch r.Kind {
	case Rectangle:
		return r.Box.W <= 0 || r.Box.H <= 0
	case Polygon:
		x0, y0, x1, y1 := r.extent()
		return x0 == x1 || y0 == y1
	case Mask:
		for _, b := range r.Bits {
			if b != 0 {
				return false
			}
		}
	}
	return true
}

// Parse reads one region: a code, "x,y,w,h", "x1,y1,x2,y2,x3,y3[,...]", or a mask "mX,Y,W,H,run,run,...". A region
// with a NaN in it is Special(Unknown), as in the VOT toolkit.
func Parse(s string) (Region, error) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "m") {
		return parseMask(s[1:])
	}
	fields := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	v := make([]float64, len(fields))
	for i, f := range fields {
		x, err := strconv.ParseFloat(f, 64)
		if err != nil || math.IsInf(x, 0) {
			return Region{}, fmt.Errorf("%.40q is not a finite number: %w", f, ErrRegion)
		}
		v[i] = x
	}
	return fromNumbers(v)
}

// fromNumbers tells the kinds apart by the count of numbers.
func fromNumbers(v []float64) (Region, error) {
	n := len(v)
	if n == 1 {
		if !knownCode(v[0]) {
			return Region{}, fmt.Errorf("unknown code %v, 0 to 2 are known: %w", v[0], ErrRegion)
		}
		return FromCode(int(v[0])), nil
	}
	if n != 4 && (n < 6 || n%2 != 0) {
		return Region{}, fmt.Errorf("%d numbers: a code has 1, a rectangle 4, a polygon 6 or more in pairs: %w", n, ErrRegion)
	}
	for _, x := range v {
		if math.IsNaN(x) {
			return Region{}, nil
		}
	}
	if n == 4 {
		return Region{Kind: Rectangle, Box: tracker.Box{X: v[0], Y: v[1], W: v[2], H: v[3]}}, nil
	}
	p := make([]Point, n/2)
	for i := range p {
		p[i] = Point{v[2*i], v[2*i+1]}
	}
	return Region{Kind: Polygon, Points: p}, nil
}

// parseMask reads X,Y,W,H and runs of zeros and ones in turn, row by row.
func parseMask(s string) (Region, error) {
	fields := strings.Split(s, ",")
	v := make([]int, len(fields))
	for i, f := range fields {
		x, err := strconv.Atoi(strings.TrimSpace(f))
		if err != nil {
			return Region{}, fmt.Errorf("mask: %.40q is not a whole number: %w", f, ErrRegion)
		}
		v[i] = x
	}
	if len(v) < 4 || v[2] < 0 || v[3] < 0 || (v[2] > 0 && v[3] > maxMask/v[2]) {
		return Region{}, fmt.Errorf("mask: a header x,y,w,h of a sensible size is expected: %w", ErrRegion)
	}
	return newMask(v[0], v[1], v[2], v[3], v[4:])
}

// newMask fills w x h pixels from runs of zeros and ones in turn; pixels after the last run are zero.
func newMask(x, y, w, h int, runs []int) (Region, error) {
	bits := make([]byte, w*h)
	at := 0
	for i, run := range runs {
		if run < 0 || run > len(bits)-at {
			return Region{}, fmt.Errorf("mask: run %d of %d passes the end of %dx%d pixels: %w", i, run, w, h, ErrRegion)
		}
		if i%2 == 1 {
			for j := at; j < at+run; j++ {
				bits[j] = 1
			}
		}
		at += run
	}
	box := tracker.Box{X: float64(x), Y: float64(y), W: float64(w), H: float64(h)}
	return Region{Kind: Mask, Box: box, Bits: bits}, nil
}

// String returns the text that Parse reads, with four decimals as the VOT toolkits write it.
func (r Region) String() string {
	switch r.Kind {
	case Rectangle:
		return fmt.Sprintf("%.4f,%.4f,%.4f,%.4f", r.Box.X, r.Box.Y, r.Box.W, r.Box.H)
	case Polygon:
		var b strings.Builder
		for i, p := range r.Points {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%.4f,%.4f", p.X, p.Y)
		}
		return b.String()
	case Mask:
		return r.maskString()
	}
	return strconv.Itoa(r.Code)
}

// maskString writes the runs of a mask.
func (r Region) maskString() string {
	var b strings.Builder
	fmt.Fprintf(&b, "m%d,%d,%d,%d", int(r.Box.X), int(r.Box.Y), int(r.Box.W), int(r.Box.H))
	run, last := 0, byte(0)
	for _, bit := range r.Bits {
		if bit != last {
			fmt.Fprintf(&b, ",%d", run)
			run, last = 0, bit
		}
		run++
	}
	fmt.Fprintf(&b, ",%d", run)
	return b.String()
}

// Bounds returns the axis-aligned box around the region: the rectangle itself, the polygon's extent, the mask's pixels
// that are set. It is the NaN box where there is none.
func (r Region) Bounds() tracker.Box {
	switch r.Kind {
	case Rectangle:
		return r.Box
	case Polygon:
		x0, y0, x1, y1 := r.extent()
		return tracker.FromCorners(x0, y0, x1, y1)
	case Mask:
		if x0, y0, x1, y1, ok := r.maskExtent(); ok {
			return tracker.Box{X: float64(x0), Y: float64(y0), W: float64(x1 - x0 + 1), H: float64(y1 - y0 + 1)}
		}
	}
	nan := math.NaN()
	return tracker.Box{X: nan, Y: nan, W: nan, H: nan}
}

// Upright returns the axis-aligned box with the polygon's centre and about its area, from which VOT trackers are
// started (pysot, get_axis_aligned_bbox: sides scaled by the root of the areas' ratio). Other kinds give Bounds.
func (r Region) Upright() tracker.Box {
	if r.Kind != Polygon || len(r.Points) != 4 {
		return r.Bounds()
	}
	var cx, cy float64
	for _, p := range r.Points {
		cx, cy = cx+p.X/4, cy+p.Y/4
	}
	x0, y0, x1, y1 := r.extent()
	side := func(a, b Point) float64 { return math.Hypot(a.X-b.X, a.Y-b.Y) }
	area := side(r.Points[0], r.Points[1]) * side(r.Points[1], r.Points[2])
	full := (x1 - x0) * (y1 - y0)
	if full == 0 {
		return r.Bounds()
	}
	s := math.Sqrt(area / full)
	w, h := s*(x1-x0)+1, s*(y1-y0)+1
	return tracker.Box{X: cx - (w-1)/2, Y: cy - (h-1)/2, W: w, H: h}
}

// extent returns a polygon's smallest and largest coordinates.
func (r Region) extent() (x0, y0, x1, y1 float64) {
	x0, y0 = math.Inf(1), math.Inf(1)
	x1, y1 = math.Inf(-1), math.Inf(-1)
	for _, p := range r.Points {
		x0, x1 = math.Min(x0, p.X), math.Max(x1, p.X)
		y0, y1 = math.Min(y0, p.Y), math.Max(y1, p.Y)
	}
	return
}

// maskExtent returns the first and last column and row of a mask that hold a set pixel.
func (r Region) maskExtent() (x0, y0, x1, y1 int, ok bool) {
	w := int(r.Box.W)
	x0, y0, x1, y1 = math.MaxInt, math.MaxInt, math.MinInt, math.MinInt
	for i, bit := range r.Bits {
		if bit == 0 {
			continue
		}
		x, y := int(r.Box.X)+i%w, int(r.Box.Y)+i/w
		x0, x1 = min(x0, x), max(x1, x)
		y0, y1 = min(y0, y), max(y1, y)
		ok = true
	}
	return
}
