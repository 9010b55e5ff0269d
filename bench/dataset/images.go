package dataset

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"siamtrack/internal/imagefile"
)

// Frames lists the sequence's pictures in order, cut to the range that the benchmark uses.
func (s *Sequence) Frames() ([]string, error) {
	im := s.images
	files := im.files
	if files == nil {
		var err error
		if files, err = listImages(im.dir); err != nil {
			return nil, fmt.Errorf("dataset: sequence %s: frames: %w", s.Name, err)
		}
	}
	if im.last > 0 && im.first > 0 && len(files) > im.last-im.first+1 {
		if im.last > len(files) {
			return nil, fmt.Errorf("dataset: sequence %s: %s holds %d frames, the benchmark uses %d to %d",
				s.Name, im.dir, len(files), im.first, im.last)
		}
		files = files[im.first-1 : im.last]
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("dataset: sequence %s: no picture in %s", s.Name, im.dir)
	}
	return files, nil
}

// ImageDir returns the folder that Frames lists.
func (s *Sequence) ImageDir() string { return s.images.dir }

// Size returns the frames' width and height: the annotation's, or the first picture's.
func (s *Sequence) Size() (width, height int, err error) {
	if s.Width > 0 && s.Height > 0 {
		return s.Width, s.Height, nil
	}
	files, err := s.Frames()
	if err != nil {
		return 0, 0, err
	}
	return imageSize(files[0])
}

// imageSize reads a picture's header, and whether the file is whole.
func imageSize(path string) (width, height int, err error) {
	h, err := imagefile.Read(path)
	if err != nil {
		return 0, 0, fmt.Errorf("dataset: size of %s: %w", path, err)
	}
	if h.Width == 0 {
		return 0, 0, fmt.Errorf("dataset: size of %s: %w", path, image.ErrFormat)
	}
	return h.Width, h.Height, nil
}

// isImage reports whether a file name is a picture's.
func isImage(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg", ".png", ".bmp", ".webp":
		return true
	}
	return false
}

// listImages lists a folder's pictures in natural order (2 before 10).
func listImages(dir string) ([]string, error) {
	items, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(items))
	for _, it := range items {
		if !it.IsDir() && isImage(it.Name()) {
			out = append(out, filepath.Join(dir, it.Name()))
		}
	}
	slices.SortFunc(out, naturalCompare)
	return out, nil
}

// hasImages reports whether a folder holds a picture, without listing more than it must.
func hasImages(dir string) bool {
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	for {
		names, err := f.Readdirnames(64)
		if slices.ContainsFunc(names, isImage) {
			return true
		}
		if err != nil {
			return false
		}
	}
}

// naturalCompare orders names with their numbers by value.
func naturalCompare(a, b string) int {
	for a != "" && b != "" {
		na, nb := digits(a), digits(b)
		if na > 0 && nb > 0 {
			x, y := strings.TrimLeft(a[:na], "0"), strings.TrimLeft(b[:nb], "0")
			if len(x) != len(y) {
				return len(x) - len(y)
			}
			if c := strings.Compare(x, y); c != 0 {
				return c
			}
			if na != nb { // 01 against 1: the same number, the shorter name first
				return na - nb
			}
			a, b = a[na:], b[nb:]
			continue
		}
		if a[0] != b[0] {
			return int(a[0]) - int(b[0])
		}
		a, b = a[1:], b[1:]
	}
	return len(a) - len(b)
}

// digits counts the digits that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// subdirs lists the names of a folder's folders, in natural order, links to folders included, those that the system
// hides left out.
func subdirs(root string) []string {
	items, err := os.ReadDir(root)
	if err != nil {
		return nil
	}
	var out []string
	for _, it := range items {
		if strings.HasPrefix(it.Name(), ".") {
			continue
		}
		if it.IsDir() || it.Type()&os.ModeSymlink != 0 && isDir(filepath.Join(root, it.Name())) {
			out = append(out, it.Name())
		}
	}
	slices.SortFunc(out, naturalCompare)
	return out
}

// isDir and isFile say what lies at a path.
func isDir(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}

// isFile reports whether a plain file lies at a path.
func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

// anyDir reports whether one of a folder's folders passes test.
func anyDir(root string, test func(dir string) bool) bool { return firstDir(root, test) != "" }

// firstDir is the first of a folder's folders that passes test, empty where none does; it looks at no more than 200.
func firstDir(root string, test func(dir string) bool) string {
	for i, n := range subdirs(root) {
		if i == 200 {
			return ""
		}
		if dir := filepath.Join(root, n); test(dir) {
			return dir
		}
	}
	return ""
}
