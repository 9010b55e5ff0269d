package ffmpeg

// #include <libavutil/error.h>
// #include "common.h"
import "C"

import (
	"strings"
	"syscall"
)

// newError names an FFmpeg error code.
func newError(code int, text, log string) error {
	// A message may carry a URL with its password, and what looks like a memory address says nothing.
	if strings.Contains(log, "://") {
		log = ""
	}
	if _, rest, ok := strings.Cut(log, "] "); ok && strings.HasPrefix(log, "[") {
		log = rest
	}
	e := &Error{Code: code, Text: text, Log: log}
	switch code {
	case C.AVERROR_EOF:
		e.Is = ErrEnd
	case C.AVERROR_EXIT:
		e.Is = ErrInterrupted
	case C.AVERROR_INVALIDDATA:
		e.Is = ErrInvalid
	case C.ST_NO_VIDEO:
		e.Is, e.Text = ErrNoVideo, ErrNoVideo.Error()
	case C.ST_EMPTY:
		e.Is, e.Text = ErrEmpty, ErrEmpty.Error()
	case C.ST_TOO_LARGE:
		e.Is, e.Text = ErrTooLarge, ErrTooLarge.Error()
	case C.ST_NO_ENCODER, C.AVERROR_ENCODER_NOT_FOUND:
		e.Is, e.Text = ErrNoEncoder, ErrNoEncoder.Error()
	case C.ST_NO_SOUND:
		e.Is, e.Text = ErrNoSound, ErrNoSound.Error()
	case C.ST_MUXER_REFUSES:
		e.Is, e.Text = ErrSound, ErrSound.Error()
	default:
		errno := syscall.Errno(-code)
		switch {
		case errno == syscall.ETIMEDOUT:
			e.Is = ErrTimeout
		case code < 0 && -code < 4096:
			e.Is = errno
		}
	}
	return e
}
