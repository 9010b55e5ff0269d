package report

import (
	"fmt"

	"siamtrack/bench/score"
)

// countsTitle is the head of the column that countsOf fills.
const countsTitle = "sequences"

// countsOf says for each tracker on how many of the benchmark's sequences it was scored, "98 of 100"; nil where each
// was scored on all.
func countsOf(ev *score.Evaluation) []string {
	out := make([]string, len(ev.Trackers))
	whole := true
	for i, t := range ev.Trackers {
		out[i] = fmt.Sprintf("%d of %d", len(t.Sequences), ev.Total())
		whole = whole && len(t.Sequences) >= ev.Total()
	}
	if whole {
		return nil
	}
	return out
}

// ofAll is ", 98 of 100" for a table's head, from the tracker that was scored on the fewest; empty where each was
// scored on all.
func ofAll(ev *score.Evaluation) string {
	if countsOf(ev) == nil {
		return ""
	}
	least := ev.Total()
	for _, t := range ev.Trackers {
		least = min(least, len(t.Sequences))
	}
	return fmt.Sprintf(", %d of %d", least, ev.Total())
}
