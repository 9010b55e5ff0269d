package main

import (
	"fmt"

	"siamtrack/internal/record"
	"siamtrack/tracker"
)

// marks returns the boxes of --init-file that correct the track of its only target, the first one before them; none
// where they do not. With --correct, which told says was given, they are all its boxes in later frames. Without it they
// are those of a file that numbers or names its target and says where it is here and there, never in two frames in a
// row: that is no track, and (being of no use otherwise) no file of true boxes that --truth compares with.
func (f *fileFlags) marks(starts []tracker.Start, told bool) ([]tracker.Start, error) {
	switch {
	case f.initFile == "" && f.correct:
		return nil, usagef("--correct: the corrections are the boxes of --init-file in later frames")
	case f.initFile == "" || told && !f.correct || !f.correct && (len(starts) != 1 || f.alone()):
		return nil, nil
	case len(starts) != 1:
		return nil, usagef("--correct: only one target can be corrected, %s has %d", f.initFile, len(starts))
	}
	rows, err := record.ReadFile(f.initFile)
	if err != nil {
		return nil, fmt.Errorf("--init-file: %w", err)
	}
	if !f.correct && !hereAndThere(rows) {
		return nil, nil
	}
	marks := []tracker.Start{starts[0]}
	for _, r := range rows {
		if r.Frame <= starts[0].Frame || !r.Box.Finite() || r.State == tracker.Lost || f.end > 0 && r.Frame > f.end {
			continue
		}
		mark := starts[0]
		mark.Frame, mark.Box = r.Frame, r.Box
		marks = append(marks, mark)
	}
	switch {
	case len(marks) > 1:
		return marks, nil
	case f.correct:
		return nil, usagef("--correct: %s has no box in a frame after %d", f.initFile, starts[0].Frame)
	}
	return nil, nil
}

// alone reports whether something was asked for that corrections would spoil.
func (f *fileFlags) alone() bool { return f.truth != "" || f.response.folder != "" }

// hereAndThere reports whether rows are of one target that has a number or a name, and no two of them of neighbouring
// frames.
func hereAndThere(rows []record.Row) bool {
	frames := map[int]bool{}
	for _, r := range rows {
		frames[r.Frame] = true
	}
	for _, r := range rows {
		if r.ID == 0 && r.Name == "" || frames[r.Frame+1] {
			return false
		}
	}
	return true
}
