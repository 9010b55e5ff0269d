package capture

import (
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"strings"
	"time"

	"siamtrack/capture/ffmpeg"
	"siamtrack/internal/redact"
)

// video reads what FFmpeg opens: files, streams, pipes.
type video struct {
	r       *ffmpeg.Reader
	kind    Kind
	path    string // of a file
	frames  int    // as the container has it, 0 unknown
	timeout time.Duration
	count   int
	frame   ffmpeg.Frame
	turned  *image.RGBA // as stored, where it is to be turned
	parts   parts
}

// openVideo opens target, which name stands for in messages.
func openVideo(name, target string, kind Kind, o Options) (*Source, error) {
	fo := ffmpeg.Options{
		MaxPixels: o.MaxPixels, Strict: o.Strict, Settings: captureOptions(kind),
		Pipe: kind == Pipe, LowDelay: kind == Stream, // the newest frame is wanted, not one for each thread
	}
	url := target
	switch {
	case kind == File, kind == Pipe && target != stdinURL:
		url = "file:" + target // a name may look like a protocol's
	case kind == Stream:
		fo.OpenTimeout, fo.ReadTimeout = o.OpenTimeout, o.ReadTimeout
	}
	if o.Raw != "" {
		settings, err := rawSettings(o)
		if err != nil {
			return nil, err
		}
		fo.Format, fo.Settings = "rawvideo", settings
	}
	r, err := ffmpeg.Open(url, fo)
	if err != nil {
		return nil, whyNotVideo(target, kind, o, err)
	}
	info := videoInfo(r.Info(), kind)
	if err := room(videoBytes, info.Width, info.Height); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	v := &video{r: r, kind: kind, frames: info.Frames, timeout: o.ReadTimeout, parts: parts{wanted: o.Parts}}
	if kind == File {
		v.path = target
	}
	return newSource(redact.Source(name), info, v, o), nil
}

// stdinURL is FFmpeg's name for file descriptor 0.
const stdinURL = "pipe:0"

// captureOptions are those of FFmpeg's protocols. RTSP goes over TCP where the server has it: UDP loses packets. A user
// overrules all of them as OpenCV's users do, with OPENCV_FFMPEG_CAPTURE_OPTIONS=key;value|key;value.
func captureOptions(kind Kind) string {
	if set, ok := os.LookupEnv("OPENCV_FFMPEG_CAPTURE_OPTIONS"); ok && kind == Stream {
		return set
	}
	if kind == Stream {
		return "rtsp_flags;prefer_tcp"
	}
	return ""
}

// videoInfo believes what can be true of what the headers say.
func videoInfo(f ffmpeg.Info, kind Kind) Info {
	info := Info{Kind: kind, Width: f.Width, Height: f.Height, FPS: believable(f.FPS), Codec: f.Codec, Sound: f.Sound}
	if f.Frames > 0 && f.Frames < 1e9 {
		info.Frames = int(f.Frames)
	}
	if f.SAR.Num > 0 && f.SAR.Den > 0 && f.SAR.Num != f.SAR.Den {
		info.PixelAspect = Ratio(f.SAR)
	}
	if f.Swap {
		info.Width, info.Height = info.Height, info.Width
		info.PixelAspect.Num, info.PixelAspect.Den = info.PixelAspect.Den, info.PixelAspect.Num
	}
	return info
}

