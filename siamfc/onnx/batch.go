package onnx

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"siamtrack/siamfc"
)

// mostTogether is how many crops a batch has at most: more gain little. Of siamtrack's int8 file, on one thread of a
// CPU with AVX-512 VNNI, a crop of 256 pixels takes 0.97 (of two), 0.95 (3), 0.94 (4), 0.93 (5) and 0.91 (10) of the
// time that it takes alone; siamtrack-l's 0.90 and 0.88 (5, 10); crops of 384 pixels and those of the fp32 files 0.95
// to 0.98. Without VNNI it is 0.93 to 0.95 (AVX2) and 0.89 to 0.92 (AVX, SSE) of five.
const mostTogether = 5

// Batch runs the searches of several of a model's box networks in one go, where that is faster: both ways are tried and
// timed. It implements siamfc.Batch and belongs to one goroutine. The networks' results are the same, to the last bit.
type Batch struct {
	resources
	model *Model
	sizes map[batchSize]*together
}

// batchSize is the number of crops of a batch, and their side.
type batchSize struct{ n, size int }

// Batch returns a Batch for the model's networks. The error wraps errors.ErrUnsupported where the model's layout, or
// what runs it, has none: then its networks run one after the other. Close it before the model.
func (m *Model) Batch() (*Batch, error) {
	mf := m.manifest
	if mf.Kind != siamfc.Box || mf.Layout != siamfc.LayoutSiamtrack || !m.graphs[roleModel].shared {
		return nil, fmt.Errorf("onnx: model %q: several targets' crops in one run: %w", mf.Name, errors.ErrUnsupported)
	}
	return &Batch{model: m, sizes: map[batchSize]*together{}}, nil
}

