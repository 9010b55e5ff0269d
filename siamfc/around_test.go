package siamfc

import (
	"testing"

	"siamtrack/tracker"
)

// BenchmarkAround is the time of one update of a 1080p frame without its network: the crop, the window, penalties and
// votes over the maps, and the state. The network says the same each time, of a target that has not moved.
func BenchmarkAround(b *testing.B) {
	img := noise(1920, 1080, 6)
	for name, side := range map[string]float64{"shrink": 128, "enlarge": 40} {
		m := boxManifest(LoopSpec{WindowInfluence: 0.6, PenaltyK: 0.3, SizeRate: 0.4, Window: "centred", Vote: 3})
		n := m.Grid.Size
		maps := Maps{Response: make([]float32, n*n), Sides: make([]float32, 4*n*n)}
		for i := range maps.Response {
			maps.Response[i] = 0.02
		}
		for i := range maps.Sides { // of a box as wide as the exemplar's half
			maps.Sides[i] = 32
		}
		maps.Response[n*n/2+n/2] = 0.99
		tr, err := New(&said{maps: maps}, m)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			if err := tr.Init(img, tracker.Box{X: 700, Y: 400, W: side, H: side}); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tr.Update(img); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
