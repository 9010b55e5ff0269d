// Package mot scores trackers of several targets at once: HOTA (Luiten et al., IJCV 2021), MOTA and MOTP (Bernardin and
// Stiefelhagen, 2008) and IDF1 (Ristani et al., 2016), as TrackEval and py-motmetrics compute them, and reads
// MOTChallenge's files. It opens no pictures and runs nothing.
//
// Boxes are taken as files give them: MOTChallenge counts pixels from 1, in truth and tracks alike, so that the offset
// cancels.
package mot

import (
	"errors"
	"fmt"

	"siamtrack/tracker"
)

// Role says what a box of the truth counts for.
type Role int

// The roles. What a tracker says of a Distractor counts neither for it nor against it (a person in a mirror); an
// Ignored one is no target, and who follows it errs.
const (
	Counted Role = iota
	Ignored
	Distractor
)

// Object is one box of a frame. No other of the frame has its ID.
type Object struct {
	ID   int
	Box  tracker.Box
	Role Role // of the truth; a tracker's are Counted
}

// Video is what a tracker said of a video, beside the truth: the objects of each frame, Truth as many frames as Tracks.
type Video struct {
	Truth, Tracks [][]Object
}

// ErrVideo is wrapped by the error of objects that cannot be scored.
var ErrVideo = errors.New("not a video's tracks")

// Toolkit names the toolkit whose rules are followed where two differ: in how CLEAR's matches are carried from frame to
// frame.
type Toolkit string

// TrackEval (JonathonLuiten/TrackEval 1.3) keeps a match of the frame before where both boxes still overlap, as far as
// that gives the best sum of overlaps; MotMetrics (py-motmetrics 1.4) keeps the last one of each target, however old.
const (
	TrackEval  Toolkit = "trackeval"
	MotMetrics Toolkit = "motmetrics"
)

// minOverlap is the intersection over union from which two boxes can match in CLEAR and the identity measures.
const minOverlap = 0.5

// eps is numpy's finfo(float).eps, by which TrackEval's thresholds are lower.
const eps = 0x1p-52

// frame is one frame to be matched: indices of targets and tracks, and the overlap of each pair, a row a target.
type frame struct {
	targets, tracks []int
	overlaps        matrix
}

// scene is a Video with its targets and tracks numbered from 0, without what does not count.
type scene struct {
	frames []frame
	ids    []int // of targets, in the order of their numbers
	// targets and tracks have the number of boxes of each.
	targets, tracks []int
}

// newScene computes the overlaps, and leaves out what MOTChallenge's rules leave out: tracks that match a Distractor
// best, and truth that is not Counted.
func newScene(v Video) (*scene, error) {
	if len(v.Truth) != len(v.Tracks) {
		return nil, fmt.Errorf("mot: tracks of %d frames, truth of %d: %w", len(v.Tracks), len(v.Truth), ErrVideo)
	}
	s := &scene{}
	targets, tracks := numbers{}, numbers{}
	for i := range v.Truth {
		if err := errors.Join(unique(v.Truth[i], "truth"), unique(v.Tracks[i], "tracks")); err != nil {
			return nil, fmt.Errorf("mot: frame %d: %w", i+1, err)
		}
		truth, said, overlaps := relevant(v.Truth[i], v.Tracks[i])
		f := frame{overlaps: overlaps}
		for _, o := range truth {
			n := targets.of(o.ID)
			if n == len(s.ids) {
				s.ids, s.targets = append(s.ids, o.ID), append(s.targets, 0)
			}
			s.targets[n]++
			f.targets = append(f.targets, n)
		}
		for _, o := range said {
			n := tracks.of(o.ID)
			if n == len(s.tracks) {
				s.tracks = append(s.tracks, 0)
			}
			s.tracks[n]++
			f.tracks = append(f.tracks, n)
		}
		s.frames = append(s.frames, f)
	}
	return s, nil
}

// numbers gives each ID the next number.
type numbers map[int]int

// of is the number of an ID.
func (n numbers) of(id int) int {
	k, ok := n[id]
	if !ok {
		k = len(n)
		n[id] = k
	}
	return k
}

// unique refuses two objects of one ID, and a box with a NaN.
func unique(objects []Object, what string) error {
	seen := make(map[int]bool, len(objects))
	for _, o := range objects {
		if seen[o.ID] {
			return fmt.Errorf("%s: id %d twice: %w", what, o.ID, ErrVideo)
		}
		if !o.Box.Finite() {
			return fmt.Errorf("%s: id %d: a box with a NaN or an infinity: %w", what, o.ID, ErrVideo)
		}
		seen[o.ID] = true
	}
	return nil
}

// relevant returns the objects that count and their overlaps.
func relevant(truth, said []Object) (targets, tracks []Object, overlaps matrix) {
	all := newMatrix(len(truth), len(said))
	plain := true
	for i, g := range truth {
		plain = plain && g.Role == Counted
		for j, o := range said {
			all.set(i, j, overlap(g.Box, o.Box))
		}
	}
	if plain {
		return truth, said, all
	}
	near := newMatrix(all.rows, all.cols)
	for i := range near.values {
		if all.values[i] >= minOverlap-eps {
			near.values[i] = -all.values[i]
		}
	}
	left := make([]bool, len(said))
	for i, j := range assign(near) {
		if j >= 0 && near.at(i, j) < 0 && truth[i].Role == Distractor {
			left[j] = true
		}
	}
	var rows, cols []int
	for i, g := range truth {
		if g.Role == Counted {
			targets, rows = append(targets, g), append(rows, i)
		}
	}
	for j, o := range said {
		if !left[j] {
			tracks, cols = append(tracks, o), append(cols, j)
		}
	}
	return targets, tracks, all.part(rows, cols)
}

// overlap is TrackEval's intersection over union: of corners, and 0 where either box has no area.
func overlap(a, b tracker.Box) float64 {
	ax, ay, bx, by := a.X+a.W, a.Y+a.H, b.X+b.W, b.Y+b.H
	inter := max(min(ax, bx)-max(a.X, b.X), 0) * max(min(ay, by)-max(a.Y, b.Y), 0)
	areaA, areaB := float64((ax-a.X)*(ay-a.Y)), float64((bx-b.X)*(by-b.Y))
	union := areaA + areaB - inter
	if areaA <= eps || areaB <= eps || union <= eps {
		return 0
	}
	return inter / union
}
