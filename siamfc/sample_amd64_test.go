package siamfc

import (
	"math"
	"math/rand/v2"
	"testing"

	"siamtrack/tracker"
)

// TestVectorsCropAlike: what the processor's vector instructions sample is, bit for bit, what Go does.
func TestVectorsCropAlike(t *testing.T) {
	if !fast {
		t.Skip("SKIPPED: this processor has none that are used")
	}
	img := noise(301, 203, 9)
	rng := rand.New(rand.NewPCG(4, 5))
	for range 300 {
		size := 1 + rng.IntN(70)
		in := InputSpec{}
		if rng.IntN(2) == 0 {
			in = InputSpec{Order: OrderBGR, Mean: [3]float32{104, 117, 123}, Std: [3]float32{57, 58, 59}}
		}
		c := NewCropper(size, in)
		side := math.Exp(rng.Float64() * 5)
		region := tracker.Box{X: rng.Float64()*340 - 40, Y: rng.Float64()*240 - 40, W: side, H: side * (0.5 + rng.Float64())}
		if rng.IntN(4) == 0 { // no fractions
			region = tracker.Box{X: float64(rng.IntN(200)), Y: float64(rng.IntN(100)), W: float64(size), H: float64(size)}
		}
		fill := RGB{1, 2, 3}
		got, want := make([]float32, c.Len()), make([]float32, c.Len())
		c.Crop(got, img, region, fill)
		func() {
			fast = false
			defer func() { fast = true }()
			c.Crop(want, img, region, fill)
		}()
		for i := range want {
			if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
				t.Fatalf("%v to %d pixels, value %d: %v, in Go %v", region, size, i, got[i], want[i])
			}
		}
	}
}
