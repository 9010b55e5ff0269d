package onnx_test

import (
	"math"
	"testing"

	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// TestRefresh: the models answer with the width of the mark as a share of 64 pixels, "two" as the target's own, and
// "two_around" as what is known of its surroundings; each is mixed with its share of the new view, from the first on.
func TestRefresh(t *testing.T) {
	rt := start(t)
	const share, around = 0.25, 0.5
	for name, part := range map[string]float64{"two": share, "two_around": around} {
		t.Run(name, func(t *testing.T) {
			net := network(t, rt, "testdata/"+name+".onnx")
			crop, search := make([]float32, 3*64*64), make([]float32, 3*128*128)
			said := func() float64 {
				maps, err := net.Search(search, 128)
				if err != nil {
					t.Fatal(err)
				}
				return float64(maps.Response[9])
			}
			if err := net.Exemplar(crop, tracker.FromCenter(32, 32, 16, 20)); err != nil {
				t.Fatal(err)
			}
			for _, w := range []float64{48, 32} {
				before := said()
				if _, err := net.(siamfc.Refresher).Recognise(crop, tracker.FromCenter(32, 32, w, 20)); err != nil {
					t.Fatal(err)
				}
				if said() != before {
					t.Errorf("a view of %v pixels that was only looked at: %v, before %v", w, said(), before)
				}
				net.(siamfc.Refresher).Refresh(share, around)
				if want := (16 + part*(w-16)) / 64; math.Abs(said()-want) > 1e-6 {
					t.Errorf("a view of %v pixels: %v, want %v", w, said(), want)
				}
			}
			if err := net.Exemplar(crop, tracker.FromCenter(32, 32, 40, 20)); err != nil {
				t.Fatal(err)
			}
			if math.Abs(said()-40.0/64) > 1e-6 {
				t.Errorf("another target: %v, want %v: nothing of the one before", said(), 40.0/64)
			}
		})
	}
}
