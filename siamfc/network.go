package siamfc

import (
	"errors"
	"fmt"
	"math"
	"time"

	"siamtrack/tracker"
)

// Network is the trained part of a tracker: one branch, applied with the same weights to the exemplar and to the
// search region, and what compares the two. A Network belongs to one tracker and one goroutine.
type Network interface {
	// Exemplar embeds the exemplar, planar float32 [3, Size, Size] of 0..255 in the manifest's colour order, and
	// keeps the embedding as what Search compares with. target is the box in the crop's pixels, for networks that are
	// told which part of the exemplar is the target.
	Exemplar(crop []float32, target tracker.Box) error
	// Search embeds n search crops, planar float32 [n, 3, size, size], and compares each with the exemplar. The maps
	// are valid until the next call. n is the manifest's Loop.Scales for the peak kind, 1 for the box kind; size is one of
	// its Search.Sizes. The maps lie on the manifest's GridOn of that size.
	Search(crops []float32, size int) (Maps, error)
}

// Recogniser is a Network that can say what something looks like.
type Recogniser interface {
	// Recognise embeds what a crop shows as a vector of length one: its product with that of another crop says how alike
	// the two are, from -1 to 1. crop and target are as for Exemplar; the vector is valid until the next call. What Search
	// compares with stays what it is, after an error too.
	Recognise(crop []float32, target tracker.Box) ([]float32, error)
}

// Refresher is a Network that can take another view of the same target.
type Refresher interface {
	Recogniser
	// Refresh has Search compare with the first exemplar's embedding mixed with `share` of what Recognise embedded last,
	// in [0, 1]; what is known of the target's surroundings is mixed with `around` of that. Views before it are forgotten.
	Refresh(share, around float64)
}

// Batch runs the searches of several networks of one model in one go, where that is faster. It belongs to one
// goroutine.
type Batch interface {
	// Search is each network's Search of the crop at its place in crops, all of `size` pixels a side: results, as long as
	// nets, are the same to the last bit, and valid until the next Search of the network that they are of.
	Search(nets []Network, crops [][]float32, size int, results []Maps) error
}

// OneByOne is the Batch that runs networks one after the other.
type OneByOne struct{}

// Search implements Batch.
func (OneByOne) Search(nets []Network, crops [][]float32, size int, results []Maps) (err error) {
	for i, n := range nets {
		if results[i], err = n.Search(crops[i], size); err != nil {
			return err
		}
	}
	return nil
}

// Maps is what a network says of the search crops.
type Maps struct {
	// Response is [n, Grid.Size, Grid.Size]: logits for the peak kind, probabilities in [0, 1] for the box kind.
	Response []float32
	// Sides is [4, Grid.Size, Grid.Size], nil for the peak kind: the distances from a cell's place to the left, top,
	// right and bottom side of the target's box, in crop pixels.
	Sides []float32
	// Correlate is how long the comparison took, 0 where the network does it in one go with the embedding.
	Correlate time.Duration
}

// ErrResponse is wrapped by the error of maps that no tracker can make use of.
var ErrResponse = errors.New("the network says what it cannot mean: its weights are damaged, or the manifest is of " +
	"another kind of model")

// rounding is how far beyond [0, 1] a probability may be by the rounding of half precision and quantised networks.
const rounding = 1e-3

// largestLogit is far beyond where a sigmoid is 1 in float64, at 37, and far below where upsampling overflows float32.
const largestLogit = 1e6

// check refuses maps with numbers that are none, and probabilities that are none: a target would be lost for ever, with
// a score of nothing. A box may be as large as a number can be where nothing is.
func (m Maps) check(kind Kind) error {
	for i, v := range m.Response {
		x := float64(v)
		if !(math.Abs(x) <= largestLogit) || kind == Box && (x < -rounding || x > 1+rounding) { // also not a number
			return fmt.Errorf("%w: response %v in cell %d", ErrResponse, v, i)
		}
	}
	for i, v := range m.Sides {
		if math.IsNaN(float64(v)) {
			return fmt.Errorf("%w: side %v in place %d", ErrResponse, v, i)
		}
	}
	return nil
}

// Embedder is the branch alone: it turns pictures into feature maps.
type Embedder interface {
	// Embed turns n crops, planar float32 [n, 3, size, size] of 0..255, into feature maps, which are valid until the
	// next call with the same size.
	Embed(crops []float32, n, size int) (Features, error)
}

// Features are n feature maps of C channels, planar float32 [N, C, H, W].
type Features struct {
	Data       []float32
	N, C, H, W int
}
