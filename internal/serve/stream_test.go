package serve

import (
	"bufio"
	"encoding/json"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"siamtrack/render"
	"siamtrack/session"
	"siamtrack/tracker"
)

// TestStream reads pictures as a browser does, until it sees the panel come.
func TestStream(t *testing.T) {
	w := open(t, nil)
	r, err := w.client.Get(w.base + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	parts := multipart.NewReader(r.Body, "picture")
	height := func() int {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(part)
		if err != nil {
			t.Fatal(err)
		}
		at, err := strconv.ParseFloat(part.Header.Get("X-Timestamp"), 64)
		if age := time.Since(time.UnixMicro(int64(at * 1e6))); err != nil || age < 0 || age > time.Minute {
			t.Errorf("captured %v ago, %v", age, err)
		}
		return img.Bounds().Dy()
	}
	for range 5 {
		if h := height(); h != 240 {
			t.Errorf("a picture of height %d, want 240", h)
		}
	}
	w.ask("POST", "/show", `{"panel":true,"color_map":"magma"}`, new(any))
	for height() <= 240 { // what was drawn before is still to come
	}
	s := w.until("the parts that are shown", func(s stateJSON) bool { return s.Show.Panel })
	if !s.Show.Figures || s.Show.ColorMap != render.Magma || s.Saves || s.Viewers != 1 || s.ShownFPS <= 0 {
		t.Errorf("%+v", s)
	}
}

// TestSizes opens the stream in each size that is there: small frames are enlarged for a page, large ones made smaller.
func TestSizes(t *testing.T) {
	w := open(t, nil)
	for name, want := range map[string]int{"": 320, "narrow": 640, "wide": 640, "large": 640} {
		r, err := w.client.Get(w.base + "/stream?size=" + name)
		if err != nil {
			t.Fatal(err)
		}
		part, err := multipart.NewReader(r.Body, "picture").NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if img, err := jpeg.Decode(part); err != nil || img.Bounds().Dx() != want || img.Bounds().Dy() != want*3/4 {
			t.Errorf("%q: %v, %v; want a width of %d", name, img.Bounds(), err, want)
		}
		r.Body.Close()
	}
	if status, _ := w.do("GET", "/stream?size=enormous", ""); status != http.StatusBadRequest {
		t.Errorf("a size that is not there: %d", status)
	}
	for name, want := range map[string]image.Point{"": {1920, 1080}, "narrow": {720, 405}, "wide": {1280, 720}} {
		s, err := render.NewScreen()
		if err != nil {
			t.Fatal(err)
		}
		s.Room = sizes[name].room(image.Pt(3840, 2160))
		if got := s.Size(image.Pt(3840, 2160)); got != want {
			t.Errorf("%q: a 4K frame is sent as %v, want %v", name, got, want)
		}
	}
}

func TestEvents(t *testing.T) {
	w := open(t, nil)
	r, err := w.client.Get(w.base + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	lines := bufio.NewScanner(r.Body)
	frames := []int{}
	for len(frames) < 5 && lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			var s stateJSON
			if err := json.Unmarshal([]byte(text), &s); err != nil {
				t.Fatal(err)
			}
			frames = append(frames, s.Frame)
		}
	}
	if len(frames) < 5 || frames[4] <= frames[1] {
		t.Errorf("events of frames %v", frames)
	}
}

// TestSlowViewers opens streams that are read until all of them are there, and then by nobody: they are cut off, and
// the tracker goes on as before.
func TestSlowViewers(t *testing.T) {
	times := patient
	times.picture = 2 * time.Second
	w := openWith(t, times, func(l net.Listener) net.Listener { return shallow{l} }, func(o *Options) { o.Viewers = 5 })
	host := strings.TrimPrefix(w.base, "http://")
	var slow atomic.Bool
	for range 5 {
		c, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.(*net.TCPConn).SetReadBuffer(4096); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		go func() {
			for buf := make([]byte, 4096); !slow.Load(); {
				if _, err := c.Read(buf); err != nil {
					return // the test is over
				}
			}
		}()
	}
	w.until("five viewers", func(s stateJSON) bool { return s.Viewers == 5 })
	if status, text := w.do("GET", "/stream", ""); status != http.StatusServiceUnavailable {
		t.Errorf("a sixth viewer: %d %s", status, text)
	}
	slow.Store(true)
	// Whoever waited for one of them would show no other frame before they are gone.
	// (The session counts them: a machine that is busy asks for the state too seldom.)
	first := w.session.Status().Tracked
	w.until("the slow ones are gone", func(s stateJSON) bool { return s.Viewers == 0 })
	if n := w.session.Status().Tracked - first; n < 3 {
		t.Errorf("%d frames beside viewers that do not read", n)
	}
	first = w.session.Status().Tracked
	w.until("as many frames without them", func(stateJSON) bool { return w.session.Status().Tracked > first+100 })
}

func TestShelfForgets(t *testing.T) {
	var s shelf
	now := time.Now()
	for i := range maxStills + 3 {
		s.put(&session.View{Step: tracker.Step{Frame: tracker.Frame{Index: i}}}, now)
	}
	if s.get(3, now) != nil || s.get(4, now) == nil || s.get(4, now).Frame.Index != 3 || len(s.items) != maxStills {
		t.Errorf("%d frames kept", len(s.items))
	}
	if s.get(maxStills+3, now.Add(stillLife+time.Second)) != nil || len(s.items) != 0 {
		t.Error("frames are kept for ever")
	}
}
