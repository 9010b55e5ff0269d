package capture

import (
	"fmt"
	"image"
	"os"
	"path/filepath"

	"gocv.io/x/gocv"

	"siamtrack/capture/ffmpeg"
)

// OpenCVVersion returns the version of the OpenCV libraries that are linked, such as "4.6.0".
func OpenCVVersion() string { return gocv.OpenCVVersion() }

// FFmpegVersion returns the version of the FFmpeg libraries that are linked.
func FFmpegVersion() string { return ffmpeg.Version() }

// Backends names OpenCV's parts that read files and streams, read cameras, and write videos, as its registry has them.
// FFMPEG must be among the first and the last, V4L2 among the second on Linux.
func Backends() (streams, cameras, writers []string) {
	names := func(apis []gocv.VideoCaptureAPI) (out []string) {
		for _, api := range apis {
			out = append(out, gocv.VideoRegistry.GetBackendName(api))
		}
		return out
	}
	r := gocv.VideoRegistry
	return names(r.GetStreamBackends()), names(r.GetCameraBackends()), names(r.GetWriterBackends())
}

// CodecProbe is the outcome of writing a few frames with one codec in one container.
type CodecProbe struct {
	Container string // the file's suffix, such as ".mp4"
	Codec     string // the four-character code
	// Err is nil where every frame was read back.
	Err error
}

// ProbeCodecs writes a few small frames in every container and codec that a Writer tries, reads them back and says
// which work. It takes some tenths of a second and leaves nothing behind.
func ProbeCodecs() ([]CodecProbe, error) {
	dir, err := os.MkdirTemp("", "codecs-")
	if err != nil {
		return nil, fmt.Errorf("capture: probe codecs: %w", err)
	}
	defer os.RemoveAll(dir)
	var probes []CodecProbe
	for _, suffix := range containers() {
		for _, codec := range codecs[suffix] {
			err := probeCodec(filepath.Join(dir, codec+suffix), codec)
			probes = append(probes, CodecProbe{Container: suffix, Codec: codec, Err: err})
		}
	}
	return probes, nil
}

func probeCodec(path, codec string) (err error) {
	w, err := NewWriter(path, WriterOptions{Codecs: []string{codec}})
	if err != nil {
		return err
	}
	frame := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for range 3 {
		if err = w.Write(frame); err != nil {
			break
		}
	}
	if closeErr := w.Close(); err == nil {
		err = closeErr
	}
	return err
}
