package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"gocv.io/x/gocv"
)

const cameraBackend = gocv.VideoCaptureV4L2

// Cameras lists the devices that pictures can be captured from, in the order of their index. A device that may not be
// opened is listed with the reason in its name.
func Cameras() ([]Device, error) {
	paths, err := filepath.Glob("/dev/video[0-9]*")
	if err != nil {
		return nil, fmt.Errorf("capture: list cameras: %w", err)
	}
	slices.SortFunc(paths, naturalOrder)
	var devices []Device
	for _, path := range paths {
		index, err := strconv.Atoi(strings.TrimPrefix(path, "/dev/video"))
		if err != nil {
			continue
		}
		name, err := queryCamera(path)
		if errors.Is(err, ErrNotCamera) {
			continue // a second node of a camera, with metadata, or an encoder
		}
		if err != nil {
			name = err.Error()
		}
		devices = append(devices, Device{Index: index, Path: path, Name: name})
	}
	return devices, nil
}

// checkCamera turns an index or path into the path to open, or says why it cannot be.
func checkCamera(target string) (string, error) {
	path := target
	if !strings.HasPrefix(target, "/") {
		path = "/dev/video" + target
	}
	_, err := queryCamera(path)
	if !errors.Is(err, ErrNoDevice) {
		return path, err
	}
	devices, listErr := Cameras()
	if listErr != nil || len(devices) == 0 {
		return "", fmt.Errorf("%w as %s, and no other one is connected", ErrNoDevice, path)
	}
	names := make([]string, len(devices))
	for i, d := range devices {
		names[i] = d.String()
	}
	return "", fmt.Errorf("%w as %s; there are: %s", ErrNoDevice, path, strings.Join(names, "; "))
}

// queryCamera asks the driver behind a device node for its name.
func queryCamera(path string) (string, error) {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENXIO), errors.Is(err, syscall.ENODEV):
		return "", fmt.Errorf("%w as %s", ErrNoDevice, path)
	case errors.Is(err, fs.ErrPermission):
		return "", fmt.Errorf("%w: on most systems the user must be in the group video (usermod -aG video NAME)", err)
	case err != nil:
		return "", err
	}
	defer f.Close()
	return capability(f)
}

// capability is VIDIOC_QUERYCAP of linux/videodev2.h: the card's name of a device that captures pictures.
func capability(f *os.File) (string, error) {
	const (
		vidiocQueryCap      = 0x80685600 // _IOR('V', 0, struct v4l2_capability)
		capVideoCapture     = 0x00000001
		capVideoCaptureMany = 0x00001000 // the multi-planar kind
		capDeviceCaps       = 0x80000000
	)
	var c struct {
		driver       [16]byte
		card, bus    [32]byte
		version      uint32
		capabilities uint32
		deviceCaps   uint32
		reserved     [3]uint32
	}
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), vidiocQueryCap, uintptr(unsafe.Pointer(&c))); errno != 0 {
		return "", fmt.Errorf("%w: %s is no video device (%w)", ErrNotCamera, f.Name(), errno)
	}
	caps := c.capabilities
	if caps&capDeviceCaps != 0 {
		caps = c.deviceCaps
	}
	if caps&(capVideoCapture|capVideoCaptureMany) == 0 {
		return "", fmt.Errorf("%w: %s of %s gives no pictures", ErrNotCamera, f.Name(), c.card[:clen(c.card[:])])
	}
	return string(c.card[:clen(c.card[:])]), nil
}

// clen returns the length of the C string in b.
func clen(b []byte) int {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return i
	}
	return len(b)
}
