package siamfc

import "math"

// hann returns the Hann window of n points, zero at both ends, as numpy.hanning has it.
func hann(n int) []float64 {
	w := make([]float64, n)
	if n == 1 {
		w[0] = 1
		return w
	}
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(n-1))
	}
	return w
}

// centredHann returns the Hann window over the cells of a grid by their distance from the crop's centre; it reaches
// zero one half-cell outside a grid that lies symmetrically.
func centredHann(g GridSpec) []float64 {
	w := make([]float64, g.Size)
	half := g.Stride * float64(g.Size+1) / 2
	for i := range w {
		d := (g.Origin + float64(i)*g.Stride) / half
		w[i] = 0.5 + 0.5*math.Cos(math.Pi*min(max(d, -1), 1))
	}
	return w
}

// outer returns the n x n outer product of a window with itself.
func outer(w []float64) []float64 {
	out := make([]float64, 0, len(w)*len(w))
	for _, a := range w {
		for _, b := range w {
			out = append(out, a*b)
		}
	}
	return out
}

// windowFor returns the window of a loop over its grid.
func windowFor(l LoopSpec, g GridSpec) []float64 {
	if l.Window == WindowCentred {
		return outer(centredHann(g))
	}
	return outer(hann(g.Size))
}
