package score

import (
	"fmt"
	"path/filepath"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/metric"
	"siamtrack/bench/region"
)

// anchorFile is the path, without extension, of a run's trajectory.
func anchorFile(dir, name string, frame int) string {
	return filepath.Join(dir, fmt.Sprintf("%s_%08d", name, frame))
}

// multiStart reads and scores one sequence of the multi-start experiment.
func (v votScorer) multiStart(s *dataset.Sequence, root string) (part, error) {
	regions, bounds, err := truth(s)
	if err != nil {
		return part{}, err
	}
	anchors := s.Starts()
	if len(anchors) == 0 {
		return part{}, fmt.Errorf("no anchor.value with a start in it: %w", ErrOptions)
	}
	dir := filepath.Join(root, "multistart", s.Name) // a stack may call the experiment so
	if !isDir(dir) {
		dir = filepath.Join(root, "baseline", s.Name)
	}
	var runs []metric.Run
	for _, a := range anchors {
		path := anchorFile(dir, s.Name, a.Frame)
		t, err := folder.ReadRegions(path)
		if err != nil {
			return part{}, err
		}
		want := regions[a.Frame:]
		if a.Backward {
			want = reversed(regions[:a.Frame+1])
		}
		if len(t) != len(want) {
			return part{}, regionsError(path, len(t), len(want))
		}
		runs = append(runs, metric.Run{Trajectory: t, Truth: want, Bounds: bounds})
	}
	p := part{}
	if err := p.readTimes(dir, s.Name, 0); err != nil {
		return p, err
	}
	for _, a := range anchors {
		times, err := folder.ReadTimes(anchorFile(dir, s.Name, a.Frame) + "_time.value")
		if err == nil {
			p.addTimes(times, false)
		} else if !isMissing(err) {
			return p, err
		}
	}
	if p.vot.multi, err = metric.NewMultiStart(runs, len(regions), v.interval.High); err != nil {
		return p, err
	}
	p.Measures, _, err = v.poolMultiStart([]part{p})
	p.Measures.EAO = nil
	return p, err
}

// reversed returns the regions in the opposite order.
func reversed(in []region.Region) []region.Region {
	out := make([]region.Region, len(in))
	for i, r := range in {
		out[len(in)-1-i] = r
	}
	return out
}

// poolMultiStart joins sequences.
func (v votScorer) poolMultiStart(parts []part) (Measures, Curves, error) {
	all := make([]metric.MultiStart, len(parts))
	for i, p := range parts {
		all[i] = p.vot.multi
	}
	a, r, curve := metric.PoolMultiStart(all)
	m := Measures{Accuracy: ptr(a), Robustness: ptr(r), EAO: ptr(v.interval.Score(curve, metric.VOTPython))}
	poolSpeed(parts, &m)
	return m, Curves{EAO: curve}, nil
}
