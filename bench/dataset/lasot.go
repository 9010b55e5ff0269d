package dataset

import (
	"path/filepath"
	"slices"
	"strings"

	"siamtrack/internal/record"
)

// LaSOT: [CLASS/]CLASS-N/{img, groundtruth.txt, full_occlusion.txt, out_of_view.txt}.

// isLaSOTDir reports whether a folder is one LaSOT sequence.
func isLaSOTDir(d string) bool {
	return isFile(filepath.Join(d, "groundtruth.txt")) &&
		(isFile(filepath.Join(d, "full_occlusion.txt")) || isFile(filepath.Join(d, "out_of_view.txt")))
}

func signOfLaSOT(root string) string {
	return firstDir(root, func(d string) bool { return isLaSOTDir(d) || anyDir(d, isLaSOTDir) })
}

func listLaSOT(root string) ([]entry, error) {
	var out []entry
	add := func(dir string) {
		name := filepath.Base(dir)
		out = append(out, entry{name, dir, func() (Sequence, error) { return loadLaSOT(dir, name) }})
	}
	for _, n := range subdirs(root) {
		dir := filepath.Join(root, n)
		if isLaSOTDir(dir) {
			add(dir)
			continue
		}
		for _, m := range subdirs(dir) {
			if d := filepath.Join(dir, m); isLaSOTDir(d) {
				add(d)
			}
		}
	}
	return out, nil
}

// lasotFolders are the folders on both levels.
func lasotFolders(root string) []string {
	out := foldersIn(root)
	for _, class := range foldersIn(root) {
		out = append(out, foldersIn(class)...)
	}
	return slices.DeleteFunc(out, func(d string) bool { return filepath.Dir(d) != root && isLaSOTDir(filepath.Dir(d)) })
}

// loadLaSOT joins the two files of flags: a target fully occluded or out of view is absent.
func loadLaSOT(dir, name string) (Sequence, error) {
	boxes, err := record.ReadBoxes(filepath.Join(dir, "groundtruth.txt"))
	if err != nil {
		return Sequence{}, err
	}
	s := Sequence{Name: name, Truth: boxes, Absent: make([]bool, len(boxes)), images: images{dir: imageDir(dir)}}
	for _, f := range []string{"full_occlusion.txt", "out_of_view.txt"} {
		path := filepath.Join(dir, f)
		if !isFile(path) {
			continue
		}
		flags, err := readFlags(path, len(boxes))
		if err != nil {
			return s, err
		}
		for i, on := range flags {
			s.Absent[i] = s.Absent[i] || on
		}
	}
	if class, _, ok := strings.Cut(name, "-"); ok {
		s.Attributes = []string{class}
	}
	return s, nil
}
