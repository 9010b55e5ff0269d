package ffmpeg

// #include "common.h"
import "C"

import (
	"fmt"
	"image"
	"unsafe"
)

// Held is a decoded picture that is kept while the Reader goes on, and of which parts are converted when they are
// needed. The zero Held holds nothing. It is used by one goroutine at a time, beside its Reader's, and outlives that.
type Held struct {
	c             *C.st_held
	width, height int
	loud          bool
	part          C.st_part // here, so that a conversion allocates nothing
}

// Hold has h hold the picture f, which came last, instead of what it held. It reports false, and h holds nothing of
// use, where no part can be converted without the whole: call RGBA then.
func (r *Reader) Hold(h *Held, f Frame) (ok bool, err error) {
	if r.c == nil {
		return false, ErrInterrupted
	}
	h.width, h.height, h.loud = f.Width, f.Height, r.loud
	err = call(r.loud, func() C.int {
		code := C.st_held_take(&h.c, r.c)
		ok = code > 0
		return code
	})
	return ok, err
}

// RGBA writes a part of the picture into pixels, rows of stride bytes which must hold the whole picture and begin at a
// multiple of 64 bytes. Some of what is around the part is written too. The part holds the bytes that Reader.RGBA
// writes.
func (h *Held) RGBA(pixels []byte, stride int, part image.Rectangle) error {
	if h.c == nil || stride < 4*h.width || len(pixels) < (h.height-1)*stride+4*h.width {
		return fmt.Errorf("ffmpeg: %d bytes in rows of %d for a picture of %dx%d", len(pixels), stride, h.width, h.height)
	}
	if part = part.Intersect(image.Rect(0, 0, h.width, h.height)); part.Empty() {
		return nil
	}
	h.part = C.st_part{C.int(part.Min.X), C.int(part.Min.Y), C.int(part.Max.X), C.int(part.Max.Y)}
	return call(h.loud, func() C.int {
		return C.st_held_rgba(h.c, (*C.uint8_t)(unsafe.Pointer(&pixels[0])), C.int(stride), &h.part)
	})
}

// Close frees the picture. It may be called twice.
func (h *Held) Close() {
	C.st_held_free(h.c)
	h.c = nil
}
