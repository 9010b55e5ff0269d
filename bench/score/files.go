package score

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"siamtrack/bench/dataset"
	"siamtrack/bench/metric"
	"siamtrack/internal/plural"
	"siamtrack/internal/record"
	"siamtrack/tracker"
)

// Files scores tracks in files against the truth in another, each in any format that record.Read knows. Boxes belong to
// each other by their frames; frames of which the truth says nothing do not count, and those of which a track says
// nothing count as missed, which Adjusted says. Where the files say no frames, lengths have to be equal, or Tolerant. A
// file with several targets in a frame is an error.
func Files(ctx context.Context, truth string, tracks []string, o Options) (*Evaluation, error) {
	if o.Convention == "" {
		o.Convention = metric.GOT10k
	}
	known, err := readOne(ctx, truth)
	if err != nil {
		return nil, fmt.Errorf("score: truth: %w", err)
	}
	d := &dataset.Dataset{Name: stem(truth), Format: dataset.Plain, Root: truth,
		Sequences: []dataset.Sequence{{Name: stem(truth)}}}
	ev := &Evaluation{Dataset: d.Name, Format: d.Format, Protocol: "one-pass evaluation", Convention: string(o.Convention),
		Sequences: 1, Frames: len(known), data: d}
	for _, path := range tracks {
		t, err := scoreFile(ctx, known, path, ev.Dataset, o)
		if err != nil {
			return nil, fmt.Errorf("score: %w", err)
		}
		for slices.ContainsFunc(ev.Trackers, func(other Tracker) bool { return other.Name == t.Name }) {
			t.Name += "'"
		}
		ev.Trackers = append(ev.Trackers, *t)
	}
	rank := func(m Measures) *float64 { return m.SuccessAUC }
	slices.SortStableFunc(ev.Trackers, func(a, b Tracker) int { return compare(rank(b.Measures), rank(a.Measures)) })
	return ev, nil
}

// readOne reads the track of one target: boxes find each other by their frames alone.
func readOne(ctx context.Context, path string) ([]record.Row, error) {
	rows, err := record.ReadFile(ctx, path)
	if err != nil {
		return nil, err
	}
	seen := make(map[int]bool, len(rows))
	for _, r := range rows {
		if seen[r.Frame] {
			return nil, fmt.Errorf("%s: %w: several targets in frame %d: keep one target's rows, or score several as a dataset "+
				"in MOTChallenge's layout", path, record.ErrFormat, r.Frame)
		}
		seen[r.Frame] = true
	}
	return rows, nil
}

// stem is a file's name without its folder and extension.
func stem(path string) string { return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) }

// scoreFile scores one track.
func scoreFile(ctx context.Context, known []record.Row, path, sequence string, o Options) (*Tracker, error) {
	rows, err := readOne(ctx, path)
	if err != nil {
		return nil, err
	}
	s := &dataset.Sequence{Name: sequence}
	for _, r := range known {
		s.Truth = append(s.Truth, r.Box)
	}
	var track metric.Track
	var said string
	switch {
	case !everyFrame(known) || !everyFrame(rows):
		track, said = align(known, rows, s.Truth)
		if len(track.Boxes) == 0 {
			return nil, fmt.Errorf("%s: none of its %d boxes is of a frame of the truth: %w", path, len(rows), metric.ErrLength)
		}
	case o.Tolerant:
		track, said = fit(boxesOf(rows), s, o.Convention)
	default:
		track = metric.Track{Boxes: boxesOf(rows), Truth: s.Truth}
	}
	p := part{seq: s, note: said}
	if p.ope, err = metric.OnePass(track, o.Convention); err != nil {
		return nil, trackError(path, len(rows), len(known), err)
	}
	if p.overlaps, err = metric.Overlaps(track, 0, 0); err != nil {
		return nil, trackError(path, len(rows), len(known), err)
	}
	t := &Tracker{Name: stem(path), Dir: filepath.Dir(path)}
	if t.Measures, t.Curves, err = poolOPE([]part{p}); err != nil {
		return nil, err
	}
	p.Sequence = Sequence{Name: sequence, Frames: len(track.Truth), Measures: t.Measures,
		Overlaps: frameOverlaps(track.Boxes, &dataset.Sequence{Truth: track.Truth}), Boxes: track.Boxes}
	t.Sequences = []Sequence{p.Sequence}
	if said != "" {
		t.Adjusted = []string{stem(path) + ": " + said}
	}
	return t, nil
}

// everyFrame reports whether rows count 0, 1, 2 ...
func everyFrame(rows []record.Row) bool {
	for i, r := range rows {
		if r.Frame != i {
			return false
		}
	}
	return true
}

// boxesOf are the rows' boxes.
func boxesOf(rows []record.Row) []tracker.Box {
	out := make([]tracker.Box, len(rows))
	for i, r := range rows {
		out[i] = r.Box
	}
	return out
}

// align takes, for each frame of the truth in order, the track's box of that frame, NaN where it has none. It returns
// no boxes where no frame is in both.
func align(known, rows []record.Row, truth []tracker.Box) (metric.Track, string) {
	of := make(map[int]tracker.Box, len(rows))
	for _, r := range rows {
		of[r.Frame] = r.Box
	}
	t := metric.Track{Truth: truth}
	missed := 0
	for _, k := range known {
		b, ok := of[k.Frame]
		if !ok {
			b = noBox()
			missed++
		}
		t.Boxes = append(t.Boxes, b)
	}
	if missed == len(known) {
		return metric.Track{}, ""
	}
	if missed == 0 {
		return t, ""
	}
	return t, fmt.Sprintf("no box of %d of the truth's %s: counted as missed", missed, plural.Of(len(known), "frame"))
}

// noBox is the box of nothing.
func noBox() tracker.Box {
	nan := math.NaN()
	return tracker.Box{X: nan, Y: nan, W: nan, H: nan}
}
