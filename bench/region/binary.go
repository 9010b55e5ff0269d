package region

import (
	"encoding/binary"
	"fmt"
	"math"

	"siamtrack/tracker"
)

// maxBinary bounds the regions of one binary trajectory.
const maxBinary = 1 << 24

// reader takes little-endian values off a buffer; after the first that is not there it gives zeros and short is set.
type reader struct {
	data  []byte
	short bool
}

// take returns the next n bytes, zeros past the end.
func (r *reader) take(n int) []byte {
	if n > len(r.data) {
		r.short = true
		r.data = nil
		return make([]byte, n)
	}
	out := r.data[:n]
	r.data = r.data[n:]
	return out
}

func (r *reader) u8() int  { return int(r.take(1)[0]) }
func (r *reader) u16() int { return int(binary.LittleEndian.Uint16(r.take(2))) }
func (r *reader) i16() int { return int(int16(binary.LittleEndian.Uint16(r.take(2)))) }
func (r *reader) u32() int { return int(binary.LittleEndian.Uint32(r.take(4))) }
func (r *reader) f32() float64 {
	return float64(math.Float32frombits(binary.LittleEndian.Uint32(r.take(4))))
}

// ParseBinary reads the VOT toolkit's binary trajectory (vot.region.io, version 1, little-endian): a count, then for
// each region a kind and a 32-bit code, four floats, a count of corners with their floats, or a mask's header and runs.
func ParseBinary(data []byte) ([]Region, error) {
	r := &reader{data: data}
	if v := r.i16(); v != 1 {
		return nil, fmt.Errorf("binary trajectory: version %d, 1 is known: %w", v, ErrRegion)
	}
	n := r.u32()
	if r.short || n > maxBinary || n > len(data) {
		return nil, fmt.Errorf("binary trajectory: %d regions in %d bytes: %w", n, len(data), ErrRegion)
	}
	out := make([]Region, 0, n)
	for i := range n {
		reg, err := r.region()
		if err == nil && r.short {
			err = fmt.Errorf("the file ends: %w", ErrRegion)
		}
		if err != nil {
			return nil, fmt.Errorf("binary trajectory: region %d: %w", i, err)
		}
		out = append(out, reg)
	}
	return out, nil
}

// region reads one region.
func (r *reader) region() (Region, error) {
	switch kind := Kind(r.u8()); kind {
	case Special:
		code := r.u32()
		if !knownCode(float64(code)) {
			return Region{}, fmt.Errorf("unknown code %d, 0 to 2 are known: %w", code, ErrRegion)
		}
		return FromCode(code), nil
	case Rectangle:
		b := tracker.Box{X: r.f32(), Y: r.f32(), W: r.f32(), H: r.f32()}
		return FromBox(b), nil
	case Polygon:
		n := r.u16()
		if n < 3 {
			return Region{}, fmt.Errorf("polygon of %d corners: %w", n, ErrRegion)
		}
		p := make([]Point, n)
		for i := range p {
			p[i] = Point{r.f32(), r.f32()}
			if math.IsNaN(p[i].X+p[i].Y) || math.IsInf(p[i].X+p[i].Y, 0) {
				return Region{}, fmt.Errorf("polygon's corner is not finite: %w", ErrRegion)
			}
		}
		return Region{Kind: Polygon, Points: p}, nil
	case Mask:
		return r.mask()
	default:
		return Region{}, fmt.Errorf("unknown kind %d: %w", kind, ErrRegion)
	}
}

// mask reads offset, size and runs.
func (r *reader) mask() (Region, error) {
	x, y, w, h, n := r.i16(), r.i16(), r.u16(), r.u16(), r.u16()
	if w > 0 && h > maxMask/w {
		return Region{}, fmt.Errorf("mask of %dx%d: %w", w, h, ErrRegion)
	}
	runs := make([]int, n)
	for i := range runs {
		runs[i] = r.u16()
	}
	return newMask(x, y, w, h, runs)
}
