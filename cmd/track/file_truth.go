package main

import (
	"context"
	"errors"
	"fmt"

	"siamtrack/internal/follow"
	"siamtrack/internal/record"
	"siamtrack/tracker"
)

// truth is what is known of one target, and how its track compares with it.
type truth struct {
	label string // empty where there is one target
	*follow.Truth
}

// readTruth returns a sink for each target that --truth knows boxes of, none without it. A file that names no targets,
// or one, is of the only target; in any other they have the names or numbers by which they are followed.
func (f *fileFlags) readTruth(ctx context.Context, p part) ([]truth, error) {
	if f.truth == "" {
		return nil, nil
	}
	rows, err := record.ReadFile(ctx, f.truth)
	if err != nil {
		return nil, fmt.Errorf("--truth: %w", err)
	}
	known := map[string]map[int]tracker.Box{}
	for _, r := range rows {
		label := ""
		if r.ID != 0 || r.Name != "" {
			label = tracker.Start{ID: r.ID, Name: r.Name}.Label()
		}
		if known[label] == nil {
			known[label] = map[int]tracker.Box{}
		}
		known[label][r.Frame] = r.Box
	}
	if !p.several() && len(known) == 1 {
		for _, boxes := range known {
			return []truth{{"", follow.NewTruth(0, boxes)}}, nil
		}
	}
	var out []truth
	for _, s := range p.starts {
		if boxes := known[s.Label()]; boxes != nil {
			out = append(out, truth{s.Label(), follow.NewTruth(s.ID, boxes)})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("--truth %s: %w", f.truth, errors.New("it names no target that is followed"))
	}
	return out, nil
}
