package report

import (
	"fmt"
	"io"

	"siamtrack/bench/score"
	"siamtrack/internal/printable"
)

// Lead writes how sure the best tracker's lead over each other one is.
func Lead(w io.Writer, ev *score.Evaluation) error {
	comparisons, err := Leads(ev)
	if err != nil {
		return err
	}
	for _, c := range comparisons {
		verdict := "not sure"
		if c.Significant() {
			verdict = "sure"
		}
		_, err := fmt.Fprintf(w, "%s - %s: %+.3f %s, 95%% interval %+.3f to %+.3f over %d sequences (bootstrap): %s\n",
			printable.Name(c.A), printable.Name(c.B), c.Mean, titleOf(c.Measure), c.Low, c.High, c.Sequences, verdict)
		if err != nil {
			return err
		}
	}
	return nil
}

// Leads compares the best tracker with each other one with which it shares two sequences or more: one says nothing of
// how sure a lead is.
func Leads(ev *score.Evaluation) ([]score.Comparison, error) {
	var out []score.Comparison
	for i := 1; i < len(ev.Trackers); i++ {
		c, err := score.Compare(ev.Trackers[0], ev.Trackers[i], 1)
		if err != nil {
			return nil, err
		}
		if c.Sequences > 1 {
			out = append(out, c)
		}
	}
	return out, nil
}
