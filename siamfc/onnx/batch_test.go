package onnx

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"siamtrack/internal/clock"
	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// opened opens a model for a test.
func opened(t testing.TB, path string) *Model {
	t.Helper()
	r := started(t)
	m, err := r.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// following makes n networks, each with a target of its own.
func following(t testing.TB, m *Model, n int) []siamfc.Network {
	t.Helper()
	nets, z := make([]siamfc.Network, n), m.manifest.Exemplar.Size
	for i := range nets {
		net, err := m.Network()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { net.Close() })
		mark := tracker.FromCenter(float64(z)/2, float64(z)/2, float64(20+4*i), float64(60-3*i))
		if err := net.Exemplar(pictures(uint64(i), 1, z)[0], mark); err != nil {
			t.Fatal(err)
		}
		nets[i] = net
	}
	return nets
}

// pictures makes n crops with coarse and fine structure in them.
func pictures(seed uint64, n, size int) [][]float32 {
	rng := rand.New(rand.NewPCG(seed, 3))
	all := make([][]float32, n)
	for i := range all {
		c := make([]float32, 3*size*size)
		var coarse [3 * 32 * 32]float32
		for k := range coarse {
			coarse[k] = float32(rng.IntN(200))
		}
		for k := range c {
			plane, y, x := k/(size*size), k/size%size, k%size
			c[k] = coarse[plane*1024+y*32/size*32+x*32/size] + float32(rng.IntN(50))
		}
		all[i] = c
	}
	return all
}

// copies are results that stay as they are.
func copies(results []siamfc.Maps) []siamfc.Maps {
	out := slices.Clone(results)
	for i := range out {
		out[i].Response, out[i].Sides = slices.Clone(out[i].Response), slices.Clone(out[i].Sides)
	}
	return out
}

// TestBatchSaysTheSame: of all box models, in several numbers of crops and both sizes of them, the results of a batch
// are those of the networks one by one, to the last bit, each with its own target; and it allocates nothing.
func TestBatchSaysTheSame(t *testing.T) {
	models, err := filepath.Glob("../../models/siamtrack*.onnx")
	if err != nil || len(models) < 6 {
		t.Fatal(models, err)
	}
	if testing.Short() {
		models = []string{"../../models/siamtrack.onnx", "../../models/siamtrack-s-fp32.onnx"}
	}
	for _, path := range append(models, "testdata/box.onnx", "testdata/marked.onnx", "testdata/two.onnx") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			m := opened(t, path)
			nets := following(t, m, mostTogether)
			b, err := m.Batch()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { b.Close() })
			spec := m.manifest.Search
			for _, n := range []int{2, 3, mostTogether} {
				if err := b.Prepare(n); err != nil {
					t.Fatal(err)
				}
				batchAgrees(t, b, nets[:n], pictures(uint64(100*n), n, spec.Size), spec.Size)
			}
			for _, size := range spec.Sizes()[1:] {
				batchAgrees(t, b, nets[2:4], pictures(7, 2, size), size)
			}
		})
	}
}

func batchAgrees(t *testing.T, b *Batch, nets []siamfc.Network, crops [][]float32, size int) {
	t.Helper()
	results := make([]siamfc.Maps, len(nets))
	if err := (siamfc.OneByOne{}).Search(nets, crops, size, results); err != nil {
		t.Fatal(err)
	}
	want := copies(results)
	check := func(how string, err error) {
		t.Helper()
		for i := range nets {
			if err != nil || !slices.Equal(results[i].Response, want[i].Response) || !slices.Equal(results[i].Sides,
				want[i].Sides) {
				t.Fatalf("%d crops of %d pixels, %s: result %d differs, %v", len(nets), size, how, i, err)
			}
		}
	}
	check("both ways", b.Search(nets, crops, size, results))
	shared := b.sizes[batchSize{len(nets), size}]
	if shared == nil || !shared.proved {
		t.Fatalf("%d crops of %d pixels: no batch", len(nets), size)
	}
	others := pictures(9, len(nets), size)
	if err := shared.search(nets, others, size, results); err != nil || slices.Equal(results[0].Sides, want[0].Sides) {
		t.Fatalf("%d other crops of %d pixels: the same results, %v", len(nets), size, err)
	}
	check("a batch", shared.search(nets, crops, size, results))
	if n := testing.AllocsPerRun(3, func() { check("again", shared.search(nets, crops, size, results)) }); n > 0 {
		t.Errorf("%d crops of %d pixels: %v allocations", len(nets), size, n)
	}
}

