package redact

import (
	"net/url"
	"strings"
	"testing"
)

func TestSource(t *testing.T) {
	for spec, want := range map[string]string{
		"-":                                                      "standard input",
		"0":                                                      "0",
		"/dev/video0":                                            "/dev/video0",
		"walk.mp4":                                               "walk.mp4",
		"/data/12:30/cam@home.mp4":                               "/data/12:30/cam@home.mp4",
		`C:\films\a@b.mp4`:                                       `C:\films\a@b.mp4`,
		"http://host/x":                                          "http://host/x",
		"http://[::1]:8080/x":                                    "http://[::1]:8080/x",
		"udp://@239.0.0.1:1234?pkt_size=1316":                    "udp://@239.0.0.1:1234?pkt_size=1316",
		"rtsp://user@host/x":                                     "rtsp://user@host/x",
		"rtsp://user:s3cr3t@host:554/x?y=1":                      "rtsp://user:xxxxx@host:554/x?y=1",
		"rtsp://:s3cr3t@host/x":                                  "rtsp://:xxxxx@host/x",
		"rtsp://user:s3%cr3t@host/x":                             "rtsp://user:xxxxx@host/x",
		"rtsp://user:s3#cr3t@host/x":                             "rtsp://user:xxxxx@host/x",
		"rtsp://user:s3 cr3t@host/x":                             "rtsp://user:xxxxx@host/x",
		"rtsp://user:s3/c?r3@t@host/x":                           "rtsp://user:xxxxx@host/x",
		"http://user:s3cr3t@ho st/%zz":                           "http://user:xxxxx@ho st/%zz",
		"user:s3cr3t@host/x":                                     "user:xxxxx@host/x",
		"rtsp:/user:s3cr3t@host/x":                               "rtsp:/user:xxxxx@host/x",
		"C:/films/12:30/a@b.mp4":                                 "C:/films/12:30/a@b.mp4",
		"http://host/x?user=a&password=s3cr3t":                   "http://host/x?user=a&password=xxxxx",
		"http://host/x?TOKEN=s3cr3t&channel=1":                   "http://host/x?TOKEN=xxxxx&channel=1",
		"http://host/x?p%61ssword=s3cr3t":                        "http://host/x?p%61ssword=xxxxx",
		"http://host/x?pwd=s3&cr3t":                              "http://host/x?pwd=xxxxx",
		"http://host/x?token=s3#cr3t":                            "http://host/x?token=xxxxx",
		"http://host/x?token=s3 cr3t&y=2":                        "http://host/x?token=xxxxx&y=2",
		"http://host/x?token=s3=cr3t":                            "http://host/x?token=xxxxx",
		"http://host/x?token=":                                   "http://host/x?token=",
		"http://host/x#access_token=s3cr3t":                      "http://host/x#access_token=xxxxx",
		"http://host/x?loginuse=a&loginpas=s3":                   "http://host/x?loginuse=a&loginpas=xxxxx",
		"rtsp://host/user=a_password=s3_channel=1_stream=0.sdp":  "rtsp://host/user=a_password=xxxxx",
		"http://host/x?url=rtsp%3A%2F%2Fa%3As3cr3t%40h":          "http://host/x?url=xxxxx",
		"http://passage.example/keyhole/x?channel=1&size=64x48":  "http://passage.example/keyhole/x?channel=1&size=64x48",
		"rtmp://host/app pubUser=a pubPasswd=s3cr3t playpath=x":  "rtmp://host/app pubUser=a pubPasswd=xxxxx playpath=x",
		"concat:rtsp://a:s3cr3t@h/1|rtsp://b:s3cr3t@i/2":         "concat:rtsp://a:xxxxx@i/2",
		"http://host/x?expires=1&X-Amz-Signature=s3cr3ts3cr3t&z": "http://host/x?expires=1&X-Amz-Signature=xxxxx",
	} {
		if got := Source(spec); got != want {
			t.Errorf("%q is shown as %q, not %q", spec, got, want)
		}
	}
}

func TestText(t *testing.T) {
	got := Text(`no command "rtsp://a:s3cr3t@host/x?y=1"; get http://b:s3cr3t@h, or a.mp4`)
	if want := `no command "rtsp://a:xxxxx@host/x?y=1"; get http://b:xxxxx@h, or a.mp4`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Text("no folder http:/a:s3cr3t@host: make it"); got != "no folder http:/a:xxxxx@host: make it" {
		t.Errorf("of a URL that was taken for a path: %q", got)
	}
}

// What was typed is known in an error that names only a part of it, or whose blanks hide where a URL ends.
func TestTyped(t *testing.T) {
	args := []string{"file", "-", "rtmp://h/app pubUser=a pubPasswd=s3cr3t", "user:s3cr3t@host/x",
		"--csv=http://a:s3cr3t@h/x", "user:s3cr3t@host"}
	for text, want := range map[string]string{
		"stat rtmp://h/app pubUser=a pubPasswd=s3cr3t: no": "stat rtmp://h/app pubUser=a pubPasswd=xxxxx: no",
		"app pubUser=a pubPasswd=s3cr3t: no":               "rtmp://h/app pubUser=a pubPasswd=xxxxx: no",
		"open user:s3cr3t@host/x: x: no":                   "open user:xxxxx@host/x: x: no",
		"no folder http:/a:s3cr3t@h: file":                 "no folder http://a:xxxxx@h/x: file",
		"loop.window: 2 found, 0 to 1 expected":            "loop.window: 2 found, 0 to 1 expected",
		"pipe it through ffmpeg -i - and file":             "pipe it through ffmpeg -i - and file",
	} {
		if got := Typed(text, args); got != want {
			t.Errorf("%q is shown as %q, not %q", text, got, want)
		}
	}
}

// FuzzSource: whatever the password is, and wherever it stands, it is not shown.
func FuzzSource(f *testing.F) {
	for _, s := range []string{
		"s3cr3t", "s3%cr3t", "s3#cr3t", "s3 cr3t", "s3/c?r3@t", "a=b&c", "::", "@", "%zz", "é\x00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, password string) {
		const begin, end = "<<", ">>" // so that a part of it is told from what stands there anyway
		for _, mark := range []string{begin, end} {
			password = strings.ReplaceAll(password, mark, "")
		}
		secret := begin + password + end
		specs := []string{
			"rtsp://user:" + secret + "@host/x", "user:" + secret, "rtsp://user:" + url.QueryEscape(secret) + "@host/x?y=1",
			"http://host/?y=1&token=" + url.QueryEscape(secret) + "&z=2",
		}
		if !strings.ContainsAny(password, "/\\") {
			specs[1] += "@host"
		} else {
			specs[1] = "-"
		}
		if !strings.Contains(password, "=") { // a value with another parameter in it cannot be told from two
			specs = append(specs, "http://host/x?password="+secret+"&z=2", "http://user@host/x?y=1#token="+secret)
		}
		for _, spec := range specs {
			got := Source(spec)
			for _, mark := range []string{begin, end, url.QueryEscape(begin), url.QueryEscape(end)} {
				if strings.Contains(got, mark) {
					t.Errorf("%q is shown as %q", spec, got)
				}
			}
		}
	})
}
