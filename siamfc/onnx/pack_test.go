package onnx

import (
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"siamtrack/tracker"
)

// TestPackedPlaces: each number of a crop is where the patches say, for patches of any size, and rounded.
func TestPackedPlaces(t *testing.T) {
	started(t)
	for _, patch := range []int{1, 2, 4, 8} {
		p := packing{patch: patch, step: 1}
		const size = 40 // not a multiple of eight columns of four
		var r resources
		to, err := p.tensor(&r, 1, size)
		if err != nil {
			t.Fatal(err)
		}
		crop := make([]float32, 3*size*size)
		for i := range crop {
			crop[i] = float32(i%251) + 0.25
		}
		if err := p.put(to, 0, crop, size); err != nil {
			t.Fatal(err)
		}
		for c := range 3 {
			for y := range size {
				for x := range size {
					cell := y/patch*(size/patch) + x/patch
					got := to.levels[cell*3*patch*patch+(y%patch*patch+x%patch)*3+c]
					if want := uint8((c*size*size + y*size + x) % 251); got != want {
						t.Fatalf("patches of %d: colour %d of (%d, %d) is %d, not %d", patch, c, x, y, got, want)
					}
				}
			}
		}
		if err := p.put(to, 0, crop[1:], size); err == nil {
			t.Error("a crop with a number less was packed")
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := (packing{patch: 4, step: 1}).tensor(&resources{}, 1, 30); !errors.Is(err, ErrModel) {
		t.Errorf("30 pixels in patches of 4: %v", err)
	}
}

// TestPackedLevels: the numbers are those of QuantizeLinear, divided and rounded to even, for every sum that a crop can
// be made of, with vector instructions and without.
func TestPackedLevels(t *testing.T) {
	p := packing{patch: 4, step: 1.0000004}
	const columns = 1 << 12
	dst := make([]uint8, columns*12)
	plane := make([]float32, columns)
	for from := 0; from <= 255<<15; from += columns {
		for i := range plane {
			plane[i] = float32(min(from+i, 255<<15)) * (1.0 / (1 << 15))
		}
		p.row(dst, [3][]float32{plane, plane, plane})
		for i, v := range plane {
			want := uint8(math.RoundToEven(float64(v / p.step)))
			if at := dst[i/4*48+i%4*3:][:3]; at[0] != want || at[1] != want || at[2] != want {
				t.Fatalf("%v becomes %v, QuantizeLinear makes %d of it", v, at, want)
			}
		}
	}
	for _, v := range []float32{-3, 255.6, 1e9} {
		p.row(dst, [3][]float32{{v, v, v, v, v, v, v, v, v}, {v, v, v, v, v, v, v, v, v}, {v, v, v, v, v, v, v, v, v}})
		want := uint8(min(max(v, 0), 255))
		if dst[0] != want || dst[59] != want || dst[96] != want {
			t.Errorf("%v becomes %d, and %d at the end", v, dst[0], dst[96])
		}
	}
}

// TestPackedModel: the shipped model is packed, and what it embeds for matching is what its exemplar graph knows too.
func TestPackedModel(t *testing.T) {
	r := started(t)
	m, err := r.Open(filepath.Join("..", "..", "models", "siamtrack.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	p, err := m.pair()
	if err != nil || p.packing.patch != 4 || p.packing.step < 0.99 || p.packing.step > 1.01 {
		t.Fatalf("%+v, %v", p.packing, err)
	}
	e, err := m.Embedder()
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	crop := make([]float32, 3*128*128)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range crop {
		crop[i] = float32(rng.IntN(256))
	}
	first, err := e.Embed(crop, 1, 128)
	if err != nil || first.C < 32 || first.H != 8 || first.W != 8 {
		t.Fatalf("%d channels of %dx%d, %v", first.C, first.H, first.W, err)
	}
	if _, err := e.Embed(append(crop, crop...), 2, 128); err == nil {
		t.Error("two crops at once were embedded")
	}
	if _, err := e.Embed(crop[1:], 1, 128); err == nil {
		t.Error("a crop with a number less was embedded")
	}
	n, err := m.Network()
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if err := n.Exemplar(crop, tracker.Box{X: 32, Y: 32, W: 64, H: 64}); err != nil {
		t.Fatal(err)
	}
	search := make([]float32, 3*256*256)
	if _, err := n.Search(search[1:], 256); err == nil {
		t.Error("a search crop with a number less was searched")
	}
	if _, err := n.Search(search, 256); err != nil {
		t.Error(err)
	}
	if a := testing.AllocsPerRun(3, func() { _, err = n.Search(search, 256) }); a != 0 || err != nil {
		t.Errorf("%v allocations a search, %v", a, err)
	}
}
