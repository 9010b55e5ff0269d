package capture

import (
	"fmt"
	"runtime"
	"strings"

	"siamtrack/capture/ffmpeg"
)

// Quality is how well a video is encoded, and so how long that takes.
type Quality string

// The qualities, from the fastest to the best. Of one number of processors, size and rate the same is chosen always.
const (
	// QualityAuto, or "", is hardware where FFmpeg has an encoder for it that works, else the best of the others but
	// QualityBest that keeps up with twice the video's rate.
	QualityAuto  Quality = "auto"
	QualityDraft Quality = "draft"
	QualityFast  Quality = "fast"
	QualityGood  Quality = "good"
	QualityBest  Quality = "best"
)

// Qualities lists all of them.
func Qualities() []Quality {
	return []Quality{QualityAuto, QualityDraft, QualityFast, QualityGood, QualityBest}
}

// ParseQuality reads a quality's name.
func ParseQuality(s string) (Quality, error) {
	var names []string
	for _, q := range Qualities() {
		if string(q) == s {
			return q, nil
		}
		names = append(names, string(q))
	}
	return "", fmt.Errorf("quality %q: %s expected", s, strings.Join(names, ", "))
}

// level is what a quality means for each kind of encoder.
type level struct {
	quality Quality
	preset  string  // of x264, and what is set otherwise than in it
	crf     int     // of x264
	cost    float64 // of x264: processor time in ms a million pixels
	speed   int     // of libvpx: cpu-used
	scale   int     // quantiser of MPEG-4 and MJPEG, 2 to 31
	bits    float64 // a pixel, where only a bit rate can be said
}

// levels are from the best to the fastest. The costs were measured on 720p of a real scene on a server's core of 2.1
// GHz that was busy otherwise too; only their order of size matters.
var levels = []level{
	{QualityBest, "medium", 17, 60, 2, 2, 0.4},
	{QualityGood, "veryfast", 20, 24, 5, 3, 0.2},
	{QualityFast, "ultrafast" + finer, 22, 9.5, 7, 3, 0.2},
	{QualityDraft, "ultrafast", 22, 7, 8, 5, 0.15},
}

// finer gives ultrafast what matters most, motion of quarters of a pixel and more bits for flat parts: two thirds of
// superfast's time at crf 20 and four fifths of its bytes, SSIM 0.964 where that has 0.975 and ultrafast alone 0.944.
const finer = ":subq=1:aq-mode=1"

// What x264 may take: half of the processors, for twice the rate at which the video plays. The rest is for decoding,
// tracking and drawing.
const (
	encodingShare = 0.5
	encodingHaste = 2
)

// keepsUp is the best level with which x264 keeps up with pictures of so many pixels.
func keepsUp(pixels int, fps float64, processors int) level {
	budget := 1000 * encodingShare * float64(processors) / (encodingHaste * fps)
	for _, l := range levels[1:] {
		if l.cost*float64(pixels)/1e6 <= budget {
			return l
		}
	}
	return levels[len(levels)-1]
}

// at is the level of a quality for a video and an encoder. What other encoders than x264 take was not measured.
func (q Quality) at(encoder string, o ffmpeg.WriterOptions) level {
	for _, l := range levels {
		if l.quality == q {
			return l
		}
	}
	if encoder == "libx264" {
		return keepsUp(o.Width*o.Height, float64(o.FPS.Num)/float64(o.FPS.Den), runtime.GOMAXPROCS(0))
	}
	return levels[1]
}

// settings are an encoder's own options: quality before size, and nothing held back, so that what is written is soon in
// the file.
func (q Quality) settings(encoder string, o ffmpeg.WriterOptions) string {
	l := q.at(encoder, o)
	rate := int(min(l.bits*float64(o.Width*o.Height)*float64(o.FPS.Num)/float64(o.FPS.Den)+200_000, 200e6))
	switch encoder {
	case "libx264":
		return fmt.Sprintf("preset=%s:tune=zerolatency:crf=%d", l.preset, l.crf)
	case "h264_nvenc":
		return "preset=p4:tune=ll:rc=vbr:cq=22:b=0:delay=0:zerolatency=1"
	case "h264_qsv":
		return "preset=faster:global_quality=22:async_depth=1"
	case "h264_videotoolbox":
		return fmt.Sprintf("realtime=1:b=%d", rate)
	case "libvpx", "libvpx-vp9":
		return fmt.Sprintf("deadline=realtime:cpu-used=%d:lag-in-frames=0:crf=10:qmax=40:b=%d", l.speed, rate)
	case "mpeg4", "mjpeg":
		return fmt.Sprintf("flags=+qscale:global_quality=%d:b=%d", lambda*l.scale, rate)
	}
	return fmt.Sprintf("b=%d", rate)
}

// lambda is what FFmpeg multiplies a quantiser by, FF_QP2LAMBDA.
const lambda = 118

// hardware are FFmpeg's names of what writes a code with hardware, the best first.
var hardware = map[string][]string{
	"avc1": {"h264_videotoolbox", "h264_nvenc", "h264_qsv"}, "X264": {"h264_videotoolbox", "h264_nvenc", "h264_qsv"},
}

// choices are the encoders to try for a code, in order, each with its settings: with QualityAuto first those of
// hardware that works says are there.
func (q Quality) choices(code string, o ffmpeg.WriterOptions, works func(ffmpeg.WriterOptions) error,
) []ffmpeg.WriterOptions {
	var list []ffmpeg.WriterOptions
	o.Tag = tags[code]
	if q == QualityAuto || q == "" {
		for _, e := range hardware[code] {
			if o.Encoder, o.Settings = e, q.settings(e, o); works(o) == nil {
				list = append(list, o)
				break
			}
		}
	}
	for _, e := range encoders[code] {
		o.Encoder, o.Settings = e, q.settings(e, o)
		list = append(list, o)
	}
	return list
}

// works tries an encoder.
func works(o ffmpeg.WriterOptions) error {
	if !ffmpeg.HasEncoder(o.Encoder) {
		return ffmpeg.ErrNoEncoder
	}
	return o.Works()
}
