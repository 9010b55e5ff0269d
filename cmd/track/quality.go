package main

import (
	"github.com/spf13/cobra"

	"siamtrack/capture"
)

// registerQuality adds --quality to a command that writes videos.
func registerQuality(cmd *cobra.Command, quality *string) {
	cmd.Flags().StringVar(quality, "quality", string(capture.QualityAuto),
		"how the video is encoded: draft, fast, good, best, or auto, which is hardware where FFmpeg has an encoder for\n"+
			"it that works, else what keeps up with twice the video's rate on these processors")
}

// parseQuality reads --quality; written tells whether a video is.
func parseQuality(text string, written bool) (capture.Quality, error) {
	q, err := capture.ParseQuality(text)
	switch {
	case err != nil:
		return "", usagef("--%w", err)
	case q != capture.QualityAuto && !written:
		return "", usagef("--quality %s: there is no video to encode: name it with -o", q)
	}
	return q, nil
}
