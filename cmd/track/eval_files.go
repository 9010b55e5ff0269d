package main

import (
	"slices"

	"github.com/spf13/cobra"

	"siamtrack/bench/folder"
	"siamtrack/bench/score"
)

// evaluateFiles scores the single files of --gt and --pred.
func evaluateFiles(
	cmd *cobra.Command, flags *evalFlags, truth string, tracks, args []string,
) (*score.Evaluation, error) {
	switch {
	case truth == "" || len(tracks) == 0:
		return nil, usagef("--gt and --pred go together: the file of true boxes, and the tracker's")
	case truth == stdoutPath || slices.Contains(tracks, stdoutPath):
		return nil, usagef("--gt and --pred read files: standard input is /dev/stdin")
	case len(args) > 0 || flags.dataset != "":
		return nil, usagef("--gt and --pred score single files: leave --dataset and folders of results away")
	case flags.experiment != "" && flags.experiment != string(folder.OPE):
		return nil, usagef("--experiment %s needs a dataset of VOT's", flags.experiment)
	}
	o, err := flags.options()
	if err != nil {
		return nil, err
	}
	ev, err := score.Files(cmd.Context(), truth, tracks, o)
	if err != nil {
		return nil, err
	}
	warnAdjusted(cmd, ev)
	return ev, nil
}
