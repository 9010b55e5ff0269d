package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"siamtrack/internal/clock"
	"siamtrack/internal/follow"
	"siamtrack/internal/plural"
	"siamtrack/tracker"
)

// summaryText says in a few lines what a run did.
func summaryText(input string, sum follow.Summary, o *outputs) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s (%d to %d) in %.2f s: %.1f frames/s\n",
		input, plural.Of(sum.Frames, "frame"), sum.First, sum.Last, sum.Wall.Seconds(), sum.Rate())
	for _, t := range sum.Targets {
		name := "target"
		if len(sum.Targets) > 1 {
			name += " " + tracker.Start{ID: t.ID, Name: t.Name}.Label()
		}
		fmt.Fprintf(&b, "%s: %v in %s, %v in %d, %v in %d\n", name, tracker.Tracking,
			plural.Of(t.States[tracker.Tracking], "frame"),
			tracker.Uncertain, t.States[tracker.Uncertain], tracker.Lost, t.States[tracker.Lost])
	}
	var files []string
	for _, t := range o.tracks {
		if t.Begun() {
			files = append(files, t.path)
		}
	}
	for _, v := range o.videos {
		if v.Frames() > 0 {
			files = append(files, fmt.Sprintf("%s (%s)", v.path, v.Codec()))
		}
	}
	if o.maps != nil && o.maps.Files() > 0 {
		files = append(files, fmt.Sprintf("%s (%s)", o.maps.Folder(), plural.Of(o.maps.Files(), "map")))
	}
	if len(files) > 0 && o.whole { // else the error says where they are
		fmt.Fprintf(&b, "written: %s\n", strings.Join(files, ", "))
	}
	return b.String()
}

// figures are what --truth and --timing print.
type figures struct {
	sum    follow.Summary
	stages []clock.Stage
	scores []namedScore // none without --truth
	truth  string       // the file of the true boxes
}

// namedScore is how good the track of a target was, which has a name where there are several.
type namedScore struct {
	label string
	follow.Score
}

// print writes the figures as a table.
func (f figures) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, cells ...string) { fmt.Fprintf(w, "%s\t%s\t\n", name, strings.Join(cells, "\t")) }
	for _, s := range f.scores {
		of := ""
		if s.label != "" {
			of = " of target " + s.label
		}
		fmt.Fprintf(out, "accuracy%s in %s of %s\n", of, plural.Of(s.Frames, "frame"), f.truth)
		row("mean IoU", fmt.Sprintf("%.3f", s.MeanIoU))
		row("success AUC", fmt.Sprintf("%.3f", s.AUC))
		row("precision@20", fmt.Sprintf("%.3f", s.Precision20))
		if err := w.Flush(); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "speed over %s: %.1f frames/s from end to end\n", plural.Of(f.sum.Frames, "frame"), f.sum.Rate())
	row("ms a frame", "p50", "p95", "mean")
	for _, s := range f.stages {
		row(s.Name, ms(s.Times.Quantile(0.5)), ms(s.Times.Quantile(0.95)), ms(s.Times.Mean()))
	}
	return w.Flush()
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d)/float64(time.Millisecond)) }
