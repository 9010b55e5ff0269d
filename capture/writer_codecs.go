package capture

import (
	"slices"
)

// codecs are the codes to try in each container, the best first.
var codecs = map[string][]string{
	".mp4":  {"avc1", "mp4v"},
	".m4v":  {"avc1", "mp4v"},
	".mov":  {"avc1", "mp4v"},
	".avi":  {"MJPG", "XVID"},
	".mkv":  {"X264", "FFV1"},
	".webm": {"VP80", "VP90"},
}

// muxers are FFmpeg's names of the containers.
var muxers = map[string]string{
	".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".avi": "avi", ".mkv": "matroska", ".webm": "webm",
}

// encoders are FFmpeg's names of what writes a code, the best first.
var encoders = map[string][]string{
	"avc1": {"libx264", "libopenh264"}, "X264": {"libx264", "libopenh264"},
	"mp4v": {"mpeg4"}, "XVID": {"mpeg4"}, "MJPG": {"mjpeg"}, "FFV1": {"ffv1"},
	"VP80": {"libvpx"}, "VP90": {"libvpx-vp9"},
}

// tags are the codes that a container would name otherwise.
var tags = map[string]string{"XVID": "XVID"}

// containers returns the suffixes that can be written, sorted.
func containers() []string {
	var out []string
	for c := range codecs {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}
