package dataset

import "path/filepath"

// plainTruth finds the one file of boxes of a folder of frames: groundtruth.txt, gt.txt, boxes.txt, or NAME.txt.
func plainTruth(dir string) string {
	for _, n := range []string{"groundtruth.txt", "gt.txt", "boxes.txt", filepath.Base(dir) + ".txt"} {
		if p := filepath.Join(dir, n); isFile(p) && hasImages(imageDir(dir)) {
			return p
		}
	}
	return ""
}

func signOfPlain(root string) string {
	if plainTruth(root) != "" {
		return root
	}
	return firstDir(root, func(d string) bool { return plainTruth(d) != "" })
}

// listPlain lists one's own data: root itself where it is a sequence, else its folders.
func listPlain(root string) ([]entry, error) {
	dirs := []string{root}
	if plainTruth(root) == "" {
		dirs = dirs[:0]
		for _, n := range subdirs(root) {
			dirs = append(dirs, filepath.Join(root, n))
		}
	}
	var out []entry
	for _, dir := range dirs {
		if file := plainTruth(dir); file != "" {
			name := nameOf(dir)
			out = append(out, entry{name, dir, func() (Sequence, error) { return loadPlain(dir, name, file) }})
		}
	}
	return out, nil
}

// plainFolders are the folders of several sequences.
func plainFolders(root string) []string {
	if plainTruth(root) != "" {
		return nil
	}
	return foldersIn(root)
}

func loadPlain(dir, name, file string) (Sequence, error) {
	s, err := loadBoxFile(file, name, imageDir(dir))
	if err != nil {
		return s, err
	}
	s.Attributes, err = otbAttributes(dir)
	return s, err
}
