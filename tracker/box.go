package tracker

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// MinSide is the smallest side, in pixels, of a box that can be tracked: below it an exemplar holds no texture.
const MinSide = 2

// ErrBox is wrapped by every error that says why a box cannot be tracked.
var ErrBox = errors.New("box cannot be tracked")

// Box is an axis-aligned rectangle: left-top corner and size, in pixels, continuous and 0-based.
// The zero Box means "no box".
type Box struct{ X, Y, W, H float64 }

// FromCenter returns the box of size w x h about the point (cx, cy).
func FromCenter(cx, cy, w, h float64) Box { return Box{cx - w/2, cy - h/2, w, h} }

// FromCorners returns the box between two opposite corners, in whatever order they are given.
func FromCorners(x0, y0, x1, y1 float64) Box {
	return Box{math.Min(x0, x1), math.Min(y0, y1), math.Abs(x1 - x0), math.Abs(y1 - y0)}
}

// Center returns the box's centre.
func (b Box) Center() (x, y float64) { return b.X + b.W/2, b.Y + b.H/2 }

// Area returns the box's area in square pixels, 0 where a side is not positive.
func (b Box) Area() float64 {
	if b.Empty() {
		return 0
	}
	return b.W * b.H
}

// Empty reports whether the box holds no point: a side that is not positive, or a number that is not finite.
func (b Box) Empty() bool { return !b.Finite() || b.W <= 0 || b.H <= 0 }

// Finite reports whether all four numbers are finite.
func (b Box) Finite() bool {
	for _, v := range [...]float64{b.X, b.Y, b.W, b.H} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// Intersect returns the common part of two boxes, the zero Box where there is none.
func (b Box) Intersect(o Box) Box {
	if b.Empty() || o.Empty() {
		return Box{}
	}
	x0, y0 := math.Max(b.X, o.X), math.Max(b.Y, o.Y)
	x1, y1 := math.Min(b.X+b.W, o.X+o.W), math.Min(b.Y+b.H, o.Y+o.H)
	if x1 <= x0 || y1 <= y0 {
		return Box{}
	}
	return Box{x0, y0, x1 - x0, y1 - y0}
}

// IoU returns the intersection over union of two boxes with continuous areas, in [0, 1]; 0 where either is empty.
// The benchmarks' own variants (epsilon in the union, clipping) are in bench/metric and say so.
func (b Box) IoU(o Box) float64 {
	inter := b.Intersect(o).Area()
	if inter == 0 {
		return 0
	}
	return inter / (b.Area() + o.Area() - inter)
}

// Clip returns the part of the box inside a frame of width x height pixels, the zero Box where none is.
func (b Box) Clip(width, height int) Box {
	return b.Intersect(Box{0, 0, float64(width), float64(height)})
}

// Scale returns the box with all four numbers multiplied by k: the same box on a picture resized by k.
func (b Box) Scale(k float64) Box { return Box{b.X * k, b.Y * k, b.W * k, b.H * k} }

// String returns "x,y,w,h" with three decimals, the form that ParseBox reads; of numbers that no picture has, 1e9 and
// more, without their many zeros.
func (b Box) String() string {
	text := func(v float64) string {
		if math.Abs(v) < 1e9 {
			return strconv.FormatFloat(v, 'f', 3, 64)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strings.Join([]string{text(b.X), text(b.Y), text(b.W), text(b.H)}, ",")
}

// ParseBox reads "x,y,w,h": four finite numbers in pixels, separated by commas, semicolons, blanks or what else is part
// of no number.
// A negative size is a box drawn backwards and is kept as given; Trackable puts it right.
func ParseBox(s string) (Box, error) {
	parts := strings.FieldsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("+-.", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if len(parts) != 4 {
		return Box{}, fmt.Errorf("box %q: %d numbers where x,y,w,h are four: %w", s, len(parts), ErrBox)
	}
	var v [4]float64
	for i, p := range parts {
		f, err := strconv.ParseFloat(p, 64)
		if err != nil {
			return Box{}, fmt.Errorf("box %q: %q is not a number: %w", s, p, ErrBox)
		}
		v[i] = f
	}
	b := Box{v[0], v[1], v[2], v[3]}
	if !b.Finite() {
		return Box{}, fmt.Errorf("box %q: not finite: %w", s, ErrBox)
	}
	return b, nil
}

// Trackable turns a box as a person gives it into one that a tracker can start from in a frame of width x height
// pixels: drawn backwards (negative sizes) it is turned round, partly outside it is clipped. A box that is not
// finite, empty, wholly outside or thinner than MinSide after that is an error that wraps ErrBox and says which.
func (b Box) Trackable(width, height int) (Box, error) {
	if !b.Finite() {
		return Box{}, fmt.Errorf("box %v: not finite: %w", b, ErrBox)
	}
	if b.W == 0 || b.H == 0 {
		return Box{}, fmt.Errorf("box %v: empty, its width or height is zero: %w", b, ErrBox)
	}
	n := FromCorners(b.X, b.Y, b.X+b.W, b.Y+b.H)
	c := n.Clip(width, height)
	switch {
	case c.Empty():
		return Box{}, fmt.Errorf("box %v: outside the frame of %dx%d: %w", b, width, height, ErrBox)
	case c.W < MinSide || c.H < MinSide:
		return Box{}, fmt.Errorf("box %v: %.3gx%.3g pixels inside the frame, at least %dx%d are needed: %w",
			b, c.W, c.H, MinSide, MinSide, ErrBox)
	}
	return c, nil
}