// whyNotVideo says as much as can be known of a target that FFmpeg did not open.
func whyNotVideo(target string, kind Kind, o Options, err error) error {
	switch {
	case errors.Is(err, ffmpeg.ErrTimeout):
		return fmt.Errorf("%w: no answer in %v", ErrNotVideo, o.OpenTimeout)
	case errors.Is(err, ffmpeg.ErrEmpty):
		return fmt.Errorf("%w: it is empty: nothing came before its end", ErrNotVideo)
	case errors.Is(err, ffmpeg.ErrNoVideo):
		return fmt.Errorf("%w: %w, as of a sound recording", ErrNotVideo, err)
	case errors.Is(err, ffmpeg.ErrTooLarge):
		return fmt.Errorf("%w: its pictures have more than %d pixels", ErrTooLarge, o.MaxPixels)
	case kind == Stream:
		return fmt.Errorf("%w: %w", ErrNotVideo, err)
	case kind == File:
		want, have, sizeErr := containerSize(target)
		if have == 0 {
			return fmt.Errorf("%w: the file is empty", ErrNotVideo)
		}
		if sizeErr == nil && have < want {
			return fmt.Errorf("%w: the file is cut short, it has %d of %d bytes and lacks its index", ErrNotVideo, have, want)
		}
	}
	if errors.Is(err, ffmpeg.ErrInvalid) {
		return fmt.Errorf("%w: no known container in it, or a codec that this FFmpeg lacks", ErrNotVideo)
	}
	return fmt.Errorf("%w: %w", ErrNotVideo, err)
}

func (v *video) read() (shot, error) {
	f, err := v.r.Next()
	v.frame = f
	s := shot{at: noPosition, lost: f.Lost, damaged: f.Damaged}
	if f.Timed {
		s.at = f.Time
	}
	switch {
	case err == nil:
		v.count++
		return s, nil
	case errors.Is(err, ffmpeg.ErrTimeout):
		return s, fmt.Errorf("%w: nothing for %.1f s", ErrTimeout, v.timeout.Seconds())
	case errors.Is(err, ffmpeg.ErrInterrupted):
		return s, ErrClosed
	case errors.Is(err, ffmpeg.ErrEnd):
		return s, v.end(f.Lost, nil)
	}
	return s, v.end(f.Lost, err)
}

// end says whether a source is over or broken, where its packets end with err, nil for a plain end.
func (v *video) end(lost int, err error) error {
	if v.kind == File {
		if want, have, sizeErr := containerSize(v.path); sizeErr == nil && have < want {
			return fmt.Errorf("%w: the file is cut short, it has %d of %d bytes (%d of about %d frames)",
				ErrBroken, have, want, v.count, v.frames)
		}
	}
	if v.kind == Pipe && v.count == 0 && strings.Contains(v.r.Info().Format, "mov") {
		return fmt.Errorf("%w: the index of this MP4 is at its end, and a pipe cannot be read twice: give the file by its "+
			"name, or pipe it through `ffmpeg -i - -c copy -f matroska -` where it is made, or make it with "+
			"`ffmpeg -movflags +faststart`", ErrBroken)
	}
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrBroken, err)
	case v.count == 0 && (v.kind != Stream || lost > 0):
		return fmt.Errorf("%w: not one frame could be decoded", ErrBroken)
	}
	return io.EOF
}

// picture turns the frame as the file says it is to be shown. OpenCV 4.6 turns +-90 degrees the wrong way
// (opencv#22088).
func (v *video) picture(img *image.RGBA) (*image.RGBA, error) {
	f := v.frame
	if !f.Swap && !f.FlipX && !f.FlipY {
		img, before := fit(img, f.Width, f.Height), img
		if held, err := v.parts.hold(v.r, f, img, before); held || err != nil {
			return img, err
		}
		return img, v.r.RGBA(img.Pix, img.Stride, f)
	}
	v.parts.forget(img)
	v.turned = fit(v.turned, f.Width, f.Height)
	if err := v.r.RGBA(v.turned.Pix, v.turned.Stride, f); err != nil {
		return img, err
	}
	if f.Swap {
		img = fit(img, f.Height, f.Width)
	} else {
		img = fit(img, f.Width, f.Height)
	}
	return img, turn(v.turned, img, f)
}

func (v *video) interrupt() { v.r.Interrupt() }

func (v *video) fill(img *image.RGBA, part image.Rectangle) error { return v.parts.fill(img, part) }

func (v *video) copy(dst, img *image.RGBA) error { return v.parts.copy(dst, img) }

func (v *video) close() error {
	v.parts.close()
	return v.r.Close()
}
