package main

import (
	"github.com/spf13/cobra"

	"siamtrack/bench/folder"
)

// newBenchArchiveCmd returns `track bench archive`.
func newBenchArchiveCmd() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "archive RUN --out FILE.zip",
		Short: "Pack a run's tracks as GOT-10k's or TrackingNet's server takes them",
		Example: "  track bench GOT-10k/test --out runs/got\n" +
			"  track bench archive runs/got --out siamtrack.zip",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usagef("--out is missing: the ZIP file to write")
			}
			if err := checkResult("out", out, zipped); err != nil {
				return err
			}
			a, err := folder.Pack(args[0], out)
			if err != nil {
				return err
			}
			if a.Sequences != a.Expected {
				logger(cmd).Warn("the run is not of the whole test set, so the server will refuse it",
					"sequences", a.Sequences, "expected", a.Expected)
			}
			logger(cmd).Info("packed", "sequences", a.Sequences, "out", out)
			return nil
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "the ZIP `file`")
	return cmd
}