// Prepare makes the graphs that Search needs for n crops, which Search itself has made meanwhile, and waits for them.
// The error says why there is none: then the networks run one after the other.
func (b *Batch) Prepare(n int) error {
	var errs []error
	for ; n > 1; n -= firstPart(n) {
		if k := firstPart(n); k > 1 {
			_, err := b.model.batched(k).wait()
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// firstPart is how many of n crops are in the first batch: they are shared out among as few as hold them, evenly.
func firstPart(n int) int {
	runs := (n + mostTogether - 1) / mostTogether
	return (n + runs - 1) / runs
}

// Search implements siamfc.Batch.
func (b *Batch) Search(nets []siamfc.Network, crops [][]float32, size int, results []siamfc.Maps) error {
	for len(nets) > 0 {
		k := firstPart(len(nets))
		if err := b.search(nets[:k], crops[:k], size, results[:k]); err != nil {
			return err
		}
		nets, crops, results = nets[k:], crops[k:], results[k:]
	}
	return nil
}

// search is Search of one part.
func (b *Batch) search(nets []siamfc.Network, crops [][]float32, size int, results []siamfc.Maps) error {
	t := b.of(nets, size)
	if t == nil {
		return siamfc.OneByOne{}.Search(nets, crops, size, results)
	}
	if !t.proved {
		return b.prove(t, nets, crops, size, results)
	}
	begin, way, run := time.Now(), t.way(), siamfc.OneByOne{}.Search
	if way == inOneGo {
		run = t.search
	}
	err := run(nets, crops, size, results)
	t.took(way, time.Since(begin))
	return err
}

// of returns the batch for networks, nil where there is none for them, or not yet.
func (b *Batch) of(nets []siamfc.Network, size int) *together {
	if len(nets) < 2 {
		return nil
	}
	for _, n := range nets {
		if own, ok := n.(*boxNetwork); !ok || own.model != b.model {
			return nil
		}
	}
	key := batchSize{len(nets), size}
	t, known := b.sizes[key]
	if known {
		return t
	}
	made := b.model.batched(key.n)
	if !made.ready() {
		return nil
	}
	if g, err := made.wait(); err == nil {
		first, _ := nets[0].(*boxNetwork)
		t, _ = b.bound(g, first, key)
	}
	b.sizes[key] = t // nil is final
	return t
}

// prove runs networks both ways, for the first time, and gives the batch up where it says anything else.
func (b *Batch) prove(t *together, nets []siamfc.Network, crops [][]float32, size int, results []siamfc.Maps) error {
	if err := (siamfc.OneByOne{}).Search(nets, crops, size, results); err != nil {
		return err
	}
	t.proved = t.compute(nets, crops, size) == nil
	for i, r := range results {
		t.proved = t.proved && slices.Equal(r.Response, part(t.response, i)) && slices.Equal(r.Sides, part(t.sides, i))
	}
	if !t.proved {
		b.sizes[batchSize{len(nets), size}] = nil
	}
	return nil
}

// together is a search graph for several crops with its tensors.
type together struct {
	choice
	packing                packing
	image, response, sides *tensor
	targets                [][]*tensor // of each crop, what its search reads of its target, in the order of reads
	run                    *run
	proved                 bool // it says what the networks say one by one
}

// bound binds a graph for several crops; like is one of the networks that it stands for.
func (b *Batch) bound(g *graph, like *boxNetwork, key batchSize) (*together, error) {
	c, n := like.comparison(key.size), int64(key.n)
	t := &together{packing: like.packing}
	var e1, e2, e3 error
	t.image, e1 = t.packing.tensor(&b.resources, key.n, key.size)
	t.response, e2 = b.tensor(n, 1, c.response.shape[2], c.response.shape[3])
	t.sides, e3 = b.tensor(n, 4, c.sides.shape[2], c.sides.shape[3])
	if err := errors.Join(e1, e2, e3); err != nil {
		return nil, err
	}
	inputs := map[string]*tensor{inputImage: t.image}
	for i := range key.n {
		var own []*tensor
		for _, r := range like.reads {
			copied, err := b.tensor(r.tensor.shape...)
			if err != nil {
				return nil, err
			}
			own, inputs[item(r.name, i)] = append(own, copied), copied
		}
		t.targets = append(t.targets, own)
	}
	var err error
	t.run, err = b.bind(g, inputs, map[string]*tensor{"response": t.response, "sides": t.sides})
	return t, err
}

// search is Search of as many networks as the graph has crops.
func (t *together) search(nets []siamfc.Network, crops [][]float32, size int, results []siamfc.Maps) error {
	if err := t.compute(nets, crops, size); err != nil {
		return err
	}
	for i, n := range nets {
		own, _ := n.(*boxNetwork)
		results[i] = own.comparison(size).take(part(t.response, i), part(t.sides, i))
	}
	return nil
}

// compute runs the graph on crops, and on what networks know of their targets.
func (t *together) compute(nets []siamfc.Network, crops [][]float32, size int) error {
	for i, n := range nets {
		if err := t.packing.put(t.image, i, crops[i], size); err != nil {
			return err
		}
		own, _ := n.(*boxNetwork)
		for k, r := range own.reads {
			copy(t.targets[i][k].data, r.tensor.data)
		}
	}
	return t.run.run()
}

// part is what a tensor of several crops' results holds of the i-th.
func part(t *tensor, i int) []float32 {
	n := len(t.data) / int(t.shape[0])
	return t.data[i*n : (i+1)*n]
}

// The ways of running several networks.
const (
	afterEachOther = iota
	inOneGo
	ways
)

const (
	// trials is how often each way is timed before one is settled on.
	trials = 10
	// doubt is how much longer a batch may seem to take: other work on the machine makes one way or the other seem slower
	// by that, and a batch was faster on each CPU that it was measured on.
	doubt = 1.05
)

// choice finds out which way is faster: at first they take turns, and the shortest time of each counts, which other
// work on the machine has the least part in.
type choice struct {
	turns int
	least [ways]time.Duration
}

// way is the way to take now.
func (c *choice) way() int {
	if c.turns < ways*trials {
		return c.turns % ways
	}
	if float64(c.least[inOneGo]) < doubt*float64(c.least[afterEachOther]) {
		return inOneGo
	}
	return afterEachOther
}

// took notes how long a way took.
func (c *choice) took(way int, d time.Duration) {
	if c.turns == ways*trials {
		return
	}
	if c.turns < ways || d < c.least[way] {
		c.least[way] = d
	}
	c.turns++
}

// reading is one of the inputs of a search graph that are a target's.
type reading struct {
	name   string
	tensor *tensor
}

// readings lists them by name.
func readings(kept map[string]*tensor) (list []reading) {
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		list = append(list, reading{name, kept[name]})
	}
	return list
}
