// Package tune searches the parameters of the tracking loop on a part of a benchmark, and says by cross-validation over
// sequences whether what it finds is worth anything on others.
package tune

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"siamtrack/siamfc"
)

// Parameter is one number of the loop and the range in which it is searched.
type Parameter struct {
	// Name is the manifest's.
	Name      string
	Low, High float64
	field     func(*siamfc.LoopSpec) *float64
}

// Parameters are those of a kind of model that can be searched.
func Parameters(k siamfc.Kind) []Parameter {
	window := Parameter{"window_influence", 0, 0.7, func(l *siamfc.LoopSpec) *float64 { return &l.WindowInfluence }}
	switch k {
	case siamfc.Box:
		return []Parameter{
			window,
			{"penalty_k", 0, 0.3, func(l *siamfc.LoopSpec) *float64 { return &l.PenaltyK }},
			{"size_rate", 0.1, 1, func(l *siamfc.LoopSpec) *float64 { return &l.SizeRate }},
			{"vote", 0, 5, func(l *siamfc.LoopSpec) *float64 { return &l.Vote }},
			{"calibration", 0, 1, func(l *siamfc.LoopSpec) *float64 { return &l.Calibration }},
			{"told_rate", 0.1, 1, func(l *siamfc.LoopSpec) *float64 { return &l.ToldRate }},
			{"steady", 0, 1, func(l *siamfc.LoopSpec) *float64 { return &l.Steady }},
		}
	case siamfc.Peak:
		return []Parameter{
			window,
			{"scale_step", 1.01, 1.1, func(l *siamfc.LoopSpec) *float64 { return &l.ScaleStep }},
			{"scale_penalty", 0.9, 1, func(l *siamfc.LoopSpec) *float64 { return &l.ScalePenalty }},
			{"scale_rate", 0.1, 1, func(l *siamfc.LoopSpec) *float64 { return &l.ScaleRate }},
		}
	}
	return nil
}

// Pick chooses parameters by name; all where names is empty.
func Pick(all []Parameter, names []string) ([]Parameter, error) {
	if len(names) == 0 {
		return all, nil
	}
	var out []Parameter
	for _, n := range names {
		i := slices.IndexFunc(all, func(p Parameter) bool { return p.Name == n })
		if i < 0 {
			return nil, fmt.Errorf("no parameter %q of this kind of model: %s", n, Names(all))
		}
		out = append(out, all[i])
	}
	return out, nil
}

// Names lists parameters.
func Names(all []Parameter) string {
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// Value is the parameter in a loop.
func (p Parameter) Value(l siamfc.LoopSpec) float64 { return *p.field(&l) }

// candidates are the loop as it is, and others in which each parameter lies anywhere in its range, to three decimals.
func candidates(base siamfc.LoopSpec, params []Parameter, n int, rng *rand.Rand) []siamfc.LoopSpec {
	out := []siamfc.LoopSpec{base}
	for len(out) < n {
		l := base
		for _, p := range params {
			*p.field(&l) = math.Round(1000*(p.Low+(p.High-p.Low)*rng.Float64())) / 1000
		}
		out = append(out, l)
	}
	return out
}
