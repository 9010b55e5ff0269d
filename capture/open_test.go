package capture

import (
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	dir := t.TempDir()
	for spec, want := range map[string]Kind{
		"-": Pipe, "0": Camera, "12": Camera, "/dev/video3": Camera, dir: Images, dir + "/*.png": Images,
		"rtsp://host/x": Stream, "udp://@239.0.0.1:1234": Stream, "http://host/a*b.mp4": Stream,
		"a.png": Images, "a.mp4": File, "file://a.mp4": File, "FILE://" + dir: Images, "99999999": File, "-1": File,
	} {
		if kind, _ := classify(spec); kind != want {
			t.Errorf("%q is taken for a %v, not a %v", spec, kind, want)
		}
	}
}

func FuzzClassify(f *testing.F) {
	for _, s := range []string{"-", "0", "http://user:secret@host/x", "a*b", "://", "file:///x", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		kind, target := classify(spec)
		if strings.HasPrefix(kind.String(), "Kind(") {
			t.Errorf("%q has no kind", spec)
		}
		if spec != "" && target == "" && !strings.HasPrefix(strings.ToLower(spec), "file://") {
			t.Errorf("%q has no target", spec)
		}
		_ = describe(spec)
	})
}

func TestDescribeHidesPasswords(t *testing.T) {
	for spec, want := range map[string]string{
		"rtsp://user:secret@host:554/x?y=1": "rtsp://user:xxxxx@host:554/x?y=1",
		"http://host/x":                     "http://host/x",
		"http://user:secret@ho st/%zz":      "http://...",
		"a.mp4":                             "a.mp4",
		"-":                                 "standard input",
	} {
		if got := describe(spec); got != want {
			t.Errorf("%q is shown as %q, not %q", spec, got, want)
		}
	}
}
