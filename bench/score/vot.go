package score

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/metric"
	"siamtrack/bench/region"
	"siamtrack/internal/numfile"
	"siamtrack/internal/plural"
	"siamtrack/tracker"
)

// votExperiments lists VOT's experiments in the order in which a folder is searched for them.
func votExperiments() []folder.Experiment {
	return []folder.Experiment{
		folder.Supervised, folder.MultiStart, folder.Realtime, folder.Unsupervised, folder.LongTerm,
	}
}

// votPart is what one sequence gives to VOT's measures.
type votPart struct {
	reset      bool // supervised is set
	supervised metric.Supervised
	multi      metric.MultiStart
	long       metric.LongTerm
}

// choose settles the protocol for a dataset, its results and the options.
func choose(d *dataset.Dataset, entries []Entry, o Options) (protocol, error) {
	if err := several(d, o.Experiment); err != nil {
		return protocol{}, err
	}
	if d.Format == dataset.MOT {
		return motProtocol(o.Several), nil
	}
	experiment := o.Experiment
	if experiment == "" {
		experiment = guessExperiment(d, entries)
	}
	if experiment == folder.OPE {
		return opeProtocol(d.Format, o.Convention, o.Tolerant), nil
	}
	v := votScorer{toolkit: o.Toolkit, tolerant: o.Tolerant && o.Toolkit == metric.VOTPySOT}
	if o.EAO != nil {
		v.interval = *o.EAO
	} else if i, ok := metric.EAOIntervalOf(d.Name); ok {
		v.interval = i
	}
	p := protocol{convention: string(v.toolkit), rank: func(m Measures) *float64 { return m.EAO }}
	switch experiment {
	case folder.Supervised, folder.Realtime:
		dir := experiment.Folders()[0]
		p.name, p.pool = "VOT "+string(experiment), v.poolSupervised
		p.one = func(s *dataset.Sequence, root string) (part, error) { return v.supervised(s, root, dir) }
	case folder.MultiStart:
		if v.interval.High == 0 {
			v.interval = metric.EAOInterval{Low: 115, High: 755}
		}
		p.name, p.one, p.pool = "VOT multi-start", v.multiStart, v.poolMultiStart
	case folder.LongTerm:
		p.name, p.one, p.pool = "VOT long-term", v.longTerm, v.poolLongTerm
		p.rank = func(m Measures) *float64 { return m.FScore }
	case folder.Unsupervised:
		p.name, p.one, p.pool = "VOT unsupervised", v.unsupervised, v.poolUnsupervised
	default:
		return p, fmt.Errorf("score: no experiment %q: one of %v: %w", experiment, folder.Experiments(), ErrOptions)
	}
	return p, nil
}

// guessExperiment looks at what the benchmark is and what the folders hold.
func guessExperiment(d *dataset.Dataset, entries []Entry) folder.Experiment {
	if d.Format == dataset.VOTLT {
		return folder.LongTerm
	}
	if d.Format != dataset.VOT && !hasRegions(d) {
		return folder.OPE
	}
	for _, e := range entries {
		for i := range d.Sequences {
			for _, x := range votExperiments() {
				if hasTrajectory(e.Dir, x, &d.Sequences[i]) {
					return x
				}
			}
		}
	}
	return folder.OPE
}

// hasTrajectory reports whether a folder of results holds a sequence's first trajectory of an experiment.
func hasTrajectory(root string, x folder.Experiment, s *dataset.Sequence) bool {
	starts := s.Starts()
	for _, name := range x.Folders() {
		dir := filepath.Join(root, name, s.Name)
		file := filepath.Join(dir, s.Name+"_001")
		if x == folder.MultiStart {
			if len(starts) == 0 {
				return false
			}
			file = anchorFile(dir, s.Name, starts[0].Frame)
		}
		if folder.HasRegions(file) {
			return true
		}
	}
	return false
}

// hasRegions reports whether the benchmark annotates shapes.
func hasRegions(d *dataset.Dataset) bool {
	return len(d.Sequences) > 0 && d.Sequences[0].Regions != nil
}

// votScorer scores VOT's experiments by one toolkit's rules.
type votScorer struct {
	toolkit  metric.VOTToolkit
	interval metric.EAOInterval
	tolerant bool // of other lengths in the reset-based experiment, as pysot is
}

// truth returns a sequence's regions, made of its boxes where it has no shapes, and the frame's bounds.
func truth(s *dataset.Sequence) ([]region.Region, region.Bounds, error) {
	w, h, err := s.Size()
	if err != nil {
		return nil, region.Bounds{}, fmt.Errorf("VOT bounds overlaps by the frame: %w", err)
	}
	b := region.Bounds{Width: w, Height: h}
	if s.Regions != nil {
		return s.Regions, b, nil
	}
	out := make([]region.Region, len(s.Truth))
	for i, t := range s.Truth {
		out[i] = region.FromBox(t)
	}
	return out, b, nil
}

