package score

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"siamtrack/bench/dataset"
)

// evaluateOne scores one tracker.
func evaluateOne(ctx context.Context, d *dataset.Dataset, e Entry, p protocol, o Options) (*Tracker, error) {
	t := &Tracker{Name: e.Name, Dir: e.Dir}
	t.readAbout()
	parts, err := scoreSequences(ctx, d, t, p, o)
	if err != nil {
		return nil, err
	}
	var kept []part
	for i, pt := range parts {
		if pt == nil {
			t.Missing = append(t.Missing, d.Sequences[i].Name)
			continue
		}
		kept = append(kept, *pt)
		if pt.note != "" {
			t.Adjusted = append(t.Adjusted, pt.Name+": "+pt.note)
		}
		t.Sequences = append(t.Sequences, pt.Sequence)
	}
	if len(kept) == 0 {
		return nil, fmt.Errorf("none of the %d sequences has a result in %s", len(parts), e.Dir)
	}
	if t.Measures, t.Curves, err = p.pool(kept); err != nil {
		return nil, err
	}
	if t.Timing != nil && t.Timing.CPUShare > 0 {
		t.CPUShare = &t.Timing.CPUShare
	}
	if t.Attributes, err = byAttribute(kept, p); err != nil {
		return nil, err
	}
	for tag, m := range byTag(kept) {
		t.Attributes[tag] = m
	}
	return t, nil
}

// scoreSequences scores a tracker's sequences side by side; nil stands for one that has no result, where that is
// allowed.
func scoreSequences(ctx context.Context, d *dataset.Dataset, t *Tracker, p protocol, o Options) ([]*part, error) {
	untimed := t.About != nil && !t.About.Timing
	parts := make([]*part, len(d.Sequences))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(o.Jobs)
	for i := range d.Sequences {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			s := &d.Sequences[i]
			pt, err := p.one(s, t.Dir)
			if isMissing(err) && (o.SkipMissing || o.Tolerant) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("sequence %s: %w", s.Name, err)
			}
			pt.seq, pt.Name, pt.Frames = s, s.Name, s.Len()
			if untimed {
				pt.dropSpeed()
			}
			parts[i] = &pt
			return nil
		})
	}
	return parts, g.Wait()
}
