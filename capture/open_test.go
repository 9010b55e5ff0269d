package capture

import (
	"strings"
	"testing"
	"time"

	"siamtrack/internal/redact"
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
	})
}

// TestNoPasswordInErrors: a URL that cannot be opened is named without its secrets, however odd it is.
func TestNoPasswordInErrors(t *testing.T) {
	for _, spec := range []string{
		"rtsp://user:s3cr3t@127.0.0.1:1/x", "rtsp://user:s3cr3t%@127.0.0.1:1/x", "rtsp://user:#s3cr3t@127.0.0.1:1/x",
		"http://user: s3cr3t@127.0.0.1:1/x", "http://user:/s3cr3t@127.0.0.1:1/x", "http://user:s3cr3t?@127.0.0.1:1/x",
		"http://127.0.0.1:1/x?password=s3cr3t", "http://127.0.0.1:1/x?a=1&token=s3cr3t#b", "nothing://user:s3cr3t@host",
		"user:s3cr3t@127.0.0.1/x", "rtmp://127.0.0.1:1/app pubPasswd=s3cr3t", "http://user:s3cr3t@%zz/",
	} {
		s, err := Open(spec, Options{OpenTimeout: time.Second})
		if err == nil {
			s.Close()
			t.Errorf("%q was opened", spec)
		} else if strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), redact.Mask) {
			t.Errorf("%q: %v", spec, err)
		}
	}
}
