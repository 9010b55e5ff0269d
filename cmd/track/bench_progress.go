package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	benchrun "siamtrack/bench/run"
)

// runFolders are the folders of each dataset's run: out itself for one, out/NAME for several.
func runFolders(out string, datasets []string) []string {
	if len(datasets) == 1 {
		return []string{out}
	}
	var outs []string
	for _, d := range datasets {
		name := filepath.Join(out, strings.TrimSuffix(filepath.Base(filepath.Clean(d)), ".json"))
		for slices.Contains(outs, name) {
			name += "-2"
		}
		outs = append(outs, name)
	}
	return outs
}

// runBar is the bar of a long run, on a terminal only.
type runBar struct{ bar *progressbar.ProgressBar }

// newRunBar returns a bar, silent where nobody watches.
func newRunBar(cmd *cobra.Command) *runBar { return &runBar{newBar(cmd, "frames")} }

// update shows the sequence, the frames and the time left.
func (p *runBar) update(s benchrun.Progress) {
	if p.bar == nil {
		return
	}
	if p.bar.GetMax() != s.Total {
		p.bar.ChangeMax(s.Total)
	}
	p.bar.Describe(fmt.Sprintf("%d/%d %s", s.Sequences, s.Of, s.Sequence))
	_ = p.bar.Set(s.Frames) // a bar that cannot be drawn is no reason to stop
}

// close ends the bar.
func (p *runBar) close() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
