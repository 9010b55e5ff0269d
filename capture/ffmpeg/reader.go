package ffmpeg

// #cgo pkg-config: libavformat libavcodec libavutil libswscale
// #cgo CFLAGS: -O2 -Wall
// #include <stdlib.h>
// #include "common.h"
import "C"

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
	"unsafe"
)

// Options say how a video is opened. The zero value serves.
type Options struct {
	// Format names the demuxer, such as "rawvideo"; "" finds it out.
	Format string
	// Settings are the demuxer's and protocol's options as key;value|key;value.
	Settings string
	// OpenTimeout and ReadTimeout bound the waits; 0 waits for ever.
	OpenTimeout, ReadTimeout time.Duration
	// MaxPixels refuses larger pictures before they are decoded; 0 is FFmpeg's own bound.
	MaxPixels int64
	// LowDelay keeps no frame back for threads that decode later ones.
	LowDelay bool
	// Pipe says that the URL is of a pipe, of which ErrEmpty can tell that nothing came through it.
	Pipe bool
	// Strict makes an error of what is otherwise skipped or shown damaged.
	Strict bool
}

// Info is what the headers say.
type Info struct {
	Width, Height int     // as stored, before turning
	Swap          bool    // whether it is shown with rows and columns exchanged
	FPS           float64 // as guessed; not to be believed where it is not plausible
	Frames        int64   // from the header or guessed from the duration, 0 unknown: a hint
	SAR           Ratio   // of a pixel's width to its height, 0/x unknown
	Codec         string  // four-character code, or the codec's name
	Format        string  // the demuxer's names, separated by commas
	Sound         bool    // whether there is a sound stream
}

// Ratio is a fraction.
type Ratio struct{ Num, Den int }

// Frame describes a decoded picture.
type Frame struct {
	// Width and Height are the picture's as stored.
	Width, Height int
	// Time is the presentation time; it means nothing where Timed is false.
	Time  time.Duration
	Timed bool
	// Swap, FlipX and FlipY say how it is shown: rows and columns exchanged, then mirrored left-right, top-bottom.
	Swap, FlipX, FlipY bool
	SAR                Ratio
	// Lost and Damaged count the pictures so far that could not be decoded, and that could with errors.
	Lost, Damaged int
}

// The reasons for which a call fails; an Error wraps one of them or none.
var (
	ErrTimeout     = errors.New("no answer in time")
	ErrInterrupted = errors.New("interrupted")
	ErrNoVideo     = errors.New("no pictures in it")
	ErrEmpty       = errors.New("it is empty")
	ErrTooLarge    = errors.New("larger than the limit")
	ErrInvalid     = errors.New("invalid data")
	ErrEnd         = errors.New("end of file")
	ErrNoEncoder   = errors.New("this FFmpeg has no such encoder")
	ErrNoSound     = errors.New("no sound in it")
	ErrSound       = errors.New("the container cannot hold that sound")
)

// Error is a failure as FFmpeg tells it.
type Error struct {
	Code int
	Text string // FFmpeg's words for the code
	Log  string // its last message, which often says more
	Is   error  // one of this package's, a syscall.Errno, or nil
}

// Error returns FFmpeg's last message, or its words for the code.
func (e *Error) Error() string {
	if e.Log != "" {
		return e.Text + " (" + e.Log + ")"
	}
	return e.Text
}

// Unwrap returns the reason that can be tested for.
func (e *Error) Unwrap() error { return e.Is }

// Version returns the version of the FFmpeg libraries.
func Version() string { return C.GoString(C.st_version()) }

// HasEncoder reports whether the libraries have the named encoder.
func HasEncoder(name string) bool {
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	return C.st_has_encoder(c) != 0
}

// Reader decodes the first or best video stream of a file, stream or pipe. It is used by one goroutine at a time, but
// for Interrupt.
type Reader struct {
	info Info
	loud bool
	shot C.st_frame // here, so that a read allocates nothing
	mu   sync.Mutex // guards c against Interrupt during Close
	c    *C.st_reader
}

