package siamfc

import (
	"fmt"
	"math"
)

// The pure-Go branch's features: cells of pixelCell x pixelCell pixels, each with a histogram of pixelBins gradient
// orientations (Dalal and Triggs, CVPR 2005) and the mean of each colour.
const (
	pixelCell     = 8
	pixelBins     = 9
	pixelChannels = pixelBins + 3
)

// Pixels is an Embedder without training and without native code: gradient histograms and colours on a grid of
// 8x8-pixel cells. It is the baseline that a trained network has to beat, and what runs where ONNX Runtime is not.
type Pixels struct {
	bySize map[[2]int][]float32
}

// NewPixels returns the pure-Go branch.
func NewPixels() *Pixels { return &Pixels{bySize: map[[2]int][]float32{}} }

// PixelsManifest is the manifest that goes with NewPixels, with SiamFC's own loop parameters (peak kind).
func PixelsManifest() Manifest {
	cells := float64(127/pixelCell) * float64(127/pixelCell)
	return Manifest{
		Format: Format, Name: "pixels", Kind: Peak, Layout: LayoutSiamtrack,
		About:    "gradient histograms and colours, no training, pure Go",
		Exemplar: ExemplarSpec{Size: 127, Context: 0.5}, Search: SearchSpec{Size: 255},
		Grid: GridSpec{Size: 17, Stride: pixelCell, Origin: -64}, Upsample: 16,
		// A cell's features have length one, so the exemplar meets itself with a correlation of one a cell.
		Correlation: CorrelationSpec{Scale: 16 / cells, Bias: -8, Taper: true},
		Loop: LoopSpec{WindowInfluence: 0.176, Scales: 3, ScaleStep: 1.0375, ScalePenalty: 0.9745,
			ScaleRate: 0.59},
		State: StateSpec{Uncertain: 0.4, Lost: 0.1},
	}
}

// Embed implements Embedder.
func (p *Pixels) Embed(crops []float32, n, size int) (Features, error) {
	if len(crops) != n*3*size*size {
		return Features{}, fmt.Errorf("siamfc: pixels: %d numbers where %d crops of 3x%dx%d are %d", len(crops), n, size,
			size, n*3*size*size)
	}
	cells := size / pixelCell
	if cells == 0 {
		return Features{}, fmt.Errorf("siamfc: pixels: a crop of %d pixels is smaller than a cell of %d", size, pixelCell)
	}
	key := [2]int{n, size}
	out := p.bySize[key]
	if out == nil {
		out = make([]float32, n*pixelChannels*cells*cells)
		p.bySize[key] = out
	}
	clear(out)
	for i := range n {
		crop := crops[i*3*size*size : (i+1)*3*size*size]
		f := out[i*pixelChannels*cells*cells : (i+1)*pixelChannels*cells*cells]
		gradients(f, crop, size, cells)
		colours(f[pixelBins*cells*cells:], crop, size, cells)
		centreAndScale(f, cells*cells)
	}
	return Features{Data: out, N: n, C: pixelChannels, H: cells, W: cells}, nil
}

// gradients adds to each cell's histogram the gradient magnitudes of its pixels by orientation, unsigned.
func gradients(dst, crop []float32, size, cells int) {
	plane := size * size
	grey := func(at int) float32 { return crop[at] + crop[plane+at] + crop[2*plane+at] }
	for y := 1; y < cells*pixelCell-1; y++ {
		for x := 1; x < cells*pixelCell-1; x++ {
			at := y*size + x
			gx, gy := float64(grey(at+1)-grey(at-1)), float64(grey(at+size)-grey(at-size))
			angle := math.Atan2(gy, gx)
			if angle < 0 {
				angle += math.Pi
			}
			bin := min(int(angle*pixelBins/math.Pi), pixelBins-1)
			dst[bin*cells*cells+y/pixelCell*cells+x/pixelCell] += float32(math.Sqrt(gx*gx + gy*gy))
		}
	}
}

// colours writes each cell's mean colours, weighted to count about as much as a strong edge.
func colours(dst, crop []float32, size, cells int) {
	for c := range 3 {
		for y := range cells * pixelCell {
			row := crop[c*size*size+y*size:]
			for x := range cells * pixelCell {
				dst[(c*cells+y/pixelCell)*cells+x/pixelCell] += 2 * row[x]
			}
		}
	}
}

// centreAndScale takes each channel's mean out of a feature map and scales each cell to length one.
func centreAndScale(f []float32, cells int) {
	for c := range pixelChannels {
		channel := f[c*cells : (c+1)*cells]
		var sum float32
		for _, v := range channel {
			sum += v
		}
		for i := range channel {
			channel[i] -= sum / float32(cells)
		}
	}
	for i := range cells {
		var squares float32
		for c := range pixelChannels {
			squares += f[c*cells+i] * f[c*cells+i]
		}
		scale := 1 / float32(math.Sqrt(float64(squares))+1e-3)
		for c := range pixelChannels {
			f[c*cells+i] *= scale
		}
	}
}