// anyLength is in place of the number of regions where it is not known.
const anyLength = -1

// trajectories reads all repetitions of a sequence, of a number of regions each.
func trajectories(dir, name string, want int) ([][]region.Region, error) {
	var out [][]region.Region
	for r := 1; ; r++ {
		path := filepath.Join(dir, fmt.Sprintf("%s_%03d", name, r))
		if r > 1 && !folder.HasRegions(path) {
			return out, nil
		}
		t, err := folder.ReadRegions(path)
		if err != nil {
			return nil, err
		}
		if len(t) != want && want != anyLength {
			return nil, regionsError(path, len(t), want)
		}
		out = append(out, t)
	}
}

// keepFrames keeps a trajectory's boxes and overlaps, NaN where it or the truth has a code.
func (p *part) keepFrames(t, truth []region.Region, overlaps []float64) {
	p.Overlaps = overlaps
	p.Boxes = make([]tracker.Box, len(t))
	for i, r := range t {
		p.Boxes[i] = r.Bounds()
		if r.Kind == region.Special || truth[i].Kind == region.Special {
			p.Overlaps[i] = math.NaN()
		}
	}
}

// regionsError is the error of a trajectory of the wrong length; path is without its extension.
func regionsError(path string, got, want int) error {
	err := fmt.Errorf("%d regions for %d frames: %w", got, want, metric.ErrLength)
	return folder.LengthError(folder.RegionsFile(path), got, want, err)
}

// supervised reads and scores one sequence of the reset-based experiment.
func (v votScorer) supervised(s *dataset.Sequence, root, experiment string) (part, error) {
	dir := filepath.Join(root, experiment, s.Name)
	regions, bounds, err := truth(s)
	if err != nil {
		return part{}, err
	}
	want := len(regions)
	if v.tolerant {
		want = anyLength
	}
	ts, err := trajectories(dir, s.Name, want)
	if err != nil {
		return part{}, err
	}
	p := part{vot: votPart{reset: true}}
	if got := len(ts[0]); got != len(regions) {
		p.note = fmt.Sprintf("%s for %s: %d are compared, as pysot does", plural.Of(got, "region"),
			plural.Of(len(regions), "frame"), min(got, len(regions)))
		p.vot.supervised, err = metric.NewSupervisedPySOT(ts, regions, bounds)
	} else {
		p.vot.supervised, err = metric.NewSupervised(ts, regions, bounds, v.toolkit)
	}
	if err != nil {
		return p, err
	}
	if err := p.readTimes(dir, s.Name, len(ts[0])); err != nil {
		return p, err
	}
	n := min(len(ts[0]), len(regions))
	p.keepFrames(ts[0][:n], regions[:n], p.vot.supervised.Overlaps(0))
	p.Measures, _, err = v.poolSupervised([]part{p})
	p.Measures.EAO = nil // an expectation over many fragments: one sequence has too few
	var at *metric.FrameError
	if errors.As(err, &at) {
		file := folder.RegionsFile(filepath.Join(dir, fmt.Sprintf("%s_%03d", s.Name, at.Repetition)))
		err = numfile.Errorf(file, at.Frame, "%w", at.Err)
	}
	return p, err
}

// poolSupervised joins sequences.
func (v votScorer) poolSupervised(parts []part) (Measures, Curves, error) {
	all := make([]metric.Supervised, len(parts))
	for i, p := range parts {
		all[i] = p.vot.supervised
	}
	ar := metric.NewAccuracyRobustness(all)
	curve, err := metric.EAOCurve(all)
	if err != nil {
		return Measures{}, Curves{}, err
	}
	m := Measures{Accuracy: ptr(ar.Accuracy), Robustness: ptr(ar.Robustness), Lost: ptr(ar.Lost)}
	if v.interval.High > 0 {
		m.EAO = ptr(v.interval.Score(curve, v.toolkit))
	}
	poolSpeed(parts, &m)
	return m, Curves{EAO: curve}, nil
}

// readTimes adds a sequence's times where there are any: NAME_time.txt (a column a repetition) of the frames, any
// number where that is 0, or as the newer VOT toolkits write them NAME_001_time.value, in which frames at the end may
// lack.
func (p *part) readTimes(dir, name string, frames int) error {
	path := filepath.Join(dir, name+"_time.txt")
	times, err := folder.ReadTimes(path)
	if err == nil && frames > 0 && len(times) > 0 {
		err = folder.CheckTimes(path, times[0], frames)
	}
	for r := 1; isMissing(err) || (err == nil && r > 1); r++ {
		more, e := folder.ReadTimes(filepath.Join(dir, fmt.Sprintf("%s_%03d_time.value", name, r)))
		if isMissing(e) {
			break
		}
		times, err = append(times, more...), e
	}
	if isMissing(err) {
		return nil
	}
	p.addTimes(times, false)
	return err
}
