package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"siamtrack/siamfc"
)

// loopFlags are the flags that override what a model's manifest says of the tracking loop.
type loopFlags struct {
	searchScale, window, penalty, rate, motion float64
	noRedetect                                 bool
}

// register adds the flags to a command that tracks.
func (f *loopFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.Float64Var(&f.searchScale, "search-scale", 1,
		"search a square of so many `times` the model's own side: more for fast targets, at more time a frame")
	fl.Float64Var(&f.window, "window", 0,
		"`weight`, 0..1, of the window that keeps the target from jumping (default: the model's own, here and below)")
	fl.Float64Var(&f.penalty, "penalty", 0,
		"`strength` of the penalty for a change of size: 0..10, of a peak model the factor 0..1")
	fl.Float64Var(&f.rate, "rate", 0,
		"`rate`, 0..1, at which the size follows; 0 takes each new box of a box model as it is")
	fl.Float64Var(&f.motion, "motion", 0,
		"for a camera that jerks or pans fast: search where its motion and the target's own lead, where that is more than\n"+
			"so many `sides` of the target; 0.5 is good, 0 is off")
	fl.BoolVar(&f.noRedetect, "no-redetect", false,
		"look for a lost target only about the place where it was lost, and take what scores high for it")
}

// overrides are the parameters whose flags were given.
func (f *loopFlags) overrides(cmd *cobra.Command) siamfc.Overrides {
	given := func(name string, v *float64) *float64 {
		if !cmd.Flags().Changed(name) {
			return nil
		}
		return v
	}
	return siamfc.Overrides{
		SearchScale: given("search-scale", &f.searchScale), Window: given("window", &f.window),
		Penalty: given("penalty", &f.penalty), Rate: given("rate", &f.rate),
		Motion: given("motion", &f.motion), NoRedetect: f.noRedetect,
	}
}

// given lists the flags that were given, as one would type them.
func (f *loopFlags) given(cmd *cobra.Command) []string {
	named := f.overrides(cmd).Named()
	var out []string
	for _, name := range slices.Sorted(maps.Keys(named)) {
		out = append(out, fmt.Sprintf("--%s %s", name, named[name]))
	}
	return out
}
