package dataset

import (
	"path/filepath"

	"siamtrack/internal/numfile"
)

// TC128 (TColor-128): NAME/{img, NAME_gt.txt, NAME_frames.txt "first,last"}.

func signOfTC128(root string) string {
	return firstDir(root, func(d string) bool { return isFile(filepath.Join(d, filepath.Base(d)+"_gt.txt")) })
}

func listTC128(root string) ([]entry, error) {
	var out []entry
	for _, name := range subdirs(root) {
		dir := filepath.Join(root, name)
		gt := filepath.Join(dir, name+"_gt.txt")
		if isFile(gt) {
			out = append(out, entry{name, dir, func() (Sequence, error) { return loadTC128(dir, name, gt) }})
		}
	}
	return out, nil
}

func loadTC128(dir, name, gt string) (Sequence, error) {
	s, err := loadBoxFile(gt, name, imageDir(dir))
	if err != nil {
		return s, err
	}
	ranges := filepath.Join(dir, name+"_frames.txt")
	if !isFile(ranges) {
		return s, nil
	}
	rows, err := numfile.ReadMatrix(ranges, 2)
	if err != nil {
		return s, err
	}
	if len(rows) != 1 || rows[0].Values[0] < 1 || rows[0].Values[1] < rows[0].Values[0] {
		return s, numfile.Errorf(ranges, 1, "one line with the first and the last frame, from 1, is expected")
	}
	s.images.first, s.images.last = int(rows[0].Values[0]), int(rows[0].Values[1])
	return s, nil
}
