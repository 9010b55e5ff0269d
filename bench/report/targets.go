package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"siamtrack/bench/score"
)

// Targets writes a table of what became of each target of videos with several: a row a target, and for each tracker
// the mean overlap of the track that stands for it, and the share of frames in which that overlaps it by half.
func Targets(w io.Writer, ev *score.Evaluation, f TableFormat) error {
	g := grid{header: []string{"target", "frames"}}
	type key struct {
		sequence string
		id       int
	}
	rows := map[key]int{}
	for i, t := range ev.Trackers {
		g.header = append(g.header, t.Name+" AO", t.Name+" held")
		for _, s := range t.Sequences {
			for _, target := range s.Targets {
				k := key{s.Name, target.ID}
				at, ok := rows[k]
				if !ok {
					at = len(g.rows)
					rows[k] = at
					line := []string{fmt.Sprintf("%s %d", s.Name, target.ID), strconv.Itoa(target.Frames)}
					g.rows = append(g.rows, append(line, slices.Repeat([]string{"-"}, 2*len(ev.Trackers))...))
				}
				g.rows[at][2+2*i] = fmt.Sprintf("%.3f", target.AO)
				g.rows[at][3+2*i] = fmt.Sprintf("%.3f", float64(target.Matched)/float64(target.Frames))
			}
		}
	}
	if len(g.rows) == 0 {
		_, err := fmt.Fprintf(w, "no table by target: %s has one target a sequence\n", ev.Dataset)
		return err
	}
	return g.write(w, f)
}
