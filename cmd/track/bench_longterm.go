package main

import (
	"github.com/spf13/cobra"

	"siamtrack/bench/dataset"
	"siamtrack/bench/longterm"
	"siamtrack/capture"
)

// longTermFlags are the flags of `track bench make-longterm`.
type longTermFlags struct {
	out, format, sequences string
	maker                  longterm.Maker
}

// newBenchLongTermCmd returns `track bench make-longterm`.
func newBenchLongTermCmd() *cobra.Command {
	f := longTermFlags{maker: longterm.Maker{Read: capture.ReadImage}}
	cmd := &cobra.Command{
		Use:   "make-longterm DATASET --out DIR",
		Short: "Make long sequences, whose target leaves and comes back, from a benchmark's",
		Long: "make-longterm makes a long sequence from each of two sequences or more: it is played forwards and\n" +
			"backwards, seen through a window half as wide and high that wanders about the target. Now and then there is a\n" +
			"cut to the next sequence, or the window turns away, for 40 to 130 frames; the target is back at another\n" +
			"place. The same sequences and --seed give the same frames. DIR is of VOT's long-term layout: track bench and\n" +
			"eval know it.",
		Example: "  track bench make-longterm UAV123 --sequences person11,car7 --out long\n" +
			"  track bench long --out runs/siamtrack\n" +
			"  track bench long --no-redetect --out runs/siamtrack-alone\n" +
			"  track eval --dataset long runs/*",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	fl := cmd.Flags()
	fl.StringVarP(&f.out, "out", "o", "", "the `folder` to make, or an empty one")
	fl.StringVar(&f.format, "format", "", "the dataset's layout, detected where not given: "+joined(dataset.Formats()))
	fl.StringVar(&f.sequences, "sequences", "", "only these: names with commas between, or a `file` of names")
	fl.IntVar(&f.maker.Frames, "frames", 3000, "length of each sequence")
	fl.IntVar(&f.maker.Gaps, "gaps", 13, "how many times the target is gone")
	fl.Uint64Var(&f.maker.Seed, "seed", 1, "chooses when it is gone, for how long, and how the window moves")
	return cmd
}

// run makes the sequences.
func (f *longTermFlags) run(cmd *cobra.Command, root string) error {
	m := &f.maker
	if f.out == "" {
		return usagef("--out is missing: the folder for the sequences")
	}
	if err := m.Check(); err != nil {
		return usagef("--frames %d --gaps %d: %w", m.Frames, m.Gaps, err)
	}
	if err := oneOf("format", f.format, dataset.Formats()); err != nil {
		return err
	}
	names, err := sequenceNames(f.sequences)
	if err != nil {
		return err
	}
	d, err := dataset.Open(root, dataset.Options{Format: dataset.Format(f.format), Sequences: names})
	if err != nil {
		return err
	}
	sayDataset(cmd, d)
	bar := newCounter(cmd, "making", "frames")
	m.Progress = bar.at
	err = m.Make(cmd.Context(), d.Sequences, f.out)
	bar.close()
	if err == nil {
		logger(cmd).Info("made", "sequences", len(d.Sequences), "frames", m.Frames*len(d.Sequences), "out", f.out)
	}
	return err
}
