package capture

import (
	"fmt"
	"strings"

	"gocv.io/x/gocv"
)

// Device is a camera of this machine.
type Device struct {
	// Index and Path both open it; Path is "" where the system has none.
	Index int
	Path  string
	Name  string
}

// String returns "0  /dev/video0  the camera's name".
func (d Device) String() string {
	return strings.TrimSpace(fmt.Sprintf("%d  %s  %s", d.Index, d.Path, d.Name))
}

// openCamera opens a camera by index or device path and asks it for what o wants.
func openCamera(name, target string, o Options) (*Source, error) {
	device, err := checkCamera(target)
	if err != nil {
		return nil, err
	}
	c, err := gocv.OpenVideoCaptureWithAPI(device, cameraBackend)
	if err != nil || !c.IsOpened() {
		if c != nil {
			_ = c.Close()
		}
		return nil, ErrBusy
	}
	// The order matters to drivers: the pixel format decides which sizes there are, the size which rates.
	if o.FourCC != "" {
		c.Set(gocv.VideoCaptureFOURCC, c.ToCodec(o.FourCC))
	}
	if o.Width > 0 && o.Height > 0 {
		c.Set(gocv.VideoCaptureFrameWidth, float64(o.Width))
		c.Set(gocv.VideoCaptureFrameHeight, float64(o.Height))
	}
	if o.FPS > 0 {
		c.Set(gocv.VideoCaptureFPS, o.FPS)
	}
	// The driver's queue would show old pictures to who falls behind; not every backend obeys.
	c.Set(gocv.VideoCaptureBufferSize, 1)
	info := videoInfo(c, Camera)
	info.Frames = 0
	return newSource("camera "+name, info, &video{cap: c, kind: Camera, timeout: o.ReadTimeout}, o), nil
}
