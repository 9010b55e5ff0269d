package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"siamtrack/capture"
)

// sourceFlags say how an input is read, whichever command reads it.
type sourceFlags struct {
	raw       string
	maxPixels int64
}

// register adds the flags to a command.
func (f *sourceFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.raw, "raw", "", "take the input for bare pixels of this `size`: WIDTHxHEIGHT of RGB, or "+
		"WIDTHxHEIGHT:bgr24")
	fl.Int64Var(&f.maxPixels, "max-pixels", 0, "refuse pictures of more than `N` pixels before they are decoded "+
		"(default: 64 million)")
}

// sayStrange says at the end what of the input could not be decoded.
func sayStrange(cmd *cobra.Command, input string, src *capture.Source) {
	lost, damaged := src.Skipped()
	if lost > 0 {
		logger(cmd).Warn("frames that cannot be decoded were skipped; the numbers and times of the others are the file's",
			"input", input, "skipped", lost)
	}
	if damaged > 0 {
		logger(cmd).Warn("frames were decoded with errors: parts of them may be wrong", "input", input, "damaged", damaged)
	}
}

// checkSource says what of the options is wrong use, by their flags.
func checkSource(o capture.Options) error {
	err := o.Check()
	var wrong *capture.OptionError
	if !errors.As(err, &wrong) {
		return err
	}
	flag := strings.ToLower(wrong.Option)
	switch wrong.Option {
	case "Width":
		flag = "width and --height"
	case "MaxPixels":
		flag = "max-pixels"
	}
	return usagef("--%s: %w", flag, wrong)
}
