package report

import (
	"fmt"
	"io"

	"siamtrack/bench/score"
	"siamtrack/internal/printable"
)

// leastSequences is the number of sequences below which an interval is not shown: the bootstrap draws from what there
// is, and of a handful of sequences it knows too little to say how others would fall out.
const leastSequences = 5

// Lead writes what the intervals of the best tracker's lead over each other one say.
func Lead(w io.Writer, ev *score.Evaluation) error {
	comparisons, err := Leads(ev)
	if err != nil {
		return err
	}
	for _, c := range comparisons {
		_, err := fmt.Fprintf(w, "%s - %s: %+.3f %s, 95%% interval %+.3f to %+.3f over %d sequences (bootstrap): %s\n",
			printable.Name(c.A), printable.Name(c.B), c.Mean, titleOf(c.Measure), c.Low, c.High, c.Sequences,
			verdict(c))
		if err != nil {
			return err
		}
	}
	return nil
}

// verdict says what an interval says, and no more.
func verdict(c score.Comparison) string {
	if c.Significant() {
		return "it leaves out zero"
	}
	return "it holds zero, so other sequences may turn the order around"
}

// Leads compares the best tracker with each other one with which it shares enough sequences for an interval.
func Leads(ev *score.Evaluation) ([]score.Comparison, error) {
	var out []score.Comparison
	for i := 1; i < len(ev.Trackers); i++ {
		c, err := score.Compare(ev.Trackers[0], ev.Trackers[i], 1)
		if err != nil {
			return nil, err
		}
		if c.Sequences >= leastSequences {
			out = append(out, c)
		}
	}
	return out, nil
}
