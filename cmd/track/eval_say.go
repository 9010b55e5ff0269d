package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"siamtrack/bench/dataset"
	"siamtrack/bench/score"
	"siamtrack/internal/plural"
)

// sayDataset says what a folder was taken for and why, and names the sequences that were left out: an average over the
// others is none over the benchmark.
func sayDataset(cmd *cobra.Command, d *dataset.Dataset) {
	if d.Why != "" {
		logger(cmd).Info("dataset", "name", d.Name, "layout", d.Format, "because", d.Why)
	}
	if len(d.Left) == 0 {
		return
	}
	const most = 5
	var names []string
	for _, l := range d.Left[:min(most, len(d.Left))] {
		names = append(names, l.String())
	}
	if more := len(d.Left) - most; more > 0 {
		names = append(names, fmt.Sprintf("and %d more (track bench check lists all)", more))
	}
	logger(cmd).Warn(fmt.Sprintf("%d of %s are there", len(d.Sequences), plural.Of(d.Total(), "sequence")), "dataset",
		d.Name,
		"left out", strings.Join(names, "; "))
}

// warnAdjusted says what --tolerant did.
func warnAdjusted(cmd *cobra.Command, ev *score.Evaluation) {
	for _, t := range ev.Trackers {
		for _, a := range t.Adjusted {
			logger(cmd).Warn(a, "tracker", t.Name)
		}
	}
}
