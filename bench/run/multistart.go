package run

import (
	"context"
	"fmt"
	"slices"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/region"
	"siamtrack/tracker"
)

// multiStart runs the multi-start experiment: from each anchor to the sequence's end, or back to its begin.
func (r *runner) multiStart(ctx context.Context, t tracker.Tracker, s *dataset.Sequence, files []string) error {
	anchors := s.Starts()
	if len(anchors) == 0 {
		return fmt.Errorf("no anchor.value with a start in it: %w", folder.ErrUse)
	}
	var seconds []float64
	for _, a := range anchors {
		part := files[a.Frame:]
		if a.Backward {
			part = slices.Clone(files[:a.Frame+1])
			slices.Reverse(part)
		}
		p, err := r.once(ctx, t, s, part, shape(s, a.Frame).Upright())
		if err != nil {
			return fmt.Errorf("start at frame %d: %w", a.Frame+1, err)
		}
		if err := folder.WriteRegions(r.files.Start(s.Name, a.Frame), trajectory(p.boxes)); err != nil {
			return err
		}
		seconds = append(seconds, p.seconds...)
	}
	return folder.WriteTimes(r.files.Times(s.Name), seconds)
}

// unsupervised runs VOT's experiments without resets, the long-term one too: its confidences are the point of it.
func (r *runner) unsupervised(ctx context.Context, t tracker.Tracker, s *dataset.Sequence, files []string) error {
	var first *pass
	for i := range r.Repeat {
		p, err := r.once(ctx, t, s, files, shape(s, 0).Upright())
		if err != nil {
			return err
		}
		if first == nil {
			first = p
		} else if !slices.Equal(first.boxes, p.boxes) {
			if err := r.differ(s); err != nil {
				return err
			}
		}
		if err := folder.WriteRegions(r.files.Track(s.Name, i), trajectory(p.boxes)); err != nil {
			return err
		}
	}
	if err := folder.WriteConfidence(r.files.Confidence(s.Name), first.confidence); err != nil {
		return err
	}
	return folder.WriteTimes(r.files.Times(s.Name), first.seconds)
}

// trajectory is a run's boxes as VOT writes them, with the code of a start in the first place.
func trajectory(boxes []tracker.Box) []region.Region {
	out := make([]region.Region, len(boxes))
	for i, b := range boxes {
		out[i] = region.FromBox(b)
	}
	out[0] = region.FromCode(region.Init)
	return out
}
