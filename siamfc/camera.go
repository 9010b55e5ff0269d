package siamfc

import (
	"image"
	"math"

	"siamtrack/tracker"
)

// Sizes of the small grey picture that the camera's motion is read from: cells a side, at most, and the samples that a
// cell is the mean of.
const (
	cameraCells   = 80
	cameraSamples = 4 // in each of cameraRows lines
	cameraRows    = 2
	cameraReach   = 4 // coarsest cells that a frame may have moved
	cameraLevels  = 3 // each of half the cells a side
	cellScale     = 4 // makes a cell so small a number that the squares of a line of them can be added in 32 bits
)

// surer is how much less two pictures must differ, moved, than at rest: else nothing is said to have moved.
const surer = 0.8

// camera measures how far the whole picture moved from one frame to the next: of small grey pictures the shift at which
// they differ least, over all shifts of the coarsest, then downhill on each finer one, and at last between cells (block
// matching on a pyramid). It allocates nothing after the first frame of a size.
type camera struct {
	size   image.Point // of the frames
	step   float64     // frame pixels a cell of the finest level
	levels [cameraLevels]level
	kept   bool                                        // there is a frame to compare with
	fresh  bool                                        // shift has looked at a frame since
	need   func(img *image.RGBA, part image.Rectangle) // called before a frame is read; nil: nobody is told
}

// level is one size of the small pictures.
type level struct {
	w, h      int
	now, last []int32
	mask      []int32 // all ones, or 0 where the target is
}

// shift looks at a frame and returns how far what it shows has moved since the frame that was kept, in pixels; 0, 0
// where that cannot be told. What lies in ignore, the targets, does not count: they move on their own.
func (c *camera) shift(img *image.RGBA, ignore ...tracker.Box) (dx, dy float64) {
	c.fit(img.Bounds().Size())
	if c.levels[cameraLevels-1].w == 0 || c.levels[cameraLevels-1].h == 0 {
		return 0, 0 // too small a frame
	}
	if c.need != nil {
		c.need(img, img.Rect)
	}
	c.shrink(img)
	c.fresh = true
	if !c.kept {
		return 0, 0
	}
	c.hide(ignore...)
	coarsest := &c.levels[cameraLevels-1]
	best, x, y := math.Inf(1), 0, 0
	for v := -cameraReach; v <= cameraReach; v++ {
		for u := -cameraReach; u <= cameraReach; u++ {
			if d := coarsest.difference(u, v); d < best {
				best, x, y = d, u, v
			}
		}
	}
	var n nearby
	for i := cameraLevels - 2; i >= 0; i-- {
		x, y, n = c.levels[i].downhill(2*x, 2*y)
	}
	if (x != 0 || y != 0) && !(n.at < surer*c.levels[0].difference(0, 0)) {
		return 0, 0
	}
	return (float64(x) + vertex(n.left, n.at, n.right)) * c.step, (float64(y) + vertex(n.up, n.at, n.down)) * c.step
}

// keep makes the frame that shift looked at last the one that the next is compared with. Called again it does nothing:
// trackers may share a camera.
func (c *camera) keep() {
	if !c.fresh {
		return
	}
	for i := range c.levels {
		c.levels[i].now, c.levels[i].last = c.levels[i].last, c.levels[i].now
	}
	c.kept, c.fresh = true, false
}

// nearby are the differences at a shift and beside it.
type nearby struct{ at, left, right, up, down float64 }

// downhill goes from a shift to one beside it while they differ less there, three times at most.
func (l *level) downhill(x, y int) (int, int, nearby) {
	for step := 0; ; step++ {
		n := nearby{l.difference(x, y), l.difference(x-1, y), l.difference(x+1, y), l.difference(x, y-1),
			l.difference(x, y+1)}
		dx, dy := lower(n.left, n.at, n.right), lower(n.up, n.at, n.down)
		if dx == 0 && dy == 0 || step == 3 {
			return x, y, n
		}
		x, y = x+dx, y+dy
	}
}

// lower is the direction in which three differences fall from the middle one, 0 where they do not.
func lower(before, at, after float64) int {
	switch {
	case before < at && before <= after:
		return -1
	case after < at:
		return 1
	}
	return 0
}

