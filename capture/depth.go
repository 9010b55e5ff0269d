package capture

import (
	"log/slog"

	"gocv.io/x/gocv"
)

// depth says how pictures of more than 8 bits a channel become 8-bit ones: microscopes and thermal cameras store 10, 12
// or 14 bits in 16, of which the high byte alone shows nearly nothing.
type depth struct {
	limit float64 // the value that becomes 255, 0 before it is known
	told  bool    // a value above it was reported
}

// looks is how many pictures of a sequence are read for its range: all of them, or so many evenly spread ones.
const looks = 256

func isDeep(m gocv.Mat) bool { return m.Type() != gocv.MatTypeCV8UC3 }

// highest returns the highest value of a picture, of any channel.
func highest(m gocv.Mat) float64 {
	flat := m.Reshape(1, 0)
	defer flat.Close()
	_, high, _, _ := gocv.MinMaxLoc(flat)
	return float64(high)
}

// ceiling returns the highest value of the least whole number of bits that hold v, at least 8; 1 for values in 0..1 of
// floating point. A value that is over by rounding, such as 4096 of 12 bits, needs no further bit.
func ceiling(v float64, floating bool) float64 {
	if floating && v <= 1 {
		return 1
	}
	for n := 8; n < 64; n++ {
		if top := float64(uint64(1)<<n - 1); v <= top+1 {
			return max(top, v)
		}
	}
	return v
}

// measure finds the range of the sequence's values, and says it.
func (p *pictures) measure() {
	high := 0.0
	n := min(looks, len(p.items))
	for i := range n {
		at := 0
		if n > 1 {
			at = i * (len(p.items) - 1) / (n - 1)
		}
		if err := p.load(p.items[at]); err != nil {
			break // reading meets it, and says where
		}
		high = max(high, highest(p.bgr))
	}
	p.deep.limit = ceiling(high, isFloat(p.bgr))
	p.log.Info("pictures of more than 8 bits are scaled by the range of the sequence", "highest value", high,
		"shown as 255", p.deep.limit)
}

func isFloat(m gocv.Mat) bool {
	return m.Type()&7 == gocv.MatTypeCV32F || m.Type()&7 == gocv.MatTypeCV64F
}

// flatten makes an 8-bit picture of a deeper one.
func (d *depth) flatten(m *gocv.Mat, l *slog.Logger) error {
	if !isDeep(*m) {
		return nil
	}
	high := highest(*m)
	if d.limit == 0 {
		d.limit = ceiling(high, isFloat(*m))
	}
	if high > d.limit && !d.told {
		d.told = true
		l.Warn("a picture has higher values than the range of the sequence: they are cut off",
			"value", high, "range", d.limit)
	}
	out := gocv.NewMat()
	err := m.ConvertToWithParams(&out, gocv.MatTypeCV8UC3, float32(255/d.limit), 0)
	if closeErr := m.Close(); err == nil {
		err = closeErr
	}
	*m = out
	return err
}
