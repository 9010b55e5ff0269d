package capture

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"gocv.io/x/gocv"
)

// codecs are the codes to try in each container, the best first. (For WebM OpenCV 4.6 prints that the container lists no
// such tag, whichever code it is, and writes it all the same.)
var codecs = map[string][]string{
	".mp4":  {"avc1", "mp4v"},
	".m4v":  {"avc1", "mp4v"},
	".mov":  {"avc1", "mp4v"},
	".avi":  {"MJPG", "XVID"},
	".mkv":  {"X264", "FFV1"},
	".webm": {"VP80", "VP90"},
}

// containers returns the suffixes that can be written, sorted.
func containers() []string {
	var out []string
	for c := range codecs {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// Writer writes frames to a video file. It is used by one goroutine. Until Close has returned nil the file is not whole.
type Writer struct {
	path   string
	fps    float64
	try    []string
	native *gocv.VideoWriter
	bgr    gocv.Mat
	size   image.Point
	packed *image.RGBA // frames whose rows are not adjacent are packed here
	codec  string
	frames int
	closed bool
}

// NewWriter prepares a video at path, whose suffix names the container: .mp4, .m4v, .mov, .avi, .mkv or .webm.
// fps is the rate it plays at, 25 where it is 0. With codecs, those four-character codes are tried in order
// instead of the container's usual ones. The size is that of the first frame, and the file is made then; but an
// unknown container, a missing folder and one that may not be written are errors at once.
func NewWriter(path string, fps float64, fourcc ...string) (*Writer, error) {
	quietFFmpeg()
	if fps == 0 {
		fps = assumedFPS
	}
	w := &Writer{path: path, fps: fps, try: fourcc}
	suffix := strings.ToLower(filepath.Ext(path))
	if believable(fps) == 0 {
		return nil, fmt.Errorf("capture: write %s: frame rate %g: outside 0 to %d", path, fps, maxFPS)
	}
	if _, ok := codecs[suffix]; !ok {
		return nil, fmt.Errorf("capture: write %s: %w: container %q, known are %s",
			path, ErrCodec, suffix, strings.Join(containers(), " "))
	}
	if len(w.try) == 0 {
		w.try = codecs[suffix]
	}
	if err := writable(path); err != nil {
		return nil, fmt.Errorf("capture: write %s: %w", path, err)
	}
	w.bgr = gocv.NewMat()
	return w, nil
}

// writable reports why no file can be made at path, and leaves nothing new behind.
func writable(path string) error {
	_, statErr := os.Stat(path)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o666)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("folder %s: %w", filepath.Dir(path), os.ErrNotExist)
	}
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if statErr != nil {
		return os.Remove(path)
	}
	return nil
}

// Codec returns the four-character code in use, "" before the first frame.
func (w *Writer) Codec() string { return w.codec }

// Frames returns how many frames were given to Write.
func (w *Writer) Frames() int { return w.frames }

// Write appends a frame; it must have the first one's size. (Where a side is odd, codecs drop its last row or column.)
// The picture is not kept.
func (w *Writer) Write(img *image.RGBA) error {
	if err := w.write(img); err != nil {
		return fmt.Errorf("capture: write %s: frame %d: %w", w.path, w.frames, err)
	}
	w.frames++
	return nil
}

func (w *Writer) write(img *image.RGBA) error {
	if w.closed {
		return ErrClosed
	}
	size := img.Bounds().Size()
	if w.native == nil {
		if err := w.open(size); err != nil {
			return err
		}
	}
	if size != w.size {
		return fmt.Errorf("a frame of %dx%d in a video of %dx%d", size.X, size.Y, w.size.X, w.size.Y)
	}
	if err := toBGR(w.pack(img), &w.bgr); err != nil {
		return err
	}
	return w.native.Write(w.bgr)
}

// open starts the file with the first codec that this OpenCV has.
func (w *Writer) open(size image.Point) error {
	if size.X <= 0 || size.Y <= 0 {
		return fmt.Errorf("an empty frame")
	}
	for _, codec := range w.try {
		if len(codec) != 4 {
			return fmt.Errorf("%w: %q, a code has four characters", ErrCodec, codec)
		}
		native, err := gocv.VideoWriterFileWithAPI(w.path, gocv.VideoCaptureFFmpeg, codec, w.fps, size.X, size.Y, true)
		if err == nil && native.IsOpened() {
			w.native, w.codec, w.size = native, codec, size
			return nil
		}
		if native != nil {
			_ = native.Close()
		}
	}
	return fmt.Errorf("%w: tried %s for %s at %dx%d",
		ErrCodec, strings.Join(w.try, ", "), filepath.Ext(w.path), size.X, size.Y)
}

// pack returns img with its rows adjacent.
func (w *Writer) pack(img *image.RGBA) *image.RGBA {
	if fit(img, w.size.X, w.size.Y) == img {
		return img
	}
	w.packed = fit(w.packed, w.size.X, w.size.Y)
	for y := range w.size.Y {
		from := img.PixOffset(img.Rect.Min.X, img.Rect.Min.Y+y)
		copy(w.packed.Pix[y*w.packed.Stride:], img.Pix[from:from+4*w.size.X])
	}
	return w.packed
}

// Close finishes the file, opens it again and counts its frames: OpenCV says nothing when a disk is full or an encoder
// gives up. What does not hold every frame is an error that wraps ErrIncomplete, and syscall.ENOSPC where the disk is
// full. Without a frame there is no file. It may be called twice.
func (w *Writer) Close() error {
	if w.closed {
		return nil
	}
	w.closed = true
	err := w.bgr.Close()
	if w.native == nil {
		return err
	}
	if err := errors.Join(err, w.native.Close(), w.verify()); err != nil {
		return fmt.Errorf("capture: write %s: %w", w.path, err)
	}
	return nil
}

// verify decodes the finished file and compares the number of frames.
func (w *Writer) verify() error {
	n, err := countFrames(w.path)
	if err == nil && n == w.frames {
		return nil
	}
	if full := diskFull(w.path); full != nil {
		return fmt.Errorf("%w: %d of %d frames: %w", ErrIncomplete, n, w.frames, full)
	}
	return fmt.Errorf("%w: %d of %d frames can be read back from it with codec %s", ErrIncomplete, n, w.frames, w.codec)
}

// countFrames decodes a video file and returns how many frames came.
func countFrames(path string) (int, error) {
	c, err := gocv.VideoCaptureFileWithAPI(path, gocv.VideoCaptureFFmpeg)
	if err != nil {
		_ = c.Close()
		return 0, ErrNotVideo
	}
	defer c.Close()
	frame := gocv.NewMat()
	defer frame.Close()
	n := 0
	for c.Read(&frame) {
		n++
	}
	return n, nil
}

// diskFull reports whether nothing more can be written to the file at path, by trying.
func diskFull(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil
	}
	defer f.Close()
	before, _ := f.Seek(0, 2)
	_, err = f.Write(make([]byte, 1<<20))
	_ = f.Truncate(before)
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) {
			return full
		}
	}
	return nil
}
