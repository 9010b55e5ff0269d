// Package score evaluates trackers' raw results on a benchmark: it joins dataset, results and metric, and knows which
// measures apply to which benchmark. It runs no tracker and needs no pictures where the protocol does not.
package score

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/metric"
	"siamtrack/bench/mot"
	"siamtrack/tracker"
)

// ErrOptions is wrapped by the error of options that do not fit the benchmark.
var ErrOptions = errors.New("options do not fit")

// Options says how results are scored.
type Options struct {
	// Convention is the toolkit followed in the one-pass evaluation, empty for the benchmark's own: lasot for LaSOT,
	// trackingnet for TrackingNet, pysot for its JSON files, got10k for all others.
	Convention metric.Convention
	// Toolkit is the one followed in VOT's experiments, empty for pysot with its JSON files and the VOT toolkit
	// otherwise.
	Toolkit metric.VOTToolkit
	// Several is the toolkit followed where there are several targets, empty for TrackEval.
	Several mot.Toolkit
	// Experiment is empty to take what the benchmark and the results' folders call for.
	Experiment folder.Experiment
	// EAO is VOT's rule and interval, nil to choose by the dataset's name.
	EAO *metric.EAOInterval
	// SkipMissing scores each tracker on the sequences it has, where otherwise a missing one is an error.
	SkipMissing bool
	// Tolerant scores what is there by the toolkit's own rule (see fit) where lengths differ, and says what it did; it
	// takes in SkipMissing. Of VOT's trajectories those of the reset-based experiment may have other lengths, by pysot's
	// rule where that is followed; all others have to fit.
	Tolerant bool
	// Jobs bounds the sequences scored at a time, 0 for one a processor.
	Jobs int
}

// Sequence is one sequence's score.
type Sequence struct {
	Name   string `json:"name"`
	Frames int    `json:"frames"`
	Measures
	// Targets has what became of each target where there are several.
	Targets []Target `json:"targets,omitempty"`
	// Overlaps has the overlap of each frame, NaN where it does not count; for finding the worst frames. Boxes are those
	// of the first repetition, NaN where there is a code.
	Overlaps []float64     `json:"-"`
	Boxes    []tracker.Box `json:"-"`
}

// Tracker is one tracker's score.
type Tracker struct {
	Name string `json:"name"`
	Measures
	// Sequences has one entry a sequence that was scored, Missing the names of those without a result.
	Sequences []Sequence `json:"sequences"`
	Missing   []string   `json:"missing,omitempty"`
	// Adjusted says what was done to results that do not fit, a line a sequence.
	Adjusted   []string             `json:"adjusted,omitempty"`
	Attributes map[string]*Measures `json:"attributes,omitempty"`
	Curves     Curves               `json:"curves"`
	Dir        string               `json:"-"`
	// About and Timing are what the run's folder says of itself, nil where it is another program's or was not timed.
	About  *folder.About  `json:"-"`
	Timing *folder.Timing `json:"-"`
}

// Evaluation is a table of trackers on one benchmark.
type Evaluation struct {
	Dataset    string         `json:"dataset"`
	Format     dataset.Format `json:"format"`
	Protocol   string         `json:"protocol"`
	Convention string         `json:"convention"`
	Sequences  int            `json:"sequences"`
	Frames     int            `json:"frames"`
	Trackers   []Tracker      `json:"trackers"`
	// Left are the sequences of the benchmark that are not among Sequences, which counts those that could be scored.
	Left []dataset.Left `json:"left_out,omitempty"`
	// Attributes counts the sequences of each attribute.
	Attributes map[string]int `json:"attributes,omitempty"`

	data *dataset.Dataset
}

// Total is the number of sequences that the benchmark has, those left out included.
func (ev *Evaluation) Total() int { return ev.Sequences + len(ev.Left) }

// DefaultConvention is the one that a benchmark's own numbers are published in.
func DefaultConvention(f dataset.Format) metric.Convention {
	switch f {
	case dataset.LaSOT:
		return metric.LaSOT
	case dataset.TrackingNet:
		return metric.TrackingNet
	case dataset.PySOT:
		return metric.PySOT
	}
	return metric.GOT10k
}

