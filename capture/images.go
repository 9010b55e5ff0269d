package capture

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gocv.io/x/gocv"
)

// pictureSuffixes are the pictures that OpenCV's own decoders read.
var pictureSuffixes = []string{".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}

func isPicture(path string) bool {
	return slices.Contains(pictureSuffixes, strings.ToLower(filepath.Ext(path)))
}

// ReadImage reads one picture as 8-bit colour, turned as its EXIF orientation says; transparency is dropped.
// The error names the file and wraps fs.ErrNotExist, fs.ErrPermission or ErrNotVideo.
func ReadImage(path string) (*image.RGBA, error) {
	mat, err := readMat(path)
	if err != nil {
		return nil, fmt.Errorf("capture: read picture %s: %w", path, err)
	}
	defer mat.Close()
	img, err := toRGBA(mat, nil)
	if err != nil {
		return nil, fmt.Errorf("capture: read picture %s: %w", path, err)
	}
	return img, nil
}

func readMat(path string) (gocv.Mat, error) {
	if err := readable(path); err != nil {
		return gocv.Mat{}, err
	}
	mat := gocv.IMRead(path, gocv.IMReadColor)
	if mat.Empty() {
		_ = mat.Close()
		return gocv.Mat{}, fmt.Errorf("%w: not a whole picture of a format that it knows", ErrNotVideo)
	}
	return mat, nil
}

// pictures reads a list of files, one a frame.
type pictures struct {
	files []string
	next  int
}

// openImages opens a folder, a glob or one picture.
func openImages(name, target string, o Options) (*Source, error) {
	files, err := listPictures(target)
	if err != nil {
		return nil, err
	}
	return openFiles(name, files, o)
}

// OpenFiles opens picture files as one source, in the order given: a benchmark's frames, also backwards. Its errors
// are Open's.
func OpenFiles(files []string, o Options) (*Source, error) {
	if len(files) == 0 {
		return nil, fmt.Errorf("capture: open a list of files: %w", ErrNoImages)
	}
	o, err := o.withDefaults()
	if err == nil {
		var s *Source
		if s, err = openFiles(filepath.Dir(files[0]), files, o); err == nil {
			return s, nil
		}
	}
	return nil, fmt.Errorf("capture: open %d files of %s: %w", len(files), filepath.Dir(files[0]), err)
}

// openFiles reads the first picture at once, for its size.
func openFiles(name string, files []string, o Options) (*Source, error) {
	first, err := readMat(files[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(files[0]), err)
	}
	info := Info{Kind: Images, Width: first.Cols(), Height: first.Rows(), Frames: len(files), FPS: o.FPS}
	if err := first.Close(); err != nil {
		return nil, err
	}
	return newSource(name, info, &pictures{files: files}, o), nil
}

// listPictures returns the pictures of a folder or glob in natural order, or the one picture that target is.
func listPictures(target string) ([]string, error) {
	pattern := target
	st, err := os.Stat(target)
	switch {
	case err == nil && !st.IsDir():
		return []string{target}, nil
	case err == nil:
		return folderPictures(target)
	case !strings.ContainsAny(target, "*?["):
		return nil, readable(target)
	}
	files, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	return sortPictures(files)
}

func folderPictures(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return sortPictures(files)
}

func sortPictures(files []string) ([]string, error) {
	files = slices.DeleteFunc(files, func(f string) bool { return !isPicture(f) })
	if len(files) == 0 {
		return nil, fmt.Errorf("%w (%s)", ErrNoImages, strings.Join(pictureSuffixes, " "))
	}
	slices.SortFunc(files, naturalOrder)
	return files, nil
}

// naturalOrder compares names as people count: runs of digits by their value, so that 2.png comes before 10.png.
// Names that differ only in leading zeros are ordered as strings.
func naturalOrder(a, b string) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if !isDigit(a[i]) || !isDigit(b[j]) {
			if a[i] != b[j] {
				return cmp.Compare(a[i], b[j])
			}
			i, j = i+1, j+1
			continue
		}
		m, n := digits(a[i:]), digits(b[j:])
		if c := compareNumbers(a[i:i+m], b[j:j+n]); c != 0 {
			return c
		}
		i, j = i+m, j+n
	}
	if c := cmp.Compare(len(a)-i, len(b)-j); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// compareNumbers compares two runs of digits, of any length, by value.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// digits returns how many digits s begins with.
func digits(s string) int { return len(s) - len(bytes.TrimLeft([]byte(s), "0123456789")) }

func (p *pictures) read(bgr *gocv.Mat) error {
	if p.next >= len(p.files) {
		return io.EOF
	}
	file := p.files[p.next]
	mat, err := readMat(file)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	p.next++
	err = bgr.Close()
	*bgr = mat
	return err
}

func (p *pictures) position() time.Duration { return noPosition }

func (p *pictures) close() error { return nil }