// TestBatchTriesBothWays and takes the faster one; more crops than a batch holds are shared out evenly.
func TestBatchTriesBothWays(t *testing.T) {
	even := choice{turns: ways * trials, least: [ways]time.Duration{afterEachOther: 100, inOneGo: 104}}
	if even.way() != inOneGo {
		t.Error("a batch that seems to take a little longer is given up")
	}
	for _, faster := range []int{afterEachOther, inOneGo} {
		var c choice
		for i := range 3 * trials {
			if way := c.way(); i < ways*trials && way != i%ways || i >= ways*trials && way != faster {
				t.Fatalf("turn %d: way %d, the faster is %d", i, way, faster)
			} else if way == faster {
				c.took(way, time.Duration(90+i))
			} else {
				c.took(way, time.Duration(200-i))
			}
		}
	}
	for n, want := range map[int][]int{1: {1}, 2: {2}, 5: {5}, 6: {3, 3}, 9: {5, 4}, 10: {5, 5}, 11: {4, 4, 3}} {
		var got []int
		for n := n; n > 0; n -= firstPart(n) {
			got = append(got, firstPart(n))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d crops: batches of %v, want %v", n, got, want)
		}
	}
}

// TestBatchIsLeftOut where it cannot be: the networks then run one after the other, and say what they say.
func TestBatchIsLeftOut(t *testing.T) {
	if _, err := opened(t, "testdata/peak.onnx").Batch(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a model of another layout: %v", err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "two.onnx")
	data, err := os.ReadFile("testdata/two.onnx")
	if err == nil {
		err = os.WriteFile(path, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	m := opened(t, path)
	nets := following(t, m, 3)
	if err := os.WriteFile(path, append(data, 0), 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := m.Batch()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.Prepare(3); err == nil {
		t.Error("a file that was changed was read again")
	}
	foreign := following(t, opened(t, "testdata/two.onnx"), 2)
	for _, some := range [][]siamfc.Network{nets, foreign, {nets[0], foreign[0]}, nets[:1], nil} {
		results := make([]siamfc.Maps, len(some))
		if err := b.Search(some, pictures(1, len(some), 128), 128, results); err != nil {
			t.Fatal(err)
		}
		for i, r := range results {
			if len(r.Response) != 64 {
				t.Errorf("%d networks: result %d has %d cells", len(some), i, len(r.Response))
			}
		}
	}
	if err := b.Search(nets, pictures(1, 3, 144), 144, make([]siamfc.Maps, 3)); err == nil {
		t.Error("crops of a size that the manifest does not have were searched")
	}
}

// FuzzBatched: whatever a file holds, making a graph for several crops of it ends with bytes or an error.
func FuzzBatched(f *testing.F) {
	for _, name := range []string{"box", "two", "marked"} {
		data, err := os.ReadFile("testdata/" + name + ".onnx")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, 2)
		f.Add(data[:len(data)/2], 3)
	}
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		if n < 2 || n > 10 || len(data) > 1<<16 {
			t.Skip()
		}
		out, err := batched(data, n, []string{"kernel", "exemplar"}, []string{"response", "sides"})
		if err != nil && out != nil {
			t.Errorf("%d bytes beside %v", len(out), err)
		}
		if _, err := fields(out); err != nil {
			t.Errorf("what was made is no message: %v", err)
		}
	})
}

// BenchmarkBatch is the processor's time a crop of a model's searches, one by one and in batches, by turns: medians.
func BenchmarkBatch(b *testing.B) {
	for _, name := range []string{"siamtrack", "siamtrack-s", "siamtrack-l", "siamtrack-fp32"} {
		for _, n := range []int{2, 3, 4, 5} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) { benchmarkBatch(b, name, n) })
		}
	}
}

func benchmarkBatch(b *testing.B, name string, n int) {
	m := opened(b, "../../models/"+name+".onnx")
	nets, size := following(b, m, n), m.manifest.Search.Size
	batch, err := m.Batch()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { batch.Close() })
	if err := batch.Prepare(n); err != nil {
		b.Fatal(err)
	}
	crops, results := pictures(1, n, size), make([]siamfc.Maps, n)
	if err := batch.Search(nets, crops, size, results); err != nil {
		b.Fatal(err)
	}
	shared := batch.sizes[batchSize{n, size}]
	var took [ways][]time.Duration
	for b.Loop() {
		for way, run := range [...]func([]siamfc.Network, [][]float32, int, []siamfc.Maps) error{
			siamfc.OneByOne{}.Search, shared.search,
		} {
			begin := clock.CPU()
			if err := run(nets, crops, size, results); err != nil {
				b.Fatal(err)
			}
			took[way] = append(took[way], (clock.CPU()-begin)/time.Duration(n))
		}
	}
	for way, unit := range [...]string{"ms-alone", "ms-together"} {
		slices.Sort(took[way])
		b.ReportMetric(took[way][len(took[way])/2].Seconds()*1e3, unit)
	}
}
