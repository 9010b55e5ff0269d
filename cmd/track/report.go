package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	reports "siamtrack/bench/report"
	"siamtrack/bench/score"
)

// newReportCmd returns `track report`.
func newReportCmd() *cobra.Command {
	var flags evalFlags
	var tables tableFlags
	var out string
	cmd := &cobra.Command{
		Use:   "report RUN... --dataset DIR -o DIR",
		Short: "Write an HTML page, plots and tables of trackers' results",
		Long: "report scores results as track eval does and writes DIR/index.html, one page with everything inside it,\n" +
			"beside its plots as SVG and PNG and the scores as JSON. RUN may be results of any tracker.",
		Example: "  track report runs/otb results/OTB100 --dataset OTB100 -o report",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usagef("--out is missing: the folder for the report")
			}
			if err := tables.check(); err != nil {
				return err
			}
			_, ev, err := evaluate(cmd, &flags, args)
			if err != nil {
				return err
			}
			made := fmt.Sprintf("Made on %s by %s", time.Now().Format("2 January 2006"), versionLine())
			if err := reports.WriteHTML(out, ev, made); err != nil {
				return err
			}
			if err := score.WriteJSON(filepath.Join(out, "scores.json"), ev); err != nil {
				return err
			}
			logger(cmd).Info("report written", "page", filepath.Join(out, "index.html"))
			return tables.print(cmd, ev)
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVarP(&out, "out", "o", "", "the `folder` for the report")
	tables.register(cmd)
	return cmd
}