// DefaultToolkit is the one whose rules VOT's experiments follow on a benchmark of a layout.
func DefaultToolkit(f dataset.Format) metric.VOTToolkit {
	if f == dataset.PySOT {
		return metric.VOTPySOT
	}
	return metric.VOTPython
}

// Evaluate scores result folders on a dataset. Trackers come back ranked, the best first.
func Evaluate(ctx context.Context, d *dataset.Dataset, entries []Entry, o Options) (*Evaluation, error) {
	if o.Convention == "" {
		o.Convention = DefaultConvention(d.Format)
	}
	if o.Toolkit == "" {
		o.Toolkit = DefaultToolkit(d.Format)
	}
	if o.Several == "" {
		o.Several = mot.TrackEval
	}
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	ev := &Evaluation{Dataset: d.Name, Format: d.Format, Sequences: len(d.Sequences), Left: d.Left, data: d}
	for i := range d.Sequences {
		ev.Frames += d.Sequences[i].Len()
	}
	p, err := choose(d, entries, o)
	if err != nil {
		return nil, err
	}
	ev.Protocol, ev.Convention = p.name, p.convention
	for _, e := range entries {
		t, err := evaluateOne(ctx, d, e, p, o)
		if err != nil {
			return nil, fmt.Errorf("score: tracker %s: %w", e.Name, err)
		}
		ev.Trackers = append(ev.Trackers, *t)
	}
	ev.Attributes = countAttributes(d)
	slices.SortStableFunc(ev.Trackers, func(a, b Tracker) int { // VOT's by accuracy where there is no EAO
		return cmp.Or(compare(p.rank(b.Measures), p.rank(a.Measures)), compare(b.Accuracy, a.Accuracy))
	})
	return ev, nil
}

// compare orders scores, those that are missing last.
func compare(a, b *float64) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	case *a < *b:
		return -1
	case *a > *b:
		return 1
	}
	return 0
}

// protocol is one way of scoring: what a sequence gives, and how sequences are pooled.
type protocol struct {
	name, convention string
	one              func(s *dataset.Sequence, dir string) (part, error)
	pool             func(parts []part) (Measures, Curves, error)
	rank             func(Measures) *float64
}

// part is what one sequence gives to the pool.
type part struct {
	Sequence
	seq      *dataset.Sequence
	ope      metric.OPE
	overlaps []float64 // GOT-10k's, for pooling
	speed    speed
	vot      votPart
	mot      mot.Counts
	note     string // what was done to make it fit, empty for nothing
}

// speed is the time that frames took.
type speed struct {
	frames  int
	seconds float64
	inverse []float64 // 1/t: each sequence's mean, or with GOT-10k's protocol each frame's
}

// byAttribute pools the sequences of each attribute.
func byAttribute(parts []part, p protocol) (map[string]*Measures, error) {
	groups := map[string][]part{}
	for _, pt := range parts {
		for _, a := range pt.seq.Attributes {
			groups[a] = append(groups[a], pt)
		}
	}
	out := make(map[string]*Measures, len(groups))
	for a, g := range groups {
		m, _, err := p.pool(g)
		if err != nil {
			return nil, fmt.Errorf("attribute %s: %w", a, err)
		}
		out[a] = &m
	}
	return out, nil
}

// countAttributes counts the sequences of each attribute, their own or of some of their frames.
func countAttributes(d *dataset.Dataset) map[string]int {
	out := tagNames(d)
	for i := range d.Sequences {
		for _, a := range d.Sequences[i].Attributes {
			out[a]++
		}
	}
	return out
}

// ptr returns a pointer to v, nil for NaN: JSON has no NaN, and a score that is none is not shown.
func ptr(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

// joinNotes joins what was said of one sequence.
func joinNotes(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// joinNames lists names for an error, not too many.
func joinNames(names []string) string {
	if len(names) > 5 {
		return strings.Join(names[:5], ", ") + fmt.Sprintf(" and %d more", len(names)-5)
	}
	return strings.Join(names, ", ")
}
