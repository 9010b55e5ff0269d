package ffmpeg

// #include <stdlib.h>
// #include "common.h"
import "C"

import (
	"fmt"
	"time"
	"unsafe"
)

// WriterOptions describe a video to be written.
type WriterOptions struct {
	Format  string // the muxer, such as "mp4"
	Encoder string // such as "libx264"
	Tag     string // a four-character code, "" for the muxer's own
	// Width and Height are the pictures'; most encoders leave out the last column or row where they are odd.
	Width, Height int
	FPS           Ratio // the usual rate: frames may come at other times, but in AVI, which counts them
	SAR           Ratio // of a pixel's width to its height, 0 for square
	// Sound is the URL of the file whose sound is copied from SoundFrom (counted from the start of its pictures) on,
	// "" for none.
	Sound     string
	SoundFrom time.Duration
}

// Writer encodes pictures into a file that can be played, but for the last second, while it is written. It is used by
// one goroutine.
type Writer struct {
	c             *C.st_writer
	loud          bool
	width, height int
}

// Create makes the file at a URL such as "file:name". The error wraps ErrNoEncoder, ErrNoSound or ErrSound where it is
// one of them.
func Create(url string, o WriterOptions) (*Writer, error) {
	var keep []unsafe.Pointer
	str := func(s string) *C.char {
		if s == "" {
			return nil
		}
		c := C.CString(s)
		keep = append(keep, unsafe.Pointer(c))
		return c
	}
	defer func() {
		for _, p := range keep {
			C.free(p)
		}
	}()
	if o.Tag != "" && len(o.Tag) != 4 {
		return nil, fmt.Errorf("ffmpeg: tag %q: four characters are needed", o.Tag)
	}
	c := C.st_writer_options{
		format: str(o.Format), encoder: str(o.Encoder), tag: str(o.Tag),
		width: C.int(o.Width), height: C.int(o.Height),
		fps_num: C.int(o.FPS.Num), fps_den: C.int(o.FPS.Den), sar_num: C.int(o.SAR.Num), sar_den: C.int(o.SAR.Den),
		sound: str(o.Sound), sound_from: C.int64_t(o.SoundFrom.Microseconds()),
	}
	w := &Writer{width: o.Width, height: o.Height, loud: loud()}
	name := str(url)
	if err := call(w.loud, func() C.int { return C.st_writer_open(&w.c, name, &c) }); err != nil {
		return nil, err
	}
	return w, nil
}

// Write appends a picture of RGBA pixels, in rows of stride bytes, that is shown at the given time since the first one.
// Times grow; one that does not is moved on by the least step of the container's clock.
func (w *Writer) Write(pixels []byte, stride int, at time.Duration) error {
	if w.c == nil {
		return ErrInterrupted
	}
	if stride < 4*w.width || len(pixels) < (w.height-1)*stride+4*w.width {
		return fmt.Errorf("ffmpeg: %d bytes in rows of %d for a picture of %dx%d", len(pixels), stride, w.width, w.height)
	}
	return call(w.loud, func() C.int {
		return C.st_writer_write(w.c, (*C.uint8_t)(unsafe.Pointer(&pixels[0])), C.int(stride), C.int64_t(at.Microseconds()))
	})
}

// Close writes the end of the file. It may be called twice.
func (w *Writer) Close() error {
	if w.c == nil {
		return nil
	}
	c := w.c
	w.c = nil
	return call(w.loud, func() C.int { return C.st_writer_close(c) })
}
