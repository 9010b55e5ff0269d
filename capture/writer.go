package capture

import (
	"errors"
	"fmt"
	"image"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"siamtrack/capture/ffmpeg"
	"siamtrack/internal/atomicfile"
	timing "siamtrack/internal/clock"
)

// WriterOptions say how a video is written. The zero value serves.
type WriterOptions struct {
	// FPS is the rate it plays at, 25 where 0: of Write every frame, of WriteAt where the last one ends.
	FPS float64
	// Codecs are four-character codes to try in order instead of the container's usual ones.
	Codecs []string
	// PixelAspect is a pixel's width to its height, 0/0 for square ones. (AVI with MJPG cannot say it.)
	PixelAspect Ratio
	// Sound names a video whose sound is copied, from the first frame's time in it on; "" for none. Where there is
	// none or the container cannot hold it, Log is told and the video is without; without Log that is an error that
	// wraps ErrSound.
	Sound string
	Log   *slog.Logger
	// Quality is how well the pictures are encoded: QualityAuto where it is "".
	Quality Quality
	// Hold leaves the finished file at Part until Commit, for who decides later whether it replaces an older one.
	Hold bool
}

// Writer writes frames to a video file. It is used by one goroutine; another encodes what it was given, so an error may
// be that of an earlier frame. The file is NAME.part until Close has returned nil; what is in it by then can be played,
// but for the last fifth of a second, whenever the program or the machine stops.
type Writer struct {
	path    string
	out     atomicfile.Part
	o       WriterOptions
	rate    ffmpeg.Ratio
	coded   *encoding // nil before the first frame
	told    bool      // WriteAt has returned the encoder's error
	size    image.Point
	codec   string
	frames  int
	first   time.Duration // the time of the first frame
	closed  bool
	err     error                                     // of Close
	space   func(path string) (bytes uint64, ok bool) // atomicfile.Free, but in tests
	syncing sync.WaitGroup
	synced  time.Time
}

// What a Writer leaves free on the disk, for the end of the file: what an encoder holds back, and an index.
const (
	spareBytes     = 1 << 20
	indexBytes     = 32 // a frame
	framesHeldBack = 64
	framesPerLook  = 16 // the disk is looked at once in so many frames
)

// syncEvery is how often what was written is sent to the disk itself: what a power cut may take.
const syncEvery = time.Second

// NewWriter prepares a video at path, whose suffix names the container: .mp4, .m4v, .mov, .avi, .mkv or .webm.
// The size is that of the first frame, and the file is made then; but an unknown container, a missing folder and one
// that may not be written are errors at once.
func NewWriter(path string, o WriterOptions) (*Writer, error) {
	if o.FPS == 0 {
		o.FPS = assumedFPS
	}
	suffix := strings.ToLower(filepath.Ext(path))
	if believable(o.FPS) == 0 {
		return nil, fmt.Errorf("capture: write %s: frame rate %g: outside 0 to %d", path, o.FPS, maxFPS)
	}
	if _, ok := codecs[suffix]; !ok {
		return nil, fmt.Errorf("capture: write %s: the name's ending %q is none of %s: %w",
			path, suffix, strings.Join(containers(), " "), ErrCodec)
	}
	if len(o.Codecs) == 0 {
		o.Codecs = codecs[suffix]
	}
	out, err := atomicfile.Begin(path)
	if err != nil {
		return nil, fmt.Errorf("capture: write %s: %w", path, err)
	}
	return &Writer{path: path, out: out, o: o, rate: fraction(o.FPS), space: atomicfile.Free}, nil
}

// fraction returns a rate as containers name it: 30000/1001 for 29.97, thousandths for what is nothing of that kind.
func fraction(fps float64) ffmpeg.Ratio {
	if n := math.Round(fps); math.Abs(fps-n) < 1e-6 {
		return ffmpeg.Ratio{Num: int(n), Den: 1}
	}
	if n := math.Round(fps * 1.001); math.Abs(fps-n/1.001) < 5e-4 {
		return ffmpeg.Ratio{Num: int(n) * 1000, Den: 1001}
	}
	return ffmpeg.Ratio{Num: max(int(math.Round(fps*1000)), 1), Den: 1000}
}

// Codec returns the four-character code in use, "" before the first frame.
func (w *Writer) Codec() string { return w.codec }

// Frames returns how many frames were given to Write.
func (w *Writer) Frames() int { return w.frames }

// Stages returns the times of converting frames and of encoding them. It is to be called after Close.
func (w *Writer) Stages() []timing.Stage {
	if w.coded == nil {
		return nil
	}
	return []timing.Stage{{Name: "convert", Times: &w.coded.converting}, {Name: "encode", Times: &w.coded.encoding}}
}

// Part returns the name of the file that is written until Close puts it in its place.
func (w *Writer) Part() string { return w.out.Path() }

// Write appends a frame, at the time that the rate gives it. See WriteAt.
func (w *Writer) Write(img *image.RGBA) error {
	return w.WriteAt(img, frameTime(w.frames, w.o.FPS))
}

