package capture

import (
	"fmt"
	"regexp"
	"strconv"
)

// rawForm is WIDTHxHEIGHT, and the name of a pixel format after a colon.
var rawForm = regexp.MustCompile(`^([0-9]{1,6})x([0-9]{1,6})(?::([a-z0-9_]+))?$`)

// rawSettings turns Options.Raw into the settings of FFmpeg's rawvideo demuxer.
func rawSettings(o Options) (string, error) {
	m := rawForm.FindStringSubmatch(o.Raw)
	if m == nil {
		return "", fmt.Errorf("raw pictures %q: WIDTHxHEIGHT is expected, such as 640x480, or 640x480:bgr24", o.Raw)
	}
	width, _ := strconv.Atoi(m[1]) // six digits are a number
	height, _ := strconv.Atoi(m[2])
	if width == 0 || height == 0 {
		return "", fmt.Errorf("raw pictures %q: a side of 0", o.Raw)
	}
	format, fps := m[3], o.FPS
	if format == "" {
		format = "rgb24"
	}
	if fps == 0 {
		fps = assumedFPS
	}
	return fmt.Sprintf("video_size;%dx%d|pixel_format;%s|framerate;%g", width, height, format, fps), nil
}
