package match

import (
	"errors"
	"fmt"
	"image"
	"math"

	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// ErrPicture is wrapped by the errors of pictures that cannot be embedded.
var ErrPicture = errors.New("picture cannot be matched")

// Network is the trained part of a matcher.
type Network struct {
	// Embedder is the branch. The matcher does not own it.
	Embedder siamfc.Embedder
	// Manifest says how pictures are cropped for it.
	Manifest siamfc.Manifest
	// Hash tells the model from every other (SHA-256, hex). Caches and thresholds are bound to it.
	Hash string
}

// Picture is a picture, or the part of one, to compare.
type Picture struct {
	// Image is opaque, its bounds start at (0, 0). It is only read.
	Image *image.RGBA
	// Box is the part that counts, in pixels, as a person gave it; the zero Box means the whole picture.
	Box tracker.Box
}

// Score says how far two pictures are apart.
type Score struct {
	Distance   float64 `json:"distance"`   // in the matcher's Distance, 0 for the same picture
	Similarity float64 `json:"similarity"` // Distance.Similarity of it
}

// Matcher compares pictures with one network and one distance. It belongs to one goroutine.
type Matcher struct {
	net      Network
	distance Distance
	cropper  *siamfc.Cropper
	crop     []float32
}

// New returns a matcher. The network may be of any kind that has a branch: one trained for matching (kind embedding)
// or a tracker's, whose feature maps are averaged over their positions, but for Correlation, which compares the maps.
func New(n Network, d Distance) (*Matcher, error) {
	if n.Embedder == nil {
		return nil, errors.New("match: the network has no embedder")
	}
	if err := n.Manifest.Validate(); err != nil {
		return nil, fmt.Errorf("match: %w", err)
	}
	if _, err := ParseDistance(string(d)); err != nil {
		return nil, fmt.Errorf("match: %w", err)
	}
	c := siamfc.NewCropper(n.Manifest.Exemplar.Size, n.Manifest.Input)
	return &Matcher{net: n, distance: d, cropper: c, crop: make([]float32, c.Len())}, nil
}

// Network returns the matcher's network.
func (m *Matcher) Network() Network { return m.net }

// Distance returns the matcher's distance.
func (m *Matcher) Distance() Distance { return m.distance }

// Form says what Embed returns: "vector", or "map" where whole feature maps are compared. Embeddings of two forms
// cannot be compared.
func (m *Matcher) Form() string {
	if m.distance == Correlation && m.net.Manifest.Kind != siamfc.Embedding {
		return "map"
	}
	return "vector"
}

// Score compares two pictures.
func (m *Matcher) Score(a, b Picture) (Score, error) {
	ea, err := m.Embed(a)
	if err != nil {
		return Score{}, fmt.Errorf("first picture: %w", err)
	}
	eb, err := m.Embed(b)
	if err != nil {
		return Score{}, fmt.Errorf("second picture: %w", err)
	}
	return m.Compare(ea, eb)
}

// Compare compares two embeddings that this matcher, or one of the same network and Form, made. It changes neither.
func (m *Matcher) Compare(a, b []float32) (Score, error) {
	if len(a) != len(b) {
		return Score{}, fmt.Errorf("match: embeddings of %d and %d numbers are not of one network", len(a), len(b))
	}
	pa, pb := append([]float32(nil), a...), append([]float32(nil), b...)
	m.distance.Prepare(pa)
	m.distance.Prepare(pb)
	d := m.distance.Between(pa, pb)
	return Score{Distance: d, Similarity: m.distance.Similarity(d)}, nil
}

// Embed returns the embedding of a picture, a new slice: the network's vector, or its feature map averaged over the
// positions, or, where Form is "map", the map itself, planar [C, H, W]. The same picture gives the same numbers. Its
// errors about the picture wrap ErrPicture, those about a box tracker.ErrBox as well.
func (m *Matcher) Embed(p Picture) ([]float32, error) {
	square, err := m.square(p)
	if err != nil {
		return nil, err
	}
	m.cropper.Crop(m.crop, p.Image, square, siamfc.MeanColor(p.Image))
	f, err := m.net.Embedder.Embed(m.crop, 1, m.net.Manifest.Exemplar.Size)
	if err != nil {
		return nil, fmt.Errorf("match: embed: %w", err)
	}
	e := m.pool(f)
	for _, v := range e {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("match: embed: model %q gives numbers that are not finite", m.net.Manifest.Name)
		}
	}
	return e, nil
}

// square returns the part of the picture that is brought to the network's size. About a box it is the exemplar's
// square, with the context that the network was trained on. A whole picture is taken as having been cut out by someone:
// the smallest square that holds it, so that nothing is cut off and no context is made up.
func (m *Matcher) square(p Picture) (tracker.Box, error) {
	if p.Image == nil || p.Image.Bounds().Empty() {
		return tracker.Box{}, fmt.Errorf("match: %w: it has no pixels", ErrPicture)
	}
	size := p.Image.Bounds().Size()
	whole := tracker.Box{W: float64(size.X), H: float64(size.Y)}
	given := p.Box != tracker.Box{}
	box := whole
	if given {
		box = p.Box
	}
	box, err := box.Trackable(size.X, size.Y)
	if err != nil {
		return tracker.Box{}, fmt.Errorf("match: %w: %w", ErrPicture, err)
	}
	x, y := box.Center()
	side := max(box.W, box.H)
	if given {
		side = m.net.Manifest.Exemplar.Side(box.W, box.H)
	}
	return tracker.FromCenter(x, y, side, side), nil
}

// pool copies an embedding out of the network's memory, averaged over positions where a vector is wanted.
func (m *Matcher) pool(f siamfc.Features) []float32 {
	plane := f.H * f.W
	if m.Form() == "map" || plane == 1 {
		return append([]float32(nil), f.Data[:f.C*plane]...)
	}
	e := make([]float32, f.C)
	for c := range e {
		var sum float64
		for _, v := range f.Data[c*plane : (c+1)*plane] {
			sum += float64(v)
		}
		e[c] = float32(sum / float64(plane))
	}
	return e
}
