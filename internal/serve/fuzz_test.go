package serve

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"siamtrack/internal/synth"
	"siamtrack/session"
	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// idle returns the handler of a server whose session has shown a frame and is paused.
func idle(f *testing.F, token string) http.Handler {
	f.Helper()
	video, err := synth.New(synth.Scene{Width: 64, Height: 48, Frames: 1})
	if err != nil {
		f.Fatal(err)
	}
	live := session.New(video, tracker.NewMulti(func() (tracker.Tracker, error) {
		m := siamfc.PixelsManifest()
		return siamfc.New(siamfc.NewCorrelator(siamfc.NewPixels(), m), m)
	}), session.Options{})
	f.Cleanup(func() { _ = live.Close() })
	s, err := New(Options{Session: live, Token: token, Saver: &keepSome{dir: f.TempDir()}})
	if err != nil {
		f.Fatal(err)
	}
	select {
	case v := <-live.Results():
		s.take(v)
	case <-time.After(time.Minute):
		f.Fatal("no frame came")
	}
	s.freeze()
	return s.handler
}

// FuzzRequest sends whatever can be read as a request. It is answered, never with a failure of the server's own;
// without the token nobody gets anything; and another website's page neither reads nor changes anything.
func FuzzRequest(f *testing.F) {
	const token = "sesame"
	for _, s := range []string{
		"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /?token=sesame HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /state HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sesame\r\n\r\n",
		"GET /state HTTP/1.1\r\nHost: localhost\r\nCookie: siamtrack=sesame\r\nSec-Fetch-Site: cross-site\r\n\r\n",
		"GET /stream HTTP/1.1\r\nHost: evil.example\r\n\r\n", "GET /frozen/1.jpg HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
		"GET /frozen/..%2f1.jpg HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "HEAD //page.js HTTP/1.0\r\n\r\n",
		"POST /freeze HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"POST /clear HTTP/1.1\r\nHost: localhost\r\nOrigin: http://x\r\n\r\n",
		"POST /select HTTP/1.1\r\nHost: localhost\r\nContent-Length: 52\r\n\r\n" +
			`{"frame":1,"box":{"x":1.5,"y":2,"w":3e1,"h":20}}    `,
		"POST /show HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + "e\r\n{\"panel\":true}\r\n0\r\n\r\n",
		"POST /show HTTP/1.1\r\nHost: localhost\r\nContent-Length: 21\r\n\r\n" + `{"color_map":"magma"}`,
		"POST /record HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n" + `{"on":true}`,
		"POST /snapshot HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /snapshots/snapshot-20240501-123015.250.png HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"POST /pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n" + `{"on":true}`,
	} {
		f.Add([]byte(s))
	}
	handlers := [...]http.Handler{idle(f, ""), idle(f, token)}
	gone, cancel := context.WithCancel(f.Context()) // streams end at once
	cancel()
	f.Fuzz(func(t *testing.T, raw []byte) {
		for i, h := range handlers {
			r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
			if err != nil {
				return
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r.WithContext(gone))
			switch {
			case w.Code >= 500 && w.Code != http.StatusServiceUnavailable:
				t.Errorf("%q: %d %s", raw, w.Code, w.Body)
			case i == 1 && w.Code < 400 && !strings.Contains(strings.ToLower(string(raw)), token) &&
				!strings.Contains(r.URL.Query().Get("token"), token):
				t.Errorf("%q: %d without the token", raw, w.Code)
			case w.Code < 300 && w.Header().Get("Cross-Origin-Resource-Policy") == "":
				t.Errorf("%q: anybody may embed the answer", raw)
			}
		}
	})
}
