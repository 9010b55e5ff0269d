//go:build !linux

package capture

import (
	"fmt"
	"strconv"

	"gocv.io/x/gocv"
)

const cameraBackend = gocv.VideoCaptureAny

// Cameras lists the first devices that open: outside Linux OpenCV offers nothing better, and no names.
func Cameras() ([]Device, error) {
	var devices []Device
	for i := range 4 {
		c, err := gocv.OpenVideoCaptureWithAPI(i, cameraBackend)
		if err == nil {
			devices = append(devices, Device{Index: i, Name: "camera " + strconv.Itoa(i)})
		}
		if c != nil {
			_ = c.Close()
		}
	}
	return devices, nil
}

// checkCamera turns the index into what OpenCV opens.
func checkCamera(target string) (int, error) {
	index, err := strconv.Atoi(target)
	if err != nil {
		return 0, fmt.Errorf("%w as %s: give its index", ErrNoDevice, target)
	}
	return index, nil
}
