package region

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"siamtrack/tracker"
)

func rect(x, y, w, h float64) Region { return FromBox(tracker.Box{X: x, Y: y, W: w, H: h}) }

func poly(v ...float64) Region {
	var r Region
	r.Kind = Polygon
	for i := 0; i < len(v); i += 2 {
		r.Points = append(r.Points, Point{v[i], v[i+1]})
	}
	return r
}

// TestOverlap: values that follow from the definition by counting pixels; TestOracleVOT compares with the toolkit.
func TestOverlap(t *testing.T) {
	frame := Bounds{100, 100}
	for _, c := range []struct {
		name string
		a, b Region
		in   Bounds
		want float64
	}{
		{"itself", rect(10, 10, 20, 20), rect(10, 10, 20, 20), frame, 1},
		{"half", rect(0, 0, 10, 10), rect(5, 0, 10, 10), frame, 50.0 / 150},
		{"apart", rect(0, 0, 10, 10), rect(50, 50, 10, 10), frame, 0},
		{"half to even", rect(0.5, 0, 10, 10), rect(0, 0, 10, 10), frame, 1}, // 0.5 rounds to 0
		{"a polygon's corners are pixels of it", poly(10, 10, 19, 10, 19, 19, 10, 19), rect(10, 10, 10, 10), frame, 1},
		{"a triangle", poly(0, 0, 4, 0, 0, 4), rect(0, 0, 5, 5), frame, 15.0 / 25},
		{"cut by the frame", rect(-10, 0, 20, 10), rect(0, 0, 10, 10), frame, 1},
		{"not cut", rect(-10, 0, 20, 10), rect(0, 0, 10, 10), Bounds{}, 0.5},
		{"both outside", rect(200, 200, 10, 10), rect(210, 200, 10, 10), frame, 0},
		{"a code against a box", FromCode(Failure), rect(10, 10, 10, 10), frame, 0},
		{"two codes", FromCode(Init), FromCode(Unknown), frame, 1},
		{"a mask", Region{Kind: Mask, Box: tracker.Box{X: 2, Y: 1, W: 2, H: 2}, Bits: []byte{1, 0, 1, 1}}, rect(2, 1, 2, 2),
			frame, 0.75},
	} {
		if got := OverlapVOT(c.a, c.b, c.in); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if got := OverlapVOT(c.b, c.a, c.in); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s, exchanged: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestOverlapPySOT: values that follow from region.c's rules by counting pixels; TestOverlaps has the toolkit's own.
func TestOverlapPySOT(t *testing.T) {
	frame, nan := Bounds{100, 100}, math.NaN()
	for _, c := range []struct {
		name string
		a, b Region
		in   Bounds
		want float64
	}{
		{"itself", rect(10, 10, 20, 20), rect(10, 10, 20, 20), frame, 1},
		{"a box of 10 covers 11", rect(0, 0, 10, 10), rect(5, 0, 10, 10), frame, 6 * 11 / (16 * 11.0)},
		{"corners of a box", poly(10, 10, 20, 10, 20, 20, 10, 20), rect(10, 10, 10, 10), frame, 1},
		{"halves away from zero", rect(0.5, 0, 10, 10), rect(0, 0, 10, 10), frame, 10.0 / 12}, // 0.5 rounds to 1
		{"boxes that touch", rect(0, 0, 10, 10), rect(10, 0, 10, 10), frame, 0},
		{"apart", rect(0, 0, 10, 10), rect(50, 50, 10, 10), frame, 0},
		{"a triangle's lone corner is no pixel", poly(0, 0, 4, 0, 0, 4), rect(0, 0, 4, 4), frame, (5 + 4 + 3 + 2) / 25.0},
		{"bounds count one more", rect(95, 0, 10, 10), rect(95, 0, 5, 10), frame, 1}, // the columns 95 to 100
		{"less one", rect(99, 0, 10, 10), rect(95, 0, 5, 10), Bounds{99, 99}, 0},
		{"cut to the left", rect(-10, 0, 20, 10), rect(0, 0, 10, 10), frame, 1},
		{"no bounds", rect(-10, 0, 20, 10), rect(0, 0, 10, 10), Bounds{}, 11.0 / 21},
		{"both outside", rect(200, 200, 10, 10), rect(210, 200, 10, 10), frame, 0},
		{"a code", FromCode(Failure), rect(10, 10, 10, 10), frame, nan},
		{"two codes", FromCode(Init), FromCode(Unknown), frame, nan},
		{"no pixel in either", rect(10, 10, 0.2, 0.2), rect(10, 10, 0.3, 0.3), frame, nan},
	} {
		for i, got := range []float64{OverlapPySOT(c.a, c.b, c.in), OverlapPySOT(c.b, c.a, c.in)} {
			if !(math.Abs(got-c.want) <= 1e-7) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
				t.Errorf("%s (exchanged: %v): %v, want %v", c.name, i == 1, got, c.want)
			}
		}
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]Region{
		"1": FromCode(Init), "2.0": FromCode(Failure), "1,2,3,4": rect(1, 2, 3, 4), "nan,1,2,3": {},
		"1 2\t3,4": rect(1, 2, 3, 4),
	} {
		got, err := Parse(text)
		if err != nil || got.String() != want.String() {
			t.Errorf("%q: %v %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "x", "1,2", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7",
		"0.5", "-1", "3", "7", "999", "inf,1,2,3", "m1,2", "m0,0,2,2,9", "m0,0,-1,2",
		"m0,0,99999,99999", "m0,0,2,2,1,-1"} {
		if r, err := Parse(text); !errors.Is(err, ErrRegion) {
			t.Errorf("%q: %v %v", text, r, err)
		}
	}
	m, err := Parse("m3,4,2,2,1,2")
	if err != nil || !bytes.Equal(m.Bits, []byte{0, 1, 1, 0}) || m.String() != "m3,4,2,2,1,2,1" {
		t.Errorf("%v %v", m, err)
	}
	if b := m.Bounds(); b != (tracker.Box{X: 3, Y: 4, W: 2, H: 2}) {
		t.Errorf("bounds %v", b)
	}
}

// TestUpright: a square keeps its area (plus pysot's pixel), a turned square has its own area, not its extent's.
func TestUpright(t *testing.T) {
	b := poly(10, 10, 30, 10, 30, 30, 10, 30).Upright()
	if b != (tracker.Box{X: 10, Y: 10, W: 21, H: 21}) {
		t.Errorf("square: %v", b)
	}
	b = poly(20, 0, 40, 20, 20, 40, 0, 20).Upright() // side 20*sqrt(2), area 800, extent 1600: scaled by sqrt(1/2)
	if side := 40*math.Sqrt(0.5) + 1; math.Abs(b.W-side) > 1e-9 || math.Abs(b.X-(20-(side-1)/2)) > 1e-9 {
		t.Errorf("turned square: %v", b)
	}
}

// encode writes the toolkit's binary form of a few regions.
func encode(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, v := range []any{
		int16(1), uint32(4), uint8(0), uint32(2), uint8(1), [4]float32{1, 2, 3, 4},
		uint8(2), uint16(3), [6]float32{0, 0, 4, 0, 0, 4}, uint8(3), [2]int16{5, 6}, [3]uint16{2, 1, 2}, [2]uint16{1, 1},
	} {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestBinary(t *testing.T) {
	raw := encode(t)
	got, err := ParseBinary(raw)
	if err != nil || len(got) != 4 || !got[0].Is(Failure) || got[1].String() != rect(1, 2, 3, 4).String() ||
		len(got[2].Points) != 3 || got[3].String() != "m5,6,2,1,1,1" {
		t.Errorf("%v %v", got, err)
	}
	for n := range raw {
		if _, err := ParseBinary(raw[:n]); !errors.Is(err, ErrRegion) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1", "1,2,3,4", "1,2,3,4,5,6,7,8", "m1,2,3,4,5,6", "nan,nan,nan,nan", "1e308,2,3,4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(r.String())
		if err != nil || again.Kind != r.Kind {
			t.Errorf("%q -> %q: %v %v", s, r, again, err)
		}
		b := Bounds{64, 48}
		if o := OverlapVOT(r, rect(3, 4, 20, 10), b); !(o >= 0 && o <= 1) {
			t.Errorf("%q: overlap %v", s, o)
		}
		for _, in := range []Bounds{b, {}} {
			if o := OverlapPySOT(r, rect(3, 4, 20, 10), in); !(o >= 0 && o <= 1) && !math.IsNaN(o) {
				t.Errorf("%q: pysot's overlap %v", s, o)
			}
		}
		o, narrow := OverlapsPySOT(r, rect(3, 4, 20, 10), b)
		if w := OverlapPySOT(r, rect(3, 4, 20, 10), Bounds{63, 47}); o == o && narrow != w && w == w {
			t.Errorf("%q: %v in the narrower frame, want %v", s, narrow, w)
		}
	})
}

func FuzzParseBinary(f *testing.F) {
	f.Add(encode(f))
	f.Add([]byte{1, 0, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, raw []byte) {
		regions, err := ParseBinary(raw)
		if err != nil {
			return
		}
		for _, r := range regions {
			if o := OverlapVOT(r, rect(3, 4, 20, 10), Bounds{64, 48}); !(o >= 0 && o <= 1) {
				t.Errorf("%v: overlap %v", r, o)
			}
		}
	})
}

func BenchmarkOverlap(b *testing.B) {
	x, y := poly(100, 100, 220, 110, 210, 190, 90, 180), rect(105, 95, 110, 90)
	toolkits := map[string]func(a, b Region, bounds Bounds) float64{"vot": OverlapVOT, "pysot": OverlapPySOT}
	for name, overlap := range toolkits {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				overlap(x, y, Bounds{640, 480})
			}
		})
	}
}
