package capture

import (
	"fmt"
	"io"
	"os"
	"time"
	"unsafe"

	"gocv.io/x/gocv"
)

// Properties of OpenCV's videoio.hpp, in milliseconds, that gocv does not name: CAP_PROP_OPEN_TIMEOUT_MSEC and
// CAP_PROP_READ_TIMEOUT_MSEC.
const (
	capOpenTimeout = 53
	capReadTimeout = 54
)

// video reads what OpenCV's FFmpeg backend opens: files, streams, pipes; and cameras, once they are open.
type video struct {
	cap     *gocv.VideoCapture
	kind    Kind
	path    string // of a file
	frames  int    // as the container has it, 0 unknown
	timeout time.Duration
	count   int
	at      time.Duration
}

// openVideo opens target, which name stands for in messages.
func openVideo(name, target string, kind Kind, o Options) (*Source, error) {
	quietFFmpeg()
	c, err := gocv.VideoCaptureFileWithAPIParams(target, gocv.VideoCaptureFFmpeg, cInts(
		capOpenTimeout, int32(o.OpenTimeout.Milliseconds()),
		capReadTimeout, int32(o.ReadTimeout.Milliseconds())))
	if err != nil {
		_ = c.Close() // gocv hands out an open handle beside its error
		return nil, whyNotVideo(target, kind, o)
	}
	info := videoInfo(c, kind)
	r := &video{cap: c, kind: kind, frames: info.Frames, timeout: o.ReadTimeout}
	if kind == File {
		r.path = target
	}
	return newSource(describe(name), info, r, o), nil
}

// videoInfo reads what an open capture says of itself, and believes what can be true.
func videoInfo(c *gocv.VideoCapture, kind Kind) Info {
	info := Info{
		Kind:  kind,
		Width: int(c.Get(gocv.VideoCaptureFrameWidth)), Height: int(c.Get(gocv.VideoCaptureFrameHeight)),
		FPS: believable(c.Get(gocv.VideoCaptureFPS)),
	}
	if c.Get(gocv.VideoCaptureFOURCC) > 0 {
		info.Codec = printable(c.CodecString())
	}
	// An endless stream has a count of -9.2e18, and FFmpeg guesses 25 frames/s for many that name no rate.
	if n := c.Get(gocv.VideoCaptureFrameCount); n > 0 && n < 1e9 {
		info.Frames = int(n)
	}
	return info
}

// whyNotVideo says as much as can be known of a target that OpenCV did not open.
func whyNotVideo(target string, kind Kind, o Options) error {
	switch kind {
	case Stream:
		return fmt.Errorf("%w: no answer in %v, a refused connection, or nothing in it that FFmpeg can decode",
			ErrNotVideo, o.OpenTimeout)
	case File:
		want, have, err := containerSize(target)
		if have == 0 {
			return fmt.Errorf("%w: the file is empty", ErrNotVideo)
		}
		if err == nil && have < want {
			return fmt.Errorf("%w: the file is cut short, it has %d of %d bytes and lacks its index", ErrNotVideo, have, want)
		}
	}
	return fmt.Errorf("%w: no known container in it, or a codec that this FFmpeg lacks", ErrNotVideo)
}

func (v *video) read(bgr *gocv.Mat) error {
	begin := time.Now()
	if v.cap.Read(bgr) && !bgr.Empty() {
		v.at = position(v.cap.Get(gocv.VideoCapturePosMsec))
		v.count++
		return nil
	}
	if v.kind.Live() {
		// OpenCV reports a stall and an end alike; only the time that it took tells them apart.
		if waited := time.Since(begin); waited > v.timeout*9/10 {
			return fmt.Errorf("%w: nothing for %.1f s", ErrTimeout, waited.Seconds())
		}
	}
	return v.end()
}

// end says whether a source is over or broken. OpenCV reports an end, an undecodable rest and a truncated file alike.
func (v *video) end() error {
	switch v.kind {
	case Camera:
		return fmt.Errorf("%w: the camera gives no more pictures", ErrBroken)
	case Pipe: // FFmpeg writes to a pipe the length of its input, not of what it took from it: the count proves nothing
		return io.EOF
	case Stream:
		if v.frames == 0 {
			return io.EOF
		}
	case File:
		if want, have, err := containerSize(v.path); err == nil && have < want {
			return fmt.Errorf("%w: the file is cut short, it has %d of %d bytes (%d of about %d frames)",
				ErrBroken, have, want, v.count, v.frames)
		}
	}
	// Counts are guessed from the duration where a container stores none: only a gap that no guess explains counts.
	if missing := v.frames - v.count; missing > 25 && missing > v.frames/10 {
		return fmt.Errorf("%w: %d of about %d frames could be decoded", ErrBroken, v.count, v.frames)
	}
	if v.count == 0 {
		return fmt.Errorf("%w: not one frame could be decoded", ErrBroken)
	}
	return io.EOF
}

func (v *video) position() time.Duration { return v.at }

func (v *video) close() error { return v.cap.Close() }

// cInts lays out values as C ints: gocv 0.43 passes a slice of Go ints where C expects ints, with its length as the
// number of C ints, so that 64-bit systems would read a zero after each value.
func cInts(values ...int32) []gocv.VideoCaptureProperties {
	out := make([]gocv.VideoCaptureProperties, len(values))
	copy(unsafe.Slice((*int32)(unsafe.Pointer(&out[0])), len(values)), values)
	return out
}

// quietFFmpeg keeps FFmpeg's own messages from standard error: what matters comes back as an error. A user who sets
// OPENCV_FFMPEG_DEBUG gets them all.
func quietFFmpeg() {
	if _, set := os.LookupEnv("OPENCV_FFMPEG_DEBUG"); set {
		return
	}
	// Setenv fails only for names that are none.
	_ = os.Setenv("OPENCV_FFMPEG_DEBUG", "1")
	_ = os.Setenv("OPENCV_FFMPEG_LOGLEVEL", "-8") // AV_LOG_QUIET
}

// printable returns a four-character code without the blanks and zeros that fill it up.
func printable(fourcc string) string {
	var out []byte
	for i := range len(fourcc) {
		if c := fourcc[i]; c > ' ' && c < 0x7f {
			out = append(out, c)
		}
	}
	return string(out)
}
