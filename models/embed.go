// Package models is the folder of the project's own models. Those that are used where none is named are built into
// every program, so that one that was copied somewhere works without the folder.
package models

import (
	"embed"
	"io/fs"
)

//go:embed siamtrack.onnx siamtrack.thresholds siammatch.onnx siammatch.thresholds
var files embed.FS

// Files returns the files that are built in: the default models, of the network that follows and of the one that
// compares, as NAME.onnx, and their calibrated thresholds as NAME.thresholds.
func Files() fs.FS { return files }
