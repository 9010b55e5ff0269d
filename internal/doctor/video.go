package doctor

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"siamtrack/capture"
	"siamtrack/internal/readfile"
)

// Video reports the libraries that read and write pictures, and which codecs work: each is tried.
func Video() []Finding {
	_, cameras, _ := capture.Backends()
	cv := Finding{Name: "OpenCV", Status: OK, Found: capture.OpenCVVersion(), Details: loaded("libopencv_")}
	read := Finding{Name: "FFmpeg", Status: OK, Found: capture.FFmpegVersion(), Details: loaded("libav")}
	camera := Finding{Name: "camera reading", Status: OK, Found: strings.Join(cameras, " ")}
	if len(cameras) == 0 {
		camera.Status, camera.Found = Note, "no backend"
		camera.Advice = "build against an OpenCV whose videoio has V4L2 (Debian's has), or use files and streams only"
	}
	return []Finding{cv, read, camera, codecs()}
}

// codecs tries every codec of every container.
func codecs() Finding {
	f := Finding{Name: "video writing", Status: OK}
	probes, err := capture.ProbeCodecs()
	if err != nil {
		f.Status, f.Found = Missing, err.Error()
		f.Advice = "see that the folder for temporary files, " + os.TempDir() + ", can be written to"
		return f
	}
	works := 0
	byContainer := map[string][]string{}
	var order []string
	for _, p := range probes {
		if byContainer[p.Container] == nil {
			order = append(order, p.Container)
		}
		text := p.Codec
		if p.Err != nil {
			text += " (does not work)"
		} else {
			works++
		}
		byContainer[p.Container] = append(byContainer[p.Container], text)
	}
	f.Found = fmt.Sprintf("%d of %d codecs work", works, len(probes))
	for _, c := range order {
		f.Details = append(f.Details, c+" "+strings.Join(byContainer[c], ", "))
	}
	if works == 0 {
		f.Status = Note
		f.Advice = "no annotated video can be written (the track files can): build against an FFmpeg with encoders, such " +
			"as Debian's"
	}
	return f
}

// Cameras reports the cameras of this machine.
func Cameras() Finding {
	f := Finding{Name: "cameras", Status: OK}
	devices, err := capture.Cameras()
	if err != nil {
		f.Status, f.Found = Note, err.Error()
		f.Advice = "only track live with a camera needs one"
		return f
	}
	if f.Found = fmt.Sprintf("%d found", len(devices)); len(devices) == 0 {
		f.Status, f.Found = Note, "none"
		f.Advice = "only track live with a camera needs one: plug it in; on Linux /dev/video* must be readable\n" +
			"by you (group video; in a container pass the device: --device /dev/video0)"
	}
	for _, d := range devices {
		f.Details = append(f.Details, d.String())
	}
	return f
}

// loaded lists the shared libraries of this process whose name begins so, with the paths they were loaded from. It
// knows of Linux only.
func loaded(prefix string) []string {
	maps, err := readfile.Plain("/proc/self/maps", readfile.Small)
	if err != nil {
		return nil
	}
	var out []string
	for line := range strings.Lines(string(maps)) {
		at := strings.IndexByte(line, '/')
		if at < 0 {
			continue
		}
		path := strings.TrimSpace(line[at:])
		if strings.HasPrefix(path[strings.LastIndexByte(path, '/')+1:], prefix) && !slices.Contains(out, path) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}
