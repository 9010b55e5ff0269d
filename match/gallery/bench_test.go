//go:build unix

package gallery_test

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"siamtrack/match"
	"siamtrack/match/gallery"
)

// BenchmarkSearch answers queries over 10,000 identities by embeddings of several lengths: 80 is siammatch's vector, 96
// siamtrack's, 2880 and 6144 are the maps of siamfc and siamtrack, which the correlation distance compares whole.
func BenchmarkSearch(b *testing.B) {
	for _, dim := range []int{80, 96, 2880, 6144} {
		b.Run(fmt.Sprintf("10000x%d", dim), func(b *testing.B) {
			r := rand.New(rand.NewPCG(3, uint64(dim)))
			vector := func() []float32 {
				v := make([]float32, dim)
				for i := range v {
					v[i] = r.Float32() - 0.5
				}
				return v
			}
			examples, embeddings := make([]gallery.Example, 10000), make([][]float32, 10000)
			for i := range examples {
				examples[i] = gallery.Example{Identity: fmt.Sprint(i), Path: fmt.Sprint(i, ".png")}
				embeddings[i] = vector()
			}
			g, err := gallery.New(match.Cosine, examples, embeddings)
			if err != nil {
				b.Fatal(err)
			}
			query := vector()
			b.ResetTimer()
			before := processorTime(b)
			for b.Loop() {
				if _, err := g.Search(query, 5); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((processorTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// processorTime is what this process has had of the processors: on a machine that others use too, wall time says
// little.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
