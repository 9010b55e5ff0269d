package onnx

import (
	"errors"
	"fmt"
	"math"

	ort "github.com/yalue/onnxruntime_go"

	"siamtrack/internal/numfile"
	"siamtrack/siamfc"
)

// packing says how a search graph that is quantised from the first on takes its crop: as whole numbers in patches, and
// so is spared the quantising and the sorting of pixels. A packed image is uint8 [1, size/patch, size/patch,
// patch*patch*3]: in each patch row by row, the colours of a pixel together. The zero value is planar float32.
type packing struct {
	patch int
	// step is how many grey levels one of the numbers is worth: a number is a level divided by step, rounded to the
	// nearest, to the even one of two, as QuantizeLinear rounds.
	step float32
}

// stepKey is the key of the step in a file's metadata.
const stepKey = siamfc.MetadataKey + ".step"

// packing finds out how a graph takes its image.
func (g *graph) packing() (packing, error) {
	for _, in := range g.inputs {
		if in.Name != inputImage || in.DataType != ort.TensorElementDataTypeUint8 {
			continue
		}
		text, err := g.metadata(stepKey)
		if err != nil {
			return packing{}, err
		}
		step, err := numfile.Number(text)
		if err != nil || !(step > 0.1 && step < 10) {
			return packing{}, fmt.Errorf("onnx: %s: %w: its metadata has %q under %q, a number about 1 is expected", g.path,
				ErrModel, text, stepKey)
		}
		p := packing{step: float32(step)}
		if n := len(in.Dimensions); n == 4 && in.Dimensions[3] > 0 {
			p.patch = int(math.Round(math.Sqrt(float64(in.Dimensions[3]) / 3)))
		}
		if p.patch < 1 || p.patch > 64 {
			return packing{}, fmt.Errorf("onnx: %s: %w: image %s of whole numbers, patches of p*p*3 are expected", g.path,
				ErrModel, shapeText(in.Dimensions))
		}
		return p, g.expectOf(ort.TensorElementDataTypeUint8, inputImage, 1, -1, -1, int64(3*p.patch*p.patch))
	}
	return packing{}, g.expect(inputImage, 1, 3, -1, -1)
}

// tensor makes what n crops of size x size go into.
func (p packing) tensor(r *resources, n, size int) (*tensor, error) {
	if p.patch == 0 {
		return r.tensor(int64(n), 3, int64(size), int64(size))
	}
	if size%p.patch != 0 {
		return nil, fmt.Errorf("onnx: crops of %d pixels: %w: the network takes them in patches of %d", size, ErrModel,
			p.patch)
	}
	cells := int64(size / p.patch)
	t, err := newLevels(int64(n), cells, cells, int64(3*p.patch*p.patch))
	if err == nil {
		r.list = append(r.list, t)
	}
	return t, err
}

// put writes a crop, planar [3, size, size], into such a tensor as its i-th.
func (p packing) put(t *tensor, i int, crop []float32, size int) error {
	want, n := 3*size*size, len(t.data)+len(t.levels)
	if n != want*int(t.shape[0]) || len(crop) != want {
		return fmt.Errorf("onnx: %d numbers for a crop of %d pixels, %s is bound", len(crop), size, shapeText(t.shape))
	}
	if p.patch == 0 {
		copy(t.data[i*want:], crop)
		return nil
	}
	levels, area, row := t.levels[i*want:][:want], size*size, 3*p.patch*size
	for y := range size {
		planes := [3][]float32{crop[y*size:][:size], crop[area+y*size:][:size], crop[2*area+y*size:][:size]}
		dst := levels[y/p.patch*row : (y/p.patch+1)*row][y%p.patch*3*p.patch:]
		p.row(dst, planes)
	}
	return nil
}

// row packs one row of pixels; dst begins with the row's first patch.
func (p packing) row(dst []uint8, planes [3][]float32) {
	from, columns := 0, len(planes[0])
	levels := 1 / p.step
	if n := columns &^ 7; fast && p.patch == 4 && n > 0 {
		_, _, _ = planes[1][n-1], planes[2][n-1], dst[(n-4)*12+11]
		packRow(&dst[0], &[3]*float32{&planes[0][0], &planes[1][0], &planes[2][0]}, n, levels)
		from = n
	}
	for c, plane := range planes {
		for x := from; x < columns; x++ {
			level := math.RoundToEven(float64(plane[x] * levels))
			dst[x/p.patch*3*p.patch*p.patch+x%p.patch*3+c] = uint8(min(max(level, 0), 255))
		}
	}
}

// errPacked says that a graph for both crops cannot take packed ones.
var errPacked = errors.New("its image is packed, which a search graph beside an exemplar graph may have only")
