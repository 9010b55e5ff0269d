package synth

import (
	"image"
	"math"
	"math/rand/v2"

	"siamtrack/tracker"
)

// textureSide is the width and height of the object's texture; sampled bilinearly, it serves every scale.
const textureSide = 64

// painter holds the textures of a scene.
type painter struct {
	background, object, board *image.RGBA
}

func newPainter(s Scene) *painter {
	rng := rand.New(rand.NewPCG(s.Seed, 0x5eed))
	return &painter{
		background: noise(rng, s.Width, s.Height, []float64{48, 17, 6}, 40, 170),
		object:     noise(rng, textureSide, textureSide, []float64{21, 9}, 0, 255),
		board:      noise(rng, textureSide, textureSide, []float64{5}, 70, 110),
	}
}

// draw paints frame i over all of dst, which has the scene's size.
func (p *painter) draw(dst *image.RGBA, s Scene, i int) {
	row := 4 * s.Width
	for y := range s.Height {
		copy(dst.Pix[y*dst.Stride:y*dst.Stride+row], p.background.Pix[y*p.background.Stride:])
	}
	if s.Distractor {
		paste(dst, p.object, s.distractor(i))
	}
	object := s.place(float64(i))
	paste(dst, p.object, object)
	paste(dst, p.board, s.board(i, object))
}

// noise returns an opaque texture: value noise, each colour by itself, one layer a cell size (in pixels), each layer
// half as strong as the one before, stretched to the levels from low to high.
func noise(rng *rand.Rand, width, height int, cells []float64, low, high float64) *image.RGBA {
	sum := make([]float64, 3*width*height)
	total, strength := 0.0, 1.0
	for _, cell := range cells {
		addLayer(sum, rng, width, height, cell, strength)
		total += strength
		strength /= 2
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		for c := range 3 {
			img.Pix[4*i+c] = uint8(math.Round(low + (high-low)*sum[3*i+c]/total))
		}
		img.Pix[4*i+3] = 255
	}
	return img
}

// addLayer adds to sum a grid of random levels in [0, strength), cell pixels apart, interpolated smoothly.
func addLayer(sum []float64, rng *rand.Rand, width, height int, cell, strength float64) {
	columns, rows := int(float64(width)/cell)+2, int(float64(height)/cell)+2
	grid := make([]float64, 3*columns*rows)
	for i := range grid {
		grid[i] = strength * rng.Float64()
	}
	for y := range height {
		gy, fy := math.Modf(float64(y) / cell)
		fy = smooth(fy)
		for x := range width {
			gx, fx := math.Modf(float64(x) / cell)
			fx = smooth(fx)
			at := 3 * (int(gy)*columns + int(gx))
			for c := range 3 {
				top := grid[at+c]*(1-fx) + grid[at+3+c]*fx
				bottom := grid[at+3*columns+c]*(1-fx) + grid[at+3*columns+3+c]*fx
				sum[3*(y*width+x)+c] += top*(1-fy) + bottom*fy
			}
		}
	}
}

// paste stretches src over box in dst; pixels that the box covers in part are mixed by the share covered, so that the
// box is where it says to a fraction of a pixel.
func paste(dst, src *image.RGBA, box tracker.Box) {
	size := dst.Bounds().Size()
	part := box.Clip(size.X, size.Y)
	if part.Empty() {
		return
	}
	side := float64(src.Bounds().Dx())
	for y := int(part.Y); y < size.Y && float64(y) < part.Y+part.H; y++ {
		coverY := covered(y, box.Y, box.H)
		v := (float64(y)+0.5-box.Y)/box.H*side - 0.5
		for x := int(part.X); x < size.X && float64(x) < part.X+part.W; x++ {
			u := (float64(x)+0.5-box.X)/box.W*side - 0.5
			mix(dst.Pix[y*dst.Stride+4*x:], src, u, v, coverY*covered(x, box.X, box.W))
		}
	}
}

// covered returns the share of pixel i that [start, start+length) covers along one axis.
func covered(i int, start, length float64) float64 {
	return math.Max(0, math.Min(float64(i)+1, start+length)-math.Max(float64(i), start))
}

// mix lays src at (u, v), counted from pixel centres and interpolated bilinearly, over the pixel at the front of dst
// with weight a.
func mix(dst []uint8, src *image.RGBA, u, v, a float64) {
	last := src.Bounds().Dx() - 1
	u, v = math.Max(0, math.Min(u, float64(last))), math.Max(0, math.Min(v, float64(last)))
	x0, y0 := int(u), int(v)
	x1, y1 := min(x0+1, last), min(y0+1, last)
	fx, fy := u-float64(x0), v-float64(y0)
	for c := range 3 {
		top := float64(src.Pix[y0*src.Stride+4*x0+c])*(1-fx) + float64(src.Pix[y0*src.Stride+4*x1+c])*fx
		bottom := float64(src.Pix[y1*src.Stride+4*x0+c])*(1-fx) + float64(src.Pix[y1*src.Stride+4*x1+c])*fx
		level := top*(1-fy) + bottom*fy
		dst[c] = uint8(math.Round(float64(dst[c])*(1-a) + level*a))
	}
}
