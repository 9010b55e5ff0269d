package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"siamtrack/bench"
)

// modelHash is the hash of a model's file, or one over the hashes of its files.
func modelHash(model *openModel) string {
	files := model.model.Files()
	if len(files) == 1 {
		return files[0].SHA256
	}
	var lines []string
	for _, f := range files {
		lines = append(lines, fmt.Sprintf("%s %s", f.Role, f.SHA256))
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

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
func (p *runBar) update(s bench.Progress) {
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
