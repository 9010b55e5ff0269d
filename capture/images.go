package capture

import (
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gocv.io/x/gocv"

	"siamtrack/internal/imagefile"
)

// pictureSuffixes are the pictures that OpenCV's own decoders read.
var pictureSuffixes = []string{".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}

// IsPicture tells by its name whether a file of a folder or glob is one of the pictures that Open reads there.
func IsPicture(path string) bool {
	return slices.Contains(pictureSuffixes, strings.ToLower(filepath.Ext(path)))
}

// ReadImage reads one picture, the first page of several, as 8-bit colour, turned as its EXIF orientation says;
// transparency is dropped, and values of more than 8 bits are scaled by the range that they fill. The error names the
// file and wraps fs.ErrNotExist, fs.ErrPermission, ErrTooLarge (more than 64 million pixels) or ErrNotVideo, also for a
// picture that is cut short.
func ReadImage(path string) (*image.RGBA, error) {
	p := pictures{
		mats: mats{gocv.NewMat()}, items: []item{{file: path}},
		maxPixels: defaultMaxPixels, log: slog.New(slog.DiscardHandler), source: path,
	}
	_, err := p.read()
	var img *image.RGBA
	if err == nil {
		img, err = p.picture(nil)
	}
	if err := errors.Join(err, p.close()); err != nil {
		return nil, fmt.Errorf("capture: read picture %s: %w", path, err)
	}
	return img, nil
}

// item is one picture: a file, or one page of it.
type item struct {
	file string
	page int // of a TIFF, from 0
}

// pictures reads a list of pictures, one a frame.
type pictures struct {
	mats
	items     []item
	maxPixels int64
	log       *slog.Logger
	source    string // what errors name already
	next      int
	deep      depth // how values of more than 8 bits are scaled
}

// openImages opens a folder, a glob or one picture, which may hold several.
func openImages(name, target string, o Options) (*Source, error) {
	files, err := listPictures(target)
	if err != nil {
		return nil, patternHint(target, err)
	}
	if len(files) > 1 {
		return openFiles(name, files, o)
	}
	h, err := readHeader(files[0])
	switch {
	case err != nil && files[0] == name:
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%s: %w", filepath.Base(files[0]), err)
	case h.Animated && h.Format == "webp":
		return openWebP(name, files[0], o)
	case h.Animated:
		return openVideo(name, files[0], File, o)
	}
	items := make([]item, max(1, h.Pages))
	for i := range items {
		items[i] = item{files[0], i}
	}
	return openItems(name, items, o)
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

func openFiles(name string, files []string, o Options) (*Source, error) {
	items := make([]item, len(files))
	for i, f := range files {
		items[i].file = f
	}
	return openItems(name, items, o)
}

// openItems reads the first picture at once, for its size and depth.
func openItems(name string, items []item, o Options) (*Source, error) {
	p := &pictures{mats: mats{gocv.NewMat()}, items: items, maxPixels: o.MaxPixels, log: o.Log, source: name}
	if err := p.load(items[0]); err != nil {
		return nil, errors.Join(err, p.close())
	}
	info := Info{Kind: Images, Width: p.bgr.Cols(), Height: p.bgr.Rows(), Frames: len(items), FPS: o.FPS}
	if isDeep(p.bgr) {
		p.measure()
	}
	return newSource(name, info, p, o), nil
}

// load reads a picture into p.bgr as it is stored: 8 or more bits a channel, three channels.
func (p *pictures) load(it item) error {
	mat, err := readMat(it, p.maxPixels)
	if err != nil && it.file != p.source {
		err = fmt.Errorf("%s: %w", filepath.Base(it.file), err)
	}
	if err != nil {
		return err
	}
	err = p.bgr.Close()
	p.bgr = mat
	return err
}

func (p *pictures) read() (shot, error) {
	if p.next >= len(p.items) {
		return shot{}, io.EOF
	}
	if err := p.load(p.items[p.next]); err != nil {
		return shot{}, err
	}
	p.next++
	return shot{at: noPosition}, p.deep.flatten(&p.bgr, p.log)
}

// readHeader reads what a picture's first bytes say, and whether it is whole.
func readHeader(path string) (imagefile.Header, error) {
	h, err := imagefile.Read(path)
	switch {
	case errors.Is(err, imagefile.ErrCut):
		return h, fmt.Errorf("%w: %w", ErrNotVideo, err)
	case err != nil:
		return h, plainCause(err)
	}
	return h, nil
}

// readMat decodes a picture, after a look at its header.
func readMat(it item, maxPixels int64) (gocv.Mat, error) {
	h, err := readHeader(it.file)
	if err != nil {
		return gocv.Mat{}, err
	}
	if n := int64(h.Width) * int64(h.Height); n > maxPixels {
		return gocv.Mat{}, fmt.Errorf("%w: %dx%d, %d pixels of at most %d", ErrTooLarge, h.Width, h.Height, n, maxPixels)
	}
	if err := room(pictureBytes, h.Width, h.Height); err != nil {
		return gocv.Mat{}, err
	}
	const flags = gocv.IMReadColor | gocv.IMReadAnyDepth
	var mat gocv.Mat
	if it.page == 0 {
		mat = gocv.IMRead(it.file, flags)
	} else if pages := gocv.IMReadMulti_WithParams(it.file, it.page, 1, flags); len(pages) == 1 {
		mat = pages[0]
	} else {
		return gocv.Mat{}, fmt.Errorf("%w: its page %d", ErrNotVideo, it.page+1)
	}
	if mat.Empty() {
		_ = mat.Close()
		return gocv.Mat{}, fmt.Errorf("%w: not a whole picture of a known format", ErrNotVideo)
	}
	return mat, nil
}

// listPictures returns the pictures of a folder or glob in natural order, or the one picture that target is.
func listPictures(target string) ([]string, error) {
	pattern := target
	st, err := os.Stat(target)
	switch {
	case err == nil && !st.IsDir():
		return []string{target}, nil
	case err == nil:
		files, err := folderPictures(target)
		return files, belowHint(target, err)
	case !strings.ContainsAny(target, "*?["):
		return nil, readable(target)
	}
	files, err := filepath.Glob(pattern)
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%w: no file has such a name, in which *, ? and [] stand for others", ErrNoImages)
	}
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
	files = slices.DeleteFunc(files, func(f string) bool { return !IsPicture(f) })
	if len(files) == 0 {
		return nil, fmt.Errorf("%w (%s)", ErrNoImages, strings.Join(pictureSuffixes, " "))
	}
	slices.SortFunc(files, naturalOrder)
	return files, nil
}
