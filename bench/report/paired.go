package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"siamtrack/bench/score"
)

// mostChanged is the number of targets that a row of Pairs names.
const mostChanged = 4

// Pairs writes a table of how far each other tracker is from the one named `than`, target by target (score.Pair). An
// error names the trackers that there are, where it is none of them.
func Pairs(w io.Writer, ev *score.Evaluation, than string, f TableFormat) error {
	var names []string
	var base *score.Tracker
	for i := range ev.Trackers {
		names = append(names, ev.Trackers[i].Name)
		if ev.Trackers[i].Name == than {
			base = &ev.Trackers[i]
		}
	}
	if base == nil {
		return fmt.Errorf("report: no tracker %q to compare with: there are %s", than, strings.Join(names, ", "))
	}
	g := grid{header: []string{"tracker", "overlap less " + than + "'s", "std. error", "targets", "better", "worse",
		"most changed"}}
	for _, t := range ev.Trackers {
		if t.Name != than {
			g.rows = append(g.rows, pairedRow(score.Pair(t, *base)))
		}
	}
	return g.write(w, f)
}

// pairedRow sets out one comparison.
func pairedRow(p score.Paired) []string {
	if len(p.Targets) == 0 {
		return []string{p.A, "-", "-", "0", "-", "-", "-"}
	}
	stdErr := "-"
	if len(p.Targets) > 1 {
		stdErr = fmt.Sprintf("%.4f", p.StdErr)
	}
	var most []string
	for _, t := range p.Targets[:min(mostChanged, len(p.Targets))] {
		most = append(most, fmt.Sprintf("%s %+.3f", t.Name, t.Change))
	}
	return []string{p.A, fmt.Sprintf("%+.4f", p.Mean), stdErr, strconv.Itoa(len(p.Targets)), strconv.Itoa(p.Better),
		strconv.Itoa(p.Worse), strings.Join(most, ", ")}
}
