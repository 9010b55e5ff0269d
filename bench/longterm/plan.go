// Package longterm makes sequences of VOT's long-term kind from shorter ones, whose target never leaves for long: a
// window smaller than the frame wanders about the target, and now and then there is another scene, or the window turns
// away, and the target is back at another place. What is made depends on the sequences and the seed alone.
package longterm

import (
	"errors"
	"fmt"
	"image"
	"math"
	"math/rand/v2"

	"siamtrack/bench/dataset"
	"siamtrack/internal/plural"
	"siamtrack/tracker"
)

// ErrUnfit is wrapped by the error of sequences, or of Options, from which nothing can be made.
var ErrUnfit = errors.New("no long-term sequence can be made")

// Options says what is made. The zero value is not valid.
type Options struct {
	// Frames is the length of each sequence that is made, Gaps how many times its target is gone.
	Frames, Gaps int
	// Seed chooses when it is gone, for how long, and how the window moves.
	Seed uint64
}

// The plan's constants, in frames but for the first two.
const (
	// share is the window's part of the frame's width and height.
	share = 0.5
	// leastSeen is the visible part of a box below which its target counts as absent.
	leastSeen = 1.0 / 3
	// A gap is from minGap to maxGap long, a stay between two of them at least minStay, and the window needs turning to
	// turn away.
	minGap, maxGap, minStay, turning = 40, 130, 25, 15
)

// source is a sequence that is played forwards and backwards for ever, over the frames in which its target is known.
type source struct {
	name          string
	files         []string
	truth         []tracker.Box
	first, length int
	size          image.Point // of its frames
}

// newSource finds what of a sequence can be used.
func newSource(s *dataset.Sequence) (source, error) {
	files, err := s.Frames()
	if err != nil {
		return source{}, err
	}
	w, h, err := s.Size()
	if err != nil {
		return source{}, err
	}
	src := source{name: s.Name, files: files, size: image.Pt(w, h)}
	src.truth = append(src.truth, s.Truth[:min(len(s.Truth), len(files))]...)
	for i := range src.truth {
		if i < len(s.Absent) && s.Absent[i] || src.truth[i].Empty() {
			src.truth[i] = nowhere
		}
	}
	for src.first < len(src.truth) && src.truth[src.first].Empty() {
		src.first++
	}
	src.length = len(src.truth) - src.first
	window := src.window()
	switch {
	case src.length < 2:
		return src, fmt.Errorf("longterm: sequence %s: %w: its target is known in fewer than two frames", s.Name, ErrUnfit)
	case window.X < 32 || window.Y < 32:
		return src, fmt.Errorf("longterm: sequence %s: %w: frames of %dx%d are too small", s.Name, ErrUnfit, w, h)
	case src.truth[src.first].W > 0.8*float64(window.X) || src.truth[src.first].H > 0.8*float64(window.Y):
		return src, fmt.Errorf("longterm: sequence %s: %w: its target fills the window of %dx%d, half of the frame",
			s.Name, ErrUnfit, window.X, window.Y)
	}
	return src, nil
}

// nowhere is the truth of an absent target.
var nowhere = tracker.Box{X: math.NaN(), Y: math.NaN(), W: math.NaN(), H: math.NaN()}

// window is the size of the pictures that are made: even, as videos need it.
func (s source) window() image.Point {
	side := func(v int) int { return int(share*float64(v)) &^ 1 }
	return image.Pt(side(s.size.X), side(s.size.Y))
}

// frame is the number of the source's frame at a time.
func (s source) frame(t int) int {
	period := 2 * (s.length - 1)
	if t %= period; t >= s.length {
		t = period - t
	}
	return s.first + t
}

// moment is what one frame of a long sequence shows: of the source, what is in the window, or else a frame of the other
// scene, in which there is no target.
type moment struct {
	other  bool
	frame  int
	window image.Rectangle
	truth  tracker.Box // in the window; nowhere where it is absent
}

// plan says for each frame of a long sequence what it shows. Other is the scene of its cuts.
func plan(src, other source, o Options, number int) ([]moment, error) {
	rng := rand.New(rand.NewPCG(o.Seed, uint64(number)))
	stays, gaps, err := spans(rng, o)
	if err != nil {
		return nil, err
	}
	moments := make([]moment, 0, o.Frames)
	now := newPath(rng, src)
	for i, stay := range stays {
		for range stay {
			t := len(moments)
			moments = append(moments, seen(src, t, now.at(src, t)))
		}
		if i == len(gaps) {
			break
		}
		next := newPath(rng, src)
		begin := rng.IntN(2 * other.length) // drawn whether it is used or not: each gap takes as many numbers
		away, can := turned(src, len(moments), gaps[i])
		turn := rng.IntN(2) == 1 && can
		for k := range gaps[i] {
			t := len(moments)
			if turn {
				moments = append(moments, seen(src, t, between(now.at(src, t), away, next.at(src, t), k, gaps[i])))
			} else {
				moments = append(moments, moment{other: true, frame: other.frame(begin + k), truth: nowhere})
			}
		}
		now = next
	}
	return moments, nil
}