// vertex is where between -1/2 and 1/2 a parabola through three values, the middle one the least, has its lowest point.
func vertex(before, at, after float64) float64 {
	bend := before - 2*at + after
	if at > before || at > after || !(bend > 0) || math.IsInf(bend, 1) {
		return 0
	}
	return (before - after) / (2 * bend)
}

// fit prepares for frames of a size.
func (c *camera) fit(size image.Point) {
	if size == c.size {
		return
	}
	c.size, c.kept = size, false
	c.step = max(cameraSamples, math.Ceil(float64(max(size.X, size.Y))/cameraCells))
	k := c.step * float64(int(1)<<(cameraLevels-1))
	for i := range c.levels {
		w, h := int(float64(size.X)/k)<<(cameraLevels-1-i), int(float64(size.Y)/k)<<(cameraLevels-1-i)
		c.levels[i] = level{w: w, h: h, now: make([]int32, w*h), last: make([]int32, w*h), mask: make([]int32, w*h)}
	}
}

// shrink fills the small pictures from a frame.
func (c *camera) shrink(img *image.RGBA) {
	l, step := &c.levels[0], int(c.step)
	gap := step / cameraSamples
	for y := range l.h {
		row := l.now[y*l.w:][:l.w]
		clear(row)
		for sy := range cameraRows {
			line := img.Pix[(y*step+sy*step/cameraRows)*img.Stride:][:4*step*l.w]
			for x := range row {
				cell := line[4*x*step:][:4*step]
				sum := int32(0)
				for s := range cameraSamples {
					p := cell[4*s*gap:][:3]
					sum += int32(p[0]) + 2*int32(p[1]) + int32(p[2])
				}
				row[x] += sum / cellScale
			}
		}
	}
	for i := 1; i < cameraLevels; i++ {
		fine, half := &c.levels[i-1], &c.levels[i]
		for y := range half.h {
			row := half.now[y*half.w:][:half.w]
			upper, lower := fine.now[2*y*fine.w:][:2*half.w], fine.now[(2*y+1)*fine.w:][:2*half.w]
			for x := range row {
				row[x] = (upper[2*x] + upper[2*x+1] + lower[2*x] + lower[2*x+1]) / 4
			}
		}
	}
}

// hide masks the cells of boxes.
func (c *camera) hide(boxes ...tracker.Box) {
	for i := range c.levels {
		l, step := &c.levels[i], c.step*float64(int(1)<<i)
		for k := range l.mask {
			l.mask[k] = -1
		}
		for _, b := range boxes {
			x0, x1 := max(int(b.X/step), 0), min(int((b.X+b.W)/step)+1, l.w)
			y0, y1 := max(int(b.Y/step), 0), min(int((b.Y+b.H)/step)+1, l.h)
			for y := y0; y < y1 && x0 < x1; y++ {
				clear(l.mask[y*l.w+x0 : y*l.w+x1])
			}
		}
	}
}

// difference is the variance of the difference between a picture and the kept one moved by (dx, dy), where both are and
// the first is not masked: a light that goes on is no motion. It is infinite where that is less than a quarter of it.
func (l *level) difference(dx, dy int) float64 {
	x0, x1 := max(0, dx), min(l.w, l.w+dx)
	if x0 >= x1 {
		return math.Inf(1)
	}
	var sum, squares, n int64
	for y := max(0, dy); y < min(l.h, l.h+dy); y++ {
		a := l.now[y*l.w+x0 : y*l.w+x1]
		b, mask := l.last[(y-dy)*l.w+x0-dx:][:len(a)], l.mask[y*l.w+x0:][:len(a)]
		rowSum, rowSquares, seen := int32(0), int32(0), int32(0)
		for i, v := range a {
			d := (v - b[i]) & mask[i]
			rowSum, rowSquares, seen = rowSum+d, rowSquares+d*d, seen-mask[i]
		}
		sum, squares, n = sum+int64(rowSum), squares+int64(rowSquares), n+int64(seen)
	}
	if 4*n < int64(l.w*l.h) {
		return math.Inf(1)
	}
	mean := float64(sum) / float64(n)
	return float64(squares)/float64(n) - mean*mean
}
