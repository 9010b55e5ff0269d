package dataset

import (
	"path/filepath"
	"strings"
)

// TrackingNet: [TRAIN_0 | TEST/]{anno/NAME.txt, frames/NAME/0.jpg}.

// isTrackingNetDir reports whether a folder is one part of TrackingNet.
func isTrackingNetDir(d string) bool {
	return isDir(filepath.Join(d, "anno")) && isDir(filepath.Join(d, "frames"))
}

func isTrackingNet(root string) bool { return isTrackingNetDir(root) || anyDir(root, isTrackingNetDir) }

func listTrackingNet(root string) ([]entry, error) {
	parts := []string{root}
	if !isTrackingNetDir(root) {
		parts = parts[:0]
		for _, n := range subdirs(root) {
			parts = append(parts, filepath.Join(root, n))
		}
	}
	var out []entry
	for _, part := range parts {
		files, err := filepath.Glob(filepath.Join(escapeGlob(part), "anno", "*.txt"))
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			name := strings.TrimSuffix(filepath.Base(f), ".txt")
			dir := filepath.Join(part, "frames", name)
			out = append(out, entry{name, func() (Sequence, error) { return loadBoxFile(f, name, dir) }})
		}
	}
	return out, nil
}