// WriteAt appends a frame of the given time, by which it is shown after the first one; times grow. The frame must have
// the first one's size. (Where a side is odd, most codecs drop its last row or column.) AVI counts frames: there each
// comes at the nearest multiple of the rate. The picture is not kept. When the disk is all but full the error wraps
// syscall.ENOSPC, while there is room for Close to make the file whole.
func (w *Writer) WriteAt(img *image.RGBA, at time.Duration) error {
	if frame, err := w.write(img, at); err != nil {
		return fmt.Errorf("capture: write %s: frame %d: %w", w.path, frame, err)
	}
	w.frames++
	return nil
}

// write returns the number of the frame that an error is about.
func (w *Writer) write(img *image.RGBA, at time.Duration) (frame int, err error) {
	frame = w.frames
	if w.closed {
		return frame, ErrClosed
	}
	size := img.Bounds().Size()
	if w.frames%framesPerLook == 0 {
		if err := w.room(); err != nil {
			return frame, err
		}
	}
	if w.coded == nil {
		w.first = at
		if err := w.open(size); err != nil {
			return frame, err
		}
	}
	if size != w.size {
		return frame, fmt.Errorf("a frame of %dx%d in a video of %dx%d", size.X, size.Y, w.size.X, w.size.Y)
	}
	if written, err := w.coded.state(); err != nil {
		w.told = true
		return written, err
	}
	w.sync()
	return frame, w.coded.put(img, at-w.first)
}

// sync sends what was written to the disk, beside the work, once in a while.
func (w *Writer) sync() {
	now := time.Now()
	if w.out.Direct() || now.Sub(w.synced) < syncEvery {
		return
	}
	w.synced = now
	w.syncing.Wait() // a disk that takes longer is not asked twice
	w.syncing.Go(func() { _ = atomicfile.Sync(w.out.Path()) })
}

// room refuses a frame while what is left on the disk still takes the end of the file.
func (w *Writer) room() error {
	free, ok := w.space(w.out.Path())
	if !ok { // there is no file before the first frame
		free, ok = w.space(filepath.Dir(w.out.Path()))
	}
	if !ok {
		return nil
	}
	need := uint64(spareBytes + indexBytes*w.frames)
	if st, err := os.Stat(w.out.Path()); err == nil && w.frames > 0 {
		need += uint64(st.Size()) / uint64(w.frames) * framesHeldBack
	}
	if free < need {
		return fmt.Errorf("%w: %.1f MB are left and kept for the end of the file, which holds the frames before",
			syscall.ENOSPC, float64(free)/1e6)
	}
	return nil
}

// open starts the file with the first codec that there is.
func (w *Writer) open(size image.Point) error {
	if size.X <= 0 || size.Y <= 0 {
		return fmt.Errorf("an empty frame")
	}
	suffix := strings.ToLower(filepath.Ext(w.path))
	if err := room(encoderPixel(suffix), size.X, size.Y); err != nil {
		return err
	}
	o := ffmpeg.WriterOptions{
		Format: muxers[suffix], Width: size.X, Height: size.Y, FPS: w.rate, SAR: ffmpeg.Ratio(w.o.PixelAspect),
		SoundFrom: w.first,
	}
	if w.o.Sound != "" {
		o.Sound = "file:" + w.o.Sound
	}
	var last error
	for _, code := range w.o.Codecs {
		if len(code) != 4 {
			return fmt.Errorf("%w: %q, a code has four characters", ErrCodec, code)
		}
		for _, o := range w.o.Quality.choices(code, o, works) {
			native, err := w.create(o)
			if err == nil {
				w.coded, w.codec, w.size = native, code, size
				return nil
			}
			if fatal := w.refused(err); fatal != nil {
				return fatal
			}
			last = err
		}
	}
	_ = w.out.Discard() // what an encoder that failed left; if that fails too, it is said nowhere that matters
	err := fmt.Errorf("%w: tried %s for %s at %dx%d", ErrCodec, strings.Join(w.o.Codecs, ", "), suffix, size.X, size.Y)
	if last != nil {
		err = fmt.Errorf("%w: %w", err, last)
	}
	return err
}

// create makes the file, without sound where there can be none.
func (w *Writer) create(o ffmpeg.WriterOptions) (*encoding, error) {
	native, err := ffmpeg.Create("file:"+w.out.Path(), o)
	if why := w.refused(err); errors.Is(why, ErrSound) && w.o.Log != nil {
		w.o.Log.Warn("the video is without sound", "video", w.path, "why", why)
		o.Sound = ""
		native, err = ffmpeg.Create("file:"+w.out.Path(), o)
	}
	if err != nil {
		return nil, err
	}
	return encode(native)
}

// refused returns the error where no other codec would help.
func (w *Writer) refused(err error) error {
	switch {
	case errors.Is(err, ffmpeg.ErrNoSound):
		return fmt.Errorf("%w: there is none in %s", ErrSound, w.o.Sound)
	case errors.Is(err, ffmpeg.ErrSound):
		return fmt.Errorf("%w: %s cannot hold that of %s; .mkv takes nearly all", ErrSound, filepath.Ext(w.path), w.o.Sound)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, os.ErrPermission):
		return err
	}
	return nil
}