// Check returns an error that wraps ErrUnfit where there are no frames or gaps, or the frames have no room for the
// gaps, each as long as one can be.
func (o Options) Check() error {
	if o.Gaps < 1 || o.Frames < 1 {
		return fmt.Errorf("longterm: %w: %d frames with %d gaps, where each is at least 1", ErrUnfit, o.Frames, o.Gaps)
	}
	if most := (o.Frames - minStay) / (minStay + maxGap); o.Gaps > most {
		return fmt.Errorf("longterm: %w: %d frames have room for %s at most, not for %d",
			ErrUnfit, o.Frames, plural.Of(max(0, most), "gap"), o.Gaps)
	}
	return nil
}

// spans draws how long the target stays and is gone, in turns: there is one stay more.
func spans(rng *rand.Rand, o Options) (stays, gaps []int, err error) {
	if err := o.Check(); err != nil {
		return nil, nil, err
	}
	left := o.Frames - minStay*(o.Gaps+1)
	for range o.Gaps {
		gap := minGap + rng.IntN(maxGap-minGap+1)
		gaps, left = append(gaps, gap), left-gap
	}
	parts, sum := make([]float64, o.Gaps+1), 0.0
	for i := range parts {
		parts[i] = 0.5 + rng.Float64()
		sum += parts[i]
	}
	rest := left
	for _, part := range parts {
		more := int(float64(left) * part / sum)
		stays, rest = append(stays, minStay+more), rest-more
	}
	stays[o.Gaps] += rest
	return stays, gaps, nil
}

// path is how a window wanders about its target: a Lissajous figure.
type path struct{ x, y, phaseX, phaseY, periodX, periodY float64 }

// newPath draws one.
func newPath(rng *rand.Rand, src source) path {
	draw := func(low, high float64) float64 { return low + (high-low)*rng.Float64() }
	w := src.window()
	return path{
		x: draw(0.15, 0.4) * float64(w.X), y: draw(0.15, 0.4) * float64(w.Y),
		phaseX: draw(0, 2*math.Pi), phaseY: draw(0, 2*math.Pi), periodX: draw(90, 240), periodY: draw(90, 240),
	}
}

// at is the window at a time: inside the frame, and the target inside it, as far as that can be.
func (p path) at(src source, t int) image.Point {
	box, w := src.truth[src.frame(t)], src.window()
	if box.Empty() {
		box = src.nearest(t)
	}
	place := func(middle, side, swing, phase, period float64, window, frame int) int {
		room := math.Max(0, (float64(window)-side)/2-2)
		off := max(-room, min(room, swing*math.Sin(2*math.Pi*float64(t)/period+phase)))
		return max(0, min(frame-window, int(math.Round(middle+off-float64(window)/2))))
	}
	cx, cy := box.Center()
	return image.Pt(place(cx, box.W, p.x, p.phaseX, p.periodX, w.X, src.size.X),
		place(cy, box.H, p.y, p.phaseY, p.periodY, w.Y, src.size.Y))
}

// nearest is the box of the frame before t in which the target is known.
func (s source) nearest(t int) tracker.Box {
	for i := s.frame(t); i >= s.first; i-- {
		if !s.truth[i].Empty() {
			return s.truth[i]
		}
	}
	return s.truth[s.first]
}

// turned returns a corner of the frame in which a window sees nothing of the target while it is turned away.
func turned(src source, from, gap int) (image.Point, bool) {
	w := src.window()
	far := src.size.Sub(w)
	for _, at := range []image.Point{{}, {X: far.X}, {Y: far.Y}, far} {
		clear := true
		for t := from + turning; t < from+gap-turning; t++ {
			b := src.nearest(t)
			clear = clear && moved(b, at).Clip(w.X, w.Y).Empty()
		}
		if clear {
			return at, true
		}
	}
	return image.Point{}, false
}

// moved is a box as a window at a point sees it.
func moved(b tracker.Box, at image.Point) tracker.Box {
	b.X, b.Y = b.X-float64(at.X), b.Y-float64(at.Y)
	return b
}

// between is a window that turns from here to away and on to there, at frame k of a gap.
func between(here, away, there image.Point, k, gap int) image.Point {
	to := here
	part := 1 - float64(k+1)/turning
	if k >= gap-turning {
		to, part = there, 1-float64(gap-1-k)/turning
	}
	part = max(0, part)
	mix := func(a, b int) int { return int(math.Round(float64(a) + part*float64(b-a))) }
	return image.Pt(mix(away.X, to.X), mix(away.Y, to.Y))
}

// seen is what a window at a point shows of the source.
func seen(src source, t int, at image.Point) moment {
	w, i := src.window(), src.frame(t)
	m := moment{frame: i, window: image.Rectangle{Max: w}.Add(at), truth: nowhere}
	if b := src.truth[i]; !b.Empty() {
		if inside := moved(b, at).Clip(w.X, w.Y); inside.Area() >= leastSeen*b.Area() {
			m.truth = inside
		}
	}
	return m
}
