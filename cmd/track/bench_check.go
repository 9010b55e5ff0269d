package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"siamtrack/bench/dataset"
	"siamtrack/internal/plural"
	"siamtrack/internal/printable"
)

// newBenchCheckCmd returns `track bench check`.
func newBenchCheckCmd() *cobra.Command {
	var format, sequences string
	cmd := &cobra.Command{
		Use:   "check DATASET...",
		Short: "List what is wrong with a benchmark's folder before hours are spent",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, dataset.Formats()); err != nil {
				return err
			}
			names, err := sequenceNames(sequences)
			if err != nil {
				return err
			}
			fatal := 0
			for _, root := range args {
				r, err := dataset.Check(root, dataset.Options{Format: dataset.Format(format), Sequences: names})
				if err != nil {
					return err
				}
				for _, finding := range r.Findings {
					fmt.Fprintln(cmd.OutOrStdout(), printable.Name(finding.String()))
				}
				if r.Why != "" {
					fmt.Fprintf(cmd.OutOrStdout(), "%s: taken for layout %s because %s\n", root, r.Format, r.Why)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: layout %s, %s, %s, %s, %s\n", root, r.Format,
					sequenceCount(r), plural.Of(r.Frames, "frame"), plural.Of(r.Fatal(), "error"),
					plural.Of(len(r.Findings)-r.Fatal(), "note"))
				fatal += r.Fatal()
			}
			if fatal > 0 {
				return fmt.Errorf("%s in the datasets", plural.Of(fatal, "error"))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "", "layout, detected where not given: "+joined(dataset.Formats()))
	cmd.Flags().StringVar(&sequences, "sequences", "", "only these: names with commas between, or a `file` of names")
	return cmd
}

// sequenceCount is "100 sequences", or "98 of 100 sequences" where some were left out.
func sequenceCount(r dataset.Report) string {
	if r.Sequences == r.Total {
		return plural.Of(r.Total, "sequence")
	}
	return fmt.Sprintf("%d of %s", r.Sequences, plural.Of(r.Total, "sequence"))
}
