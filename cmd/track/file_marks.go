package main

import (
	"fmt"

	"siamtrack/internal/record"
	"siamtrack/tracker"
)

// marks returns the boxes of --init-file with which --correct corrects the track of its only target, the first one
// before them; none without --correct. (Without being asked that would make a good track of every file of true boxes.)
func (f *fileFlags) marks(starts []tracker.Start) ([]tracker.Start, error) {
	switch {
	case !f.correct:
		return nil, nil
	case f.initFile == "":
		return nil, usagef("--correct: the corrections are the boxes of --init-file in later frames")
	case len(starts) != 1:
		return nil, usagef("--correct: only one target can be corrected, %s has %d", f.initFile, len(starts))
	}
	rows, err := record.ReadFile(f.initFile)
	if err != nil {
		return nil, fmt.Errorf("--init-file: %w", err)
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
	if len(marks) < 2 {
		return nil, usagef("--correct: %s has no box in a frame after %d", f.initFile, starts[0].Frame)
	}
	return marks, nil
}
