package capture

import (
	"fmt"
	"log/slog"
	"math"
	"time"
)

// Kind says where a source's pictures come from.
type Kind int

// The kinds of sources.
const (
	File   Kind = iota // a video file
	Images             // a folder or glob of pictures, or one picture
	Stream             // a URL: rtsp, http, udp, tcp and what else FFmpeg knows
	Camera             // a camera by index or device path
	Pipe               // standard input or a FIFO
)

var kindNames = [...]string{"file", "images", "stream", "camera", "pipe"}

// String returns the kind's name in lower case.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kindNames[k]
}

// Live reports whether the pictures come at their own pace, so that who is late loses some.
func (k Kind) Live() bool { return k == Stream || k == Camera }

// Options say how a source is opened. The zero value serves.
type Options struct {
	// FPS is the rate asked of a camera; for every other source, where positive, frame times are index/FPS instead of
	// the container's own.
	FPS float64
	// Width, Height and FourCC ("MJPG", "YUYV") are asked of a camera, 0 and "" for its own choice. Cameras give what
	// they can: Info says what was obtained.
	Width, Height int
	FourCC        string
	// OpenTimeout and ReadTimeout bound the waits of a stream: 10 s and 2 s where 0. A smaller OpenTimeout cuts off
	// FFmpeg's probing of the stream and may leave no frames.
	OpenTimeout, ReadTimeout time.Duration
	// MaxPixels refuses pictures and videos whose headers ask for more pixels, before they are decoded: 64 million
	// where 0.
	MaxPixels int64
	// Strict makes an error of a picture that cannot be decoded or is damaged, where it else is skipped or shown, and
	// counted.
	Strict bool
	// Raw takes a pipe's or file's content as bare pixels, rows of WIDTHxHEIGHT pictures: "640x480" of 8-bit RGB, or
	// "640x480:bgr24" with one of FFmpeg's names of pixel formats. Their rate is FPS.
	Raw string
	// Backend names the part of OpenCV that opens cameras, such as "V4L2" or "GSTREAMER" (Backends lists them); "" is
	// the system's usual one.
	Backend string
	// Parts leaves the pixels of a video's frames undefined until Source.Fill is asked for the parts that are needed, as
	// far as that saves work. It is for who gives each image back to Next.
	Parts bool
	// Log is told, once each, what a user should know of the pictures; nil for nobody.
	Log *slog.Logger
}

const (
	defaultOpenTimeout = 10 * time.Second
	defaultReadTimeout = 2 * time.Second
	// maxFPS is the highest rate that is believed: containers without one report such as 90000 or 180000.
	maxFPS = 1000
	// assumedFPS gives times to pictures that have none: folders, and files without a believable rate.
	assumedFPS = 25
	// defaultMaxPixels holds an 8K frame (33 million) and most cameras' pictures; decoded they take 256 MB.
	defaultMaxPixels = 64e6
)

// OptionError says what an option cannot be. Option is its name in Options.
type OptionError struct {
	Option string
	Err    error
}

// Error implements error.
func (e *OptionError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *OptionError) Unwrap() error { return e.Err }

// Check says what of the options cannot be, whatever is opened with them, as an *OptionError. Open checks them too.
func (o Options) Check() error {
	if option, err := o.problem(); err != nil {
		return &OptionError{option, err}
	}
	return nil
}

// problem is the first option that cannot be, and why.
func (o Options) problem() (option string, err error) {
	if o.FPS < 0 || o.FPS > maxFPS || math.IsNaN(o.FPS) {
		return "FPS", fmt.Errorf("frame rate %g: outside 0 to %d", o.FPS, maxFPS)
	}
	if o.Width < 0 || o.Height < 0 {
		return "Width", fmt.Errorf("camera size %dx%d: negative", o.Width, o.Height)
	}
	if o.MaxPixels < 0 {
		return "MaxPixels", fmt.Errorf("at most %d pixels: 1 or more are expected, or 0 for the default", o.MaxPixels)
	}
	if o.Raw != "" {
		if _, err := rawSettings(o); err != nil {
			return "Raw", err
		}
	}
	if o.Backend != "" {
		if _, err := cameraAPI(o.Backend); err != nil {
			return "Backend", err
		}
	}
	if o.FourCC != "" && len(o.FourCC) != 4 {
		return "FourCC", fmt.Errorf("fourcc %q: four characters are needed, such as MJPG", o.FourCC)
	}
	return "", nil
}

func (o Options) withDefaults() (Options, error) {
	if err := o.Check(); err != nil {
		return o, err
	}
	if o.OpenTimeout <= 0 {
		o.OpenTimeout = defaultOpenTimeout
	}
	if o.ReadTimeout <= 0 {
		o.ReadTimeout = defaultReadTimeout
	}
	if o.MaxPixels == 0 {
		o.MaxPixels = defaultMaxPixels
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

// Info is what is known of an open source.
type Info struct {
	Kind Kind
	// Width and Height are the pictures' size in pixels; 0 where it is not known before the first frame.
	Width, Height int
	// FPS is the rate of frames, 0 where the source names none that can be believed.
	FPS float64
	// Frames is about how many frames there are, 0 where unknown, as of a stream that is no recording. Containers are
	// often wrong: it serves a progress bar, never the end of a loop. For Images it is exact.
	Frames int
	// Codec is the four-character code, or the codec's name where the container has none; "" for pictures.
	Codec string
	// PixelAspect is a pixel's width to its height where they differ; 0/0 for square and unknown ones. Pictures are
	// given as stored: a screen or a video file stretches them.
	PixelAspect Ratio
	// Sound tells that there is a sound stream.
	Sound bool
}

// Ratio is a fraction.
type Ratio struct{ Num, Den int }

// String describes the source in a few words, such as "camera 1280x720 at 30 frames/s MJPG".
func (i Info) String() string {
	s := i.Kind.String()
	if i.Width > 0 {
		s += fmt.Sprintf(" %dx%d", i.Width, i.Height)
	}
	if i.PixelAspect.Num > 0 {
		s += fmt.Sprintf(" of %d:%d pixels", i.PixelAspect.Num, i.PixelAspect.Den)
	}
	if i.FPS > 0 {
		s += fmt.Sprintf(" at %.4g frames/s", i.FPS)
	}
	if i.Codec != "" {
		s += " " + i.Codec
	}
	return s
}

// believable returns a rate as a container names it, 0 where it cannot be one.
func believable(fps float64) float64 {
	if !(fps > 0 && fps <= maxFPS) {
		return 0
	}
	return fps
}
