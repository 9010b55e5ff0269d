package score

import (
	"fmt"
	"math"
	"path/filepath"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/metric"
	"siamtrack/bench/region"
)

// longTerm reads one sequence of the long-term experiment, from longterm/ or, as the toolkit names it, unsupervised/.
func (v votScorer) longTerm(s *dataset.Sequence, root string) (part, error) {
	regions, bounds, err := truth(s)
	if err != nil {
		return part{}, err
	}
	dir := filepath.Join(root, "longterm", s.Name)
	if !isDir(dir) {
		dir = filepath.Join(root, "unsupervised", s.Name)
	}
	ts, err := trajectories(dir, s.Name, len(regions))
	if err != nil {
		return part{}, err
	}
	path := filepath.Join(dir, s.Name+"_001_confidence.value")
	confidence, err := folder.ReadConfidence(path)
	if err != nil {
		return part{}, err
	}
	if len(confidence) != len(regions) {
		return part{}, folder.LengthError(path, len(confidence), len(regions),
			fmt.Errorf("%d values for %d frames: %w", len(confidence), len(regions), metric.ErrLength))
	}
	p := part{}
	p.vot.long = metric.LongTerm{Trajectory: ts[0], Truth: regions, Confidence: confidence, Bounds: bounds}
	if err := p.readTimes(dir, s.Name, len(regions)); err != nil {
		return p, err
	}
	p.keepFrames(ts[0], regions, metric.RegionOverlaps(ts[0], regions, bounds, v.toolkit))
	p.Measures, _, err = v.poolLongTerm([]part{p})
	return p, err
}

// poolLongTerm joins sequences.
func (v votScorer) poolLongTerm(parts []part) (Measures, Curves, error) {
	all := make([]metric.LongTerm, len(parts))
	for i, p := range parts {
		all[i] = p.vot.long
	}
	f, err := metric.NewFScore(all, v.toolkit)
	if err != nil {
		return Measures{}, Curves{}, err
	}
	m := Measures{FScore: ptr(f.F), TrackPrecision: ptr(f.Precision), TrackRecall: ptr(f.Recall)}
	poolSpeed(parts, &m)
	return m, Curves{LongTermPrecision: f.PrecisionCurve, LongTermRecall: f.RecallCurve}, nil
}

// unsupervised scores a run without resets: the mean overlap of the frames after the start, by the rasterised regions.
func (v votScorer) unsupervised(s *dataset.Sequence, root string) (part, error) {
	regions, bounds, err := truth(s)
	if err != nil {
		return part{}, err
	}
	dir := filepath.Join(root, "unsupervised", s.Name)
	ts, err := trajectories(dir, s.Name, len(regions))
	if err != nil {
		return part{}, err
	}
	p := part{}
	p.keepFrames(ts[0], regions, metric.RegionOverlaps(ts[0], regions, bounds, v.toolkit))
	if err := p.readTimes(dir, s.Name, len(regions)); err != nil {
		return p, err
	}
	sum := 0.0
	for _, t := range ts {
		var kept []float64
		for i, o := range metric.RegionOverlaps(t, regions, bounds, v.toolkit) {
			if t[i].Kind != region.Special && regions[i].Kind != region.Special && !math.IsNaN(o) {
				kept = append(kept, o)
			}
		}
		if len(kept) > 0 {
			sum += metric.Mean(kept)
		}
	}
	p.Accuracy = ptr(sum / float64(len(ts)))
	return p, nil
}

// poolUnsupervised averages sequences, weighted by their lengths.
func (v votScorer) poolUnsupervised(parts []part) (Measures, Curves, error) {
	sum, frames := 0.0, 0.0
	for _, p := range parts {
		n := float64(p.seq.Len())
		frames += n
		if p.Accuracy != nil {
			sum += *p.Accuracy * n
		}
	}
	m := Measures{Accuracy: ptr(sum / frames)}
	poolSpeed(parts, &m)
	return m, Curves{}, nil
}
