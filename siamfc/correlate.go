package siamfc

import (
	"fmt"
	"time"

	"siamtrack/tracker"
)

// Correlator is the Network of the peak kind: an Embedder and the valid cross-correlation of its feature maps
// (Bertinetto et al., 2016, equation 2), scaled and shifted to a logit.
type Correlator struct {
	embed            Embedder
	spec             CorrelationSpec
	exemplarSize, n  int
	grid             int
	kernel           []float32 // exemplar features, [H, W, C]
	kc, kh, kw       int
	search, response []float32
}

// NewCorrelator returns the network of a peak manifest over the given branch. It does not own the Embedder.
func NewCorrelator(e Embedder, m Manifest) *Correlator {
	return &Correlator{embed: e, spec: m.Correlation, exemplarSize: m.Exemplar.Size,
		n: max(1, m.Loop.Scales), grid: m.Grid.Size}
}

// Exemplar implements Network.
func (c *Correlator) Exemplar(crop []float32, _ tracker.Box) error {
	f, err := c.embed.Embed(crop, 1, c.exemplarSize)
	if err != nil {
		return err
	}
	c.kc, c.kh, c.kw = f.C, f.H, f.W
	c.kernel = channelsLast(c.kernel, f, 0)
	if c.spec.Taper {
		taper(c.kernel, f.H, f.W, f.C)
	}
	return nil
}

// taper weighs features, [h, w, channels], with a Hann window that reaches zero half a cell outside, scaled to a mean
// weight of one.
func taper(f []float32, h, w, channels int) {
	rows := centredHann(GridSpec{Size: h, Stride: 1, Origin: -float64(h-1) / 2})
	cols := centredHann(GridSpec{Size: w, Stride: 1, Origin: -float64(w-1) / 2})
	var sum float64
	for _, a := range rows {
		for _, b := range cols {
			sum += a * b
		}
	}
	for i := range f {
		cell := i / channels
		f[i] *= float32(rows[cell/w] * cols[cell%w] * float64(h*w) / sum)
	}
}

// Search implements Network.
func (c *Correlator) Search(crops []float32, size int) (Maps, error) {
	f, err := c.embed.Embed(crops, c.n, size)
	if err != nil {
		return Maps{}, err
	}
	h, w := f.H-c.kh+1, f.W-c.kw+1
	if f.C != c.kc || h != c.grid || w != c.grid {
		return Maps{}, fmt.Errorf("correlate: features of %dx%dx%d with an exemplar of %dx%dx%d: a map of %dx%d expected",
			f.C, f.H, f.W, c.kc, c.kh, c.kw, c.grid, c.grid)
	}
	begin := time.Now()
	c.response = resize(c.response, c.n*h*w)
	for i := range c.n {
		c.search = channelsLast(c.search, f, i)
		correlate(c.response[i*h*w:(i+1)*h*w], c.search, f.W, c.kernel, c.kh, c.kw, f.C, h, w)
	}
	scale, bias := float32(c.spec.Scale), float32(c.spec.Bias)
	for i, v := range c.response {
		c.response[i] = v*scale + bias
	}
	return Maps{Response: c.response, Correlate: time.Since(begin)}, nil
}

// correlate writes dst[y][x] = sum over dy, dx, c of search[y+dy][x+dx][c] * kernel[dy][dx][c]. With channels last,
// a row of the kernel meets the search features in one run of kw*channels numbers.
func correlate(dst, search []float32, searchW int, kernel []float32, kh, kw, channels, h, w int) {
	run := kw * channels
	for y := range h {
		for x := range w {
			var sum float32
			for dy := range kh {
				at := ((y+dy)*searchW + x) * channels
				sum += dot(search[at:at+run], kernel[dy*run:(dy+1)*run])
			}
			dst[y*w+x] = sum
		}
	}
}

// dot is the scalar product in four partial sums, which lets the processor overlap the additions.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	n := len(a) &^ 3
	b = b[:len(a)]
	for i := 0; i < n; i += 4 {
		p, q := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += p[0] * q[0]
		s1 += p[1] * q[1]
		s2 += p[2] * q[2]
		s3 += p[3] * q[3]
	}
	for i := n; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// channelsLast copies feature map i from [C, H, W] to [H, W, C], reusing dst.
func channelsLast(dst []float32, f Features, i int) []float32 {
	plane := f.H * f.W
	dst = resize(dst, plane*f.C)
	src := f.Data[i*plane*f.C : (i+1)*plane*f.C]
	for c := range f.C {
		for p, v := range src[c*plane : (c+1)*plane] {
			dst[p*f.C+c] = v
		}
	}
	return dst
}

// resize returns a slice of length n, s itself where it is large enough.
func resize(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}
