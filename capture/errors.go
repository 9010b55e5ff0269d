package capture

import "errors"

// The reasons for which a source or a writer fails; every error of this package wraps one of them or the system's own
// (fs.ErrNotExist, fs.ErrPermission, syscall.ENOSPC).
var (
	// ErrNotVideo: the file, stream or picture cannot be decoded.
	ErrNotVideo = errors.New("cannot decode it")
	// ErrTooLarge: the header asks for more pixels than Options.MaxPixels.
	ErrTooLarge = errors.New("too large a picture")
	// ErrNoImages: the folder or glob holds no picture.
	ErrNoImages = errors.New("no pictures there")
	// ErrBroken: the video broke off before its end.
	ErrBroken = errors.New("the video breaks off")
	// ErrTimeout: a stream gave no frame in time.
	ErrTimeout = errors.New("no frame in time")
	// ErrNoDevice: there is no such camera.
	ErrNoDevice = errors.New("no such camera")
	// ErrNotCamera: the device is there, but pictures cannot be captured from it.
	ErrNotCamera = errors.New("not a camera")
	// ErrBusy: the camera is there and open to us, but does not start.
	ErrBusy = errors.New("the camera does not start, most often because another program holds it")
	// ErrClosed: the source or writer was closed.
	ErrClosed = errors.New("closed")
	// ErrCodec: this FFmpeg has no codec that writes the container.
	ErrCodec = errors.New("no codec for it in this FFmpeg")
	// ErrSound: the sound that is to be copied is not there, or does not fit into the container.
	ErrSound = errors.New("the sound cannot be copied")
	// ErrIncomplete: a written video does not hold the frames that went in.
	ErrIncomplete = errors.New("the written video is incomplete")
)
