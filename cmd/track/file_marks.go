package main

import (
	"slices"

	"siamtrack/internal/record"
	"siamtrack/tracker"
)

// marks returns the boxes of --init-file that correct the tracks of its targets, the first ones before them; none
// where they do not. With --correct, which told says was given, they are all boxes in later frames. Without it they
// are those of a file that numbers or names its targets and says where each is here and there, never in two frames in a
// row: that is no track, and (being of no use otherwise) no file of true boxes that --truth compares with.
func (f *fileFlags) marks(read initRows, starts []tracker.Start, told bool) ([]tracker.Start, error) {
	switch {
	case f.initFile == "" && f.correct:
		return nil, usagef("--correct: the corrections are the boxes of --init-file in later frames")
	case f.initFile == "" || told && !f.correct || !f.correct && f.alone():
		return nil, nil
	}
	rows, err := read()
	if err != nil {
		return nil, err
	}
	if !f.correct && !hereAndThere(rows) {
		return nil, nil
	}
	marks := slices.Clone(starts)
	for _, r := range rows {
		mark, ok := startOf(r, rows, starts)
		if !ok || r.Frame <= mark.Frame || !r.Box.Finite() || r.State == tracker.Lost || f.end > 0 && r.Frame > f.end {
			continue
		}
		mark.Frame, mark.Box = r.Frame, r.Box
		marks = append(marks, mark)
	}
	switch {
	case len(marks) > len(starts):
		return marks, nil
	case f.correct && len(starts) == 1:
		return nil, usagef("--correct: %s has no box in a frame after %d", f.initFile, starts[0].Frame)
	case f.correct:
		return nil, usagef("--correct: %s has no target with boxes in several frames", f.initFile)
	}
	return nil, nil
}

// startOf returns where the target of a row begins: one that has no number in the file was given one that no row has.
func startOf(r record.Row, rows []record.Row, starts []tracker.Start) (tracker.Start, bool) {
	for _, s := range starts {
		own := func(r record.Row) bool { return r.ID == s.ID && r.Name == s.Name }
		if own(r) || r.ID == 0 && r.Name == s.Name && !slices.ContainsFunc(rows, own) {
			return s, true
		}
	}
	return tracker.Start{}, false
}

// alone reports whether something was asked for that corrections would spoil.
func (f *fileFlags) alone() bool { return f.truth != "" || f.response.folder != "" }

// hereAndThere reports whether rows are of targets that have a number or a name, and no two of a target are of
// neighbouring frames.
func hereAndThere(rows []record.Row) bool {
	type place struct {
		id, frame int
		name      string
	}
	met := map[place]bool{}
	for _, r := range rows {
		met[place{r.ID, r.Frame, r.Name}] = true
	}
	for _, r := range rows {
		if r.ID == 0 && r.Name == "" || met[place{r.ID, r.Frame + 1, r.Name}] {
			return false
		}
	}
	return true
}
