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
	space  func(path string) (bytes uint64, ok bool) // freeSpace, but in tests
}

// What a Writer leaves free on the disk: an MP4 without its index, which is written last, shows nothing at all. The
// index takes some 20 bytes a frame, and an encoder holds back some 50 frames (x264's lookahead and threads).
const (
	spareBytes     = 1 << 20
	indexBytes     = 32 // a frame
	framesHeldBack = 64
	framesPerLook  = 16 // the disk is looked at once in so many frames
)

// NewWriter prepares a video at path, whose suffix names the container: .mp4, .m4v, .mov, .avi, .mkv or .webm.
// fps is the rate it plays at, 25 where it is 0. With codecs, those four-character codes are tried in order
// instead of the container's usual ones. The size is that of the first frame, and the file is made then; but an
// unknown container, a missing folder and one that may not be written are errors at once.
func NewWriter(path string, fps float64, fourcc ...string) (*Writer, error) {
	quietFFmpeg()
	if fps == 0 {
		fps = assumedFPS
	}
	w := &Writer{path: path, fps: fps, try: fourcc, space: freeSpace}
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
// The picture is not kept. When the disk is all but full the error wraps syscall.ENOSPC, while there is room for Close
// to make the file whole.
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
	if w.frames%framesPerLook == 0 {
		if err := w.room(); err != nil {
			return err
		}
	}
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

// room refuses a frame while what is left on the disk still takes the end of the file. OpenCV would not say when the
// disk is full.
func (w *Writer) room() error {
	free, ok := w.space(w.path)
	if !ok { // there is no file before the first frame
		free, ok = w.space(filepath.Dir(w.path))
	}
	if !ok {
		return nil
	}
	need := uint64(spareBytes + indexBytes*w.frames)
	if st, err := os.Stat(w.path); err == nil && w.frames > 0 {
		need += uint64(st.Size()) / uint64(w.frames) * framesHeldBack
	}
	if free < need {
		return fmt.Errorf("%w: %.1f MB are left and kept for the end of the file, which holds the frames before",
			syscall.ENOSPC, float64(free)/1e6)
	}
	return nil
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
