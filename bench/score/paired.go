package score

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"siamtrack/bench/metric"
)

// SameOverlap is the difference of two mean overlaps up to which a target counts as neither better nor worse.
const SameOverlap = 0.002

// Paired is how far one tracker is from another, target by target.
type Paired struct {
	A, B string
	// Mean is the mean over Targets of A's mean overlap less B's, StdErr its standard error, NaN of a single target.
	Mean, StdErr float64
	// Better and Worse count the targets on which A is so by more than SameOverlap.
	Better, Worse int
	// Targets has the largest change first.
	Targets []TargetChange
}

// TargetChange is how much larger A's mean overlap with a target is than B's.
type TargetChange struct {
	Name   string
	Change float64
}

// Pair compares two trackers on the targets that both have. What decides is the mean overlap over all frames but each
// sequence's first, which is marked. Sequences NAME.START are starts of one target NAME, as scripts/make-starts.py
// writes them (the number in Jogging.1 is no start), and their frames count together: starts of one target fare alike,
// so targets are what a standard error is taken over.
func Pair(a, b Tracker) Paired {
	out, other := Paired{A: a.Name, B: b.Name}, targetOverlaps(b)
	var changes []float64
	for name, v := range targetOverlaps(a) {
		w := other[name]
		if len(v) == 0 || len(w) == 0 {
			continue
		}
		d := metric.Mean(v) - metric.Mean(w)
		out.Targets = append(out.Targets, TargetChange{name, d})
		switch {
		case d > SameOverlap:
			out.Better++
		case d < -SameOverlap:
			out.Worse++
		}
	}
	slices.SortFunc(out.Targets, func(x, y TargetChange) int {
		return cmp.Or(cmp.Compare(math.Abs(y.Change), math.Abs(x.Change)), strings.Compare(x.Name, y.Name))
	})
	for _, t := range out.Targets {
		changes = append(changes, t.Change)
	}
	out.Mean, out.StdErr = metric.MeanError(changes)
	return out
}

// targetOverlaps gathers each target's overlaps in the frames that count.
func targetOverlaps(t Tracker) map[string][]float64 {
	out := map[string][]float64{}
	for _, s := range t.Sequences {
		name := targetOf(s.Name)
		for i, o := range s.Overlaps {
			if i > 0 && !math.IsNaN(o) {
				out[name] = append(out[name], o)
			}
		}
	}
	return out
}

// targetOf is the name of a sequence without that of its start.
func targetOf(sequence string) string {
	at := strings.LastIndexByte(sequence, '.')
	if at <= 0 {
		return sequence
	}
	if _, err := strconv.Atoi(sequence[at+1:]); err == nil {
		return sequence
	}
	return sequence[:at]
}
