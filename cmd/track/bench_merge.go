package main

import (
	"github.com/spf13/cobra"

	benchrun "siamtrack/bench/run"
)

// newBenchMergeCmd returns `track bench merge`.
func newBenchMergeCmd() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:     "merge SHARD... --out RUN",
		Short:   "Join the shares of a run that was split with --shard",
		Example: "  track bench merge runs/otb-* --out runs/otb",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usagef("--out is missing: the folder for the whole run")
			}
			m, err := benchrun.Merge(args, out)
			if err == nil {
				logger(cmd).Info("merged", "shards", len(args), "sequences", len(m.Sequences), "out", out)
			}
			return err
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "the `folder` for the whole run")
	return cmd
}
