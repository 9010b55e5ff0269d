package main

import (
	"github.com/spf13/cobra"

	"siamtrack/internal/responses"
	"siamtrack/render"
)

// responseFlags say how the response maps of a run are kept.
type responseFlags struct {
	folder string
	format string
}

// register adds the flags to a command.
func (f *responseFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.folder, "response", "",
		"write each response map into this new `folder`: NAME_FRAME.png, and responses.csv, which says where each lies")
	fl.StringVar(&f.format, "response-format", string(responses.PNG),
		"`format` of the maps: "+joined(responses.Formats())+"; npy is NumPy's, float32")
}

// check refuses a format without a folder, one that is unknown, and a folder that cannot be written to.
func (f *responseFlags) check(cmd *cobra.Command) error {
	if f.folder == "" {
		if typed(cmd, "response-format") {
			return usagef("--response-format says how the maps are kept that --response DIR asks for")
		}
		return nil
	}
	if err := oneOf("response-format", f.format, responses.Formats()); err != nil {
		return err
	}
	if err := responses.Check(f.folder); err != nil {
		return usagef("--response: %w", err)
	}
	return nil
}

// sink makes what writes the maps.
func (f *responseFlags) sink(colors render.ColorMap) (*responses.Writer, error) {
	return responses.New(f.folder, responses.Options{Format: responses.Format(f.format), ColorMap: colors})
}