// Open opens a URL, such as "file:name", "rtsp://host/path" or "pipe:0".
func Open(url string, o Options) (*Reader, error) {
	var c C.st_options
	c.open_timeout, c.read_timeout = C.int64_t(o.OpenTimeout.Microseconds()), C.int64_t(o.ReadTimeout.Microseconds())
	c.max_pixels, c.low_delay, c.strict = C.int64_t(o.MaxPixels), flag(o.LowDelay), flag(o.Strict)
	c.pipe = flag(o.Pipe)
	name := C.CString(url)
	defer C.free(unsafe.Pointer(name))
	if o.Format != "" {
		c.format = C.CString(o.Format)
		defer C.free(unsafe.Pointer(c.format))
	}
	if o.Settings != "" {
		c.options = C.CString(o.Settings)
		defer C.free(unsafe.Pointer(c.options))
	}
	r := &Reader{loud: loud()}
	var info C.st_info
	err := call(r.loud, func() C.int { return C.st_reader_open(&r.c, name, &c, &info) })
	if err != nil {
		return nil, err
	}
	r.info = Info{
		Width: int(info.width), Height: int(info.height), Swap: info.swap != 0,
		FPS: float64(info.fps), Frames: int64(info.frames),
		SAR: Ratio{int(info.sar_num), int(info.sar_den)}, Sound: info.sound != 0,
		Codec: C.GoString(&info.codec[0]), Format: C.GoString(&info.format[0]),
	}
	return r, nil
}

// Info returns what the headers say.
func (r *Reader) Info() Info { return r.info }

// Next decodes the next picture. The error wraps ErrEnd after the last one, ErrTimeout, ErrInterrupted or ErrInvalid;
// the counts in Frame hold with an error too.
func (r *Reader) Next() (Frame, error) {
	if r.c == nil {
		return Frame{}, ErrInterrupted
	}
	err := call(r.loud, func() C.int { return C.st_reader_next(r.c, &r.shot) })
	f := &r.shot
	return Frame{
		Width: int(f.width), Height: int(f.height),
		Time: time.Duration(f.time) * time.Microsecond, Timed: f.time != C.ST_NO_TIME,
		Swap: f.swap != 0, FlipX: f.flip_x != 0, FlipY: f.flip_y != 0,
		SAR:  Ratio{int(f.sar_num), int(f.sar_den)},
		Lost: int(f.lost), Damaged: int(f.damaged),
	}, err
}

// RGBA writes the picture that came last, as stored and opaque, into pixels: rows of stride bytes, which must hold it.
func (r *Reader) RGBA(pixels []byte, stride int, f Frame) error {
	if r.c == nil {
		return ErrInterrupted
	}
	if f.Width <= 0 || f.Height <= 0 || stride < 4*f.Width || len(pixels) < (f.Height-1)*stride+4*f.Width {
		return fmt.Errorf("ffmpeg: %d bytes in rows of %d for a picture of %dx%d", len(pixels), stride, f.Width, f.Height)
	}
	return call(r.loud, func() C.int {
		return C.st_reader_rgba(r.c, (*C.uint8_t)(unsafe.Pointer(&pixels[0])), C.int(stride))
	})
}

// Interrupt ends a Next that is under way in another goroutine, and all later ones.
func (r *Reader) Interrupt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.c != nil {
		C.st_reader_interrupt(r.c)
	}
}

// Close frees the reader. It may be called twice, not while Next runs.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	C.st_reader_close(r.c)
	r.c = nil
	return nil
}

// Count returns how many pictures a file holds, without decoding them.
func Count(url string) (int, error) {
	name := C.CString(url)
	defer C.free(unsafe.Pointer(name))
	var n C.int64_t
	err := call(loud(), func() C.int {
		if n = C.st_count(name); n < 0 {
			return C.int(n)
		}
		return 0
	})
	return int(n), err
}

// loud tells whether FFmpeg's messages are to go to standard error too, by what OpenCV's users know.
func loud() bool {
	_, set := os.LookupEnv("OPENCV_FFMPEG_DEBUG")
	return set
}

// call runs do on one thread, whose messages explain a failure.
func call(loud bool, do func() C.int) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	C.st_log_start(flag(loud))
	code := do()
	if code >= 0 {
		return nil
	}
	var text [128]C.char
	C.st_error_text(code, &text[0], C.int(len(text)))
	return newError(int(code), C.GoString(&text[0]), C.GoString(C.st_log_last()))
}

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}
