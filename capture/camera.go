package capture

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

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
	var opened any = device
	api := cameraBackend
	if o.Backend != "" {
		if api, err = cameraAPI(o.Backend); err != nil {
			return nil, err
		}
		// Only V4L2 takes a device's path for what it is; the others take the index.
		if n, numErr := strconv.Atoi(strings.TrimPrefix(target, "/dev/video")); numErr == nil && api != cameraBackend {
			opened = n
		}
	}
	c, err := gocv.OpenVideoCaptureWithAPI(opened, api)
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
	r := &camera{mats: mats{gocv.NewMat()}, cap: c, timeout: o.ReadTimeout}
	return newSource("camera "+name, cameraInfo(c), r, o), nil
}

// cameraAPI returns the part of OpenCV that opens cameras under a name, in any case.
func cameraAPI(name string) (gocv.VideoCaptureAPI, error) {
	var known []string
	for _, api := range gocv.VideoRegistry.GetCameraBackends() {
		n := gocv.VideoRegistry.GetBackendName(api)
		if strings.EqualFold(n, name) {
			return api, nil
		}
		known = append(known, n)
	}
	return 0, fmt.Errorf("backend %q: this OpenCV opens cameras with %s", name, strings.Join(known, ", "))
}

// cameraInfo reads what an open camera says of itself, and believes what can be true.
func cameraInfo(c *gocv.VideoCapture) Info {
	info := Info{
		Kind:  Camera,
		Width: int(c.Get(gocv.VideoCaptureFrameWidth)), Height: int(c.Get(gocv.VideoCaptureFrameHeight)),
		FPS: believable(c.Get(gocv.VideoCaptureFPS)),
	}
	if c.Get(gocv.VideoCaptureFOURCC) > 0 {
		info.Codec = printable(c.CodecString())
	}
	return info
}

// camera reads what OpenCV's camera backends open.
type camera struct {
	mats
	cap     *gocv.VideoCapture
	timeout time.Duration
}

func (c *camera) read() (shot, error) {
	begin := time.Now()
	if c.cap.Read(&c.bgr) && !c.bgr.Empty() {
		return shot{at: noPosition}, nil
	}
	// OpenCV reports a stall and an end alike; only the time that it took tells them apart.
	if waited := time.Since(begin); waited > c.timeout*9/10 {
		return shot{}, fmt.Errorf("%w: nothing for %.1f s", ErrTimeout, waited.Seconds())
	}
	return shot{}, fmt.Errorf("%w: the camera gives no more pictures", ErrBroken)
}

func (c *camera) close() error { return errors.Join(c.mats.close(), c.cap.Close()) }

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
