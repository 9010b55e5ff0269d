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
	// Settings are the encoder's options as key=value:key=value; what it does not know is passed over.
	Settings string
	// Width and Height are the pictures'; most encoders leave out the last column or row where they are odd.
	Width, Height int
	FPS           Ratio // the usual rate: frames may come at other times, but in AVI, which counts them
	SAR           Ratio // of a pixel's width to its height, 0 for square
	// Sound is the URL of the file whose sound is copied from SoundFrom (counted from the start of its pictures) on,
	// "" for none.
	Sound     string
	SoundFrom time.Duration
}

// Writer encodes pictures into a file that can be played, but for the last fifth of a second, while it is written. It
// is used by one goroutine.
type Writer struct {
	c             *C.st_writer
	loud          bool
	width, height int
}

// Create makes the file at a URL such as "file:name". The error wraps ErrNoEncoder, ErrNoSound or ErrSound where it is
// one of them.
func Create(url string, o WriterOptions) (*Writer, error) {
	w := &Writer{width: o.Width, height: o.Height, loud: loud()}
	err := o.with(func(c *C.st_writer_options) error {
		name := C.CString(url)
		defer C.free(unsafe.Pointer(name))
		return call(w.loud, func() C.int { return C.st_writer_open(&w.c, name, c) })
	})
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Works says why the encoder cannot encode such pictures, by encoding one: a library may have an encoder for hardware
// that the machine lacks. It writes no file.
func (o WriterOptions) Works() error {
	return o.with(func(c *C.st_writer_options) error {
		return call(loud(), func() C.int { return C.st_encoder_works(c) })
	})
}

// with calls do with the options in C's memory.
func (o WriterOptions) with(do func(*C.st_writer_options) error) error {
	if o.Tag != "" && len(o.Tag) != 4 {
		return fmt.Errorf("ffmpeg: tag %q: four characters are needed", o.Tag)
	}
	c := C.st_writer_options{
		width: C.int(o.Width), height: C.int(o.Height),
		fps_num: C.int(o.FPS.Num), fps_den: C.int(o.FPS.Den), sar_num: C.int(o.SAR.Num), sar_den: C.int(o.SAR.Den),
		sound_from: C.int64_t(o.SoundFrom.Microseconds()),
	}
	for _, text := range []struct {
		to   **C.char
		from string
	}{{&c.format, o.Format}, {&c.encoder, o.Encoder}, {&c.tag, o.Tag}, {&c.settings, o.Settings}, {&c.sound, o.Sound}} {
		if text.from != "" {
			*text.to = C.CString(text.from)
			defer C.free(unsafe.Pointer(*text.to))
		}
	}
	return do(&c)
}

// even is the size of the pictures as they are encoded in formats whose chroma has half the size.
func (w *Writer) even() (width, height int) { return w.width &^ 1, w.height &^ 1 }

// Close writes the end of the file. It may be called twice.
func (w *Writer) Close() error {
	if w.c == nil {
		return nil
	}
	c := w.c
	w.c = nil
	return call(w.loud, func() C.int { return C.st_writer_close(c) })
}
