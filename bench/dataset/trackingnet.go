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

func signOfTrackingNet(root string) string {
	if isTrackingNetDir(root) {
		return root
	}
	return firstDir(root, isTrackingNetDir)
}

func listTrackingNet(root string) ([]entry, error) {
	parts := trackingNetParts(root)
	var out []entry
	for _, part := range parts {
		files, err := filepath.Glob(filepath.Join(escapeGlob(part), "anno", "*.txt"))
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			name := strings.TrimSuffix(filepath.Base(f), ".txt")
			dir := filepath.Join(part, "frames", name)
			out = append(out, entry{name, dir, func() (Sequence, error) { return loadBoxFile(f, name, dir) }})
		}
	}
	return out, nil
}

// trackingNetParts lists the folders of anno and frames: root itself, or those in it.
func trackingNetParts(root string) []string {
	if isTrackingNetDir(root) {
		return []string{root}
	}
	return foldersIn(root)
}

// trackingNetFolders lists the folders of frames.
func trackingNetFolders(root string) []string {
	var out []string
	for _, part := range trackingNetParts(root) {
		out = append(out, foldersIn(filepath.Join(part, "frames"))...)
	}
	return out
}
