package ffmpeg

// #include "common.h"
import "C"

import (
	"fmt"
	"time"
	"unsafe"
)

// Picture is one that is to be written, in the encoder's own format: it is filled, then given to Write, and may then be
// filled anew. Filling and writing may be the work of two goroutines, each on a Picture of its own.
type Picture struct {
	c *C.st_picture
	w *Writer
}

// Picture returns one for w, to be closed before it.
func (w *Writer) Picture() (*Picture, error) {
	if w.c == nil {
		return nil, ErrInterrupted
	}
	p := &Picture{w: w}
	if err := call(w.loud, func() C.int { return C.st_picture_new(&p.c, w.c) }); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// Planes makes the picture ready to be filled and returns its memory as I420 without gaps: width*height of Y, a quarter
// of that of U and of V, by BT.601 with 16 to 235. It is nil where the encoder takes another format: RGBA fills that.
func (p *Picture) Planes() ([]byte, error) {
	var planes *C.uint8_t
	if err := call(p.w.loud, func() C.int { return C.st_picture_begin(p.c, &planes) }); err != nil || planes == nil {
		return nil, err
	}
	w, h := p.w.even()
	return unsafe.Slice((*byte)(planes), w*h*3/2), nil
}

// RGBA fills the picture, which Planes has made ready, with RGBA pixels in rows of stride bytes.
func (p *Picture) RGBA(pixels []byte, stride int) error {
	if w := p.w; stride < 4*w.width || len(pixels) < (w.height-1)*stride+4*w.width {
		return fmt.Errorf("ffmpeg: %d bytes in rows of %d for a picture of %dx%d", len(pixels), stride, w.width, w.height)
	}
	return call(p.w.loud, func() C.int {
		return C.st_picture_rgba(p.c, p.w.c, (*C.uint8_t)(unsafe.Pointer(&pixels[0])), C.int(stride))
	})
}

// Close frees the picture. It may be called twice.
func (p *Picture) Close() {
	C.st_picture_free(p.c)
	p.c = nil
}

// Write appends a picture that is shown at the given time since the first one. Times grow; one that does not is moved
// on by the least step of the container's clock.
func (w *Writer) Write(p *Picture, at time.Duration) error {
	if w.c == nil || p.c == nil {
		return ErrInterrupted
	}
	return call(w.loud, func() C.int { return C.st_writer_write(w.c, p.c, C.int64_t(at.Microseconds())) })
}
