package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"siamtrack/internal/synth"
	"siamtrack/session"
	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// site is a running server over a synthetic video that is really tracked.
type site struct {
	t       *testing.T
	base    string
	server  *Server
	session *session.Session
	video   *synth.Video
	client  http.Client
}

// patient are time-outs that cut nobody off for being slow, which on a busy machine anybody is.
var patient = timeouts{
	header: 5 * time.Minute, request: 5 * time.Minute, answer: 5 * time.Minute, picture: 5 * time.Minute,
	idle: 5 * time.Minute,
}

// open serves until the test ends, with patience.
func open(t *testing.T, change func(*Options)) *site {
	t.Helper()
	return openWith(t, patient, func(l net.Listener) net.Listener { return l }, change)
}

// openWith serves with the given time-outs, on what listener makes of the real one.
func openWith(
	t *testing.T, times timeouts, listener func(net.Listener) net.Listener, change func(*Options),
) *site {
	t.Helper()
	video, err := synth.New(synth.Scene{Width: 320, Height: 240, Seed: 2, FPS: 50, Period: 500})
	if err != nil {
		t.Fatal(err)
	}
	targets := tracker.NewMulti(func() (tracker.Tracker, error) {
		m := siamfc.PixelsManifest()
		return siamfc.New(siamfc.NewCorrelator(siamfc.NewPixels(), m), m)
	})
	live := session.New(video, targets, session.Options{})
	o := Options{Title: "a test", Session: live}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.times = times
	l, local, err := Listen(":0")
	if err != nil || !local {
		t.Fatalf("local %v, %v", local, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, listener(l)) }()
	w := &site{t: t, base: "http://" + l.Addr().String(), server: s, session: live, video: video}
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		w.client.CloseIdleConnections()
		if err := live.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// shallow is a listener whose connections keep little for a client that does not read, so that it is soon noticed.
type shallow struct{ net.Listener }

func (s shallow) Accept() (net.Conn, error) {
	c, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	type conn struct{ net.Conn } // no *net.TCPConn any more: the server leaves the buffer as it is
	return conn{c}, c.(*net.TCPConn).SetWriteBuffer(4096)
}

// do sends a request and returns the status and the body.
func (w *site) do(method, path, body string, header ...string) (int, string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.base+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := w.client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// ask is do for answers in JSON; it fails unless the status is 200.
func (w *site) ask(method, path, body string, into any) {
	w.t.Helper()
	status, text := w.do(method, path, body)
	if status != http.StatusOK {
		w.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		w.t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
}

// until asks for the state until it is so.
func (w *site) until(what string, so func(stateJSON) bool) stateJSON {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var s stateJSON
		w.ask("GET", "/state", "", &s)
		if so(s) {
			return s
		}
	}
	w.t.Fatalf("never: %s", what)
	return stateJSON{}
}

// TestChoosing freezes a frame, chooses the object in it, and compares what is said of later frames with the truth. The
// frames are let through one by one, so that none is dropped however busy the machine is.
func TestChoosing(t *testing.T) {
	w := open(t, nil)
	w.until("a picture", func(s stateJSON) bool { return s.Width == 320 && s.Captured > 3 })
	w.ask("POST", "/pause", `{"on":true}`, new(any))
	var kept struct{ Frame, Width, Height int }
	w.ask("POST", "/freeze", "", &kept)
	if kept.Width != 320 || kept.Height != 240 {
		t.Errorf("froze %+v", kept)
	}
	_, data := w.do("GET", "/frozen/1.jpg", "")
	if img, err := jpeg.Decode(strings.NewReader(data)); err != nil || img.Bounds() != image.Rect(0, 0, 320, 240) {
		t.Errorf("the frozen frame: %v", err)
	}
	index := w.server.frozen.get(kept.Frame, time.Now()).Frame.Index
	ask, err := json.Marshal(map[string]any{"frame": kept.Frame, "box": boxJSON(w.video.Truth(index).Box)})
	if err != nil {
		t.Fatal(err)
	}
	w.ask("POST", "/select", string(ask), new(any))
	s := w.until("chosen while paused", func(s stateJSON) bool { return s.Target })
	if !s.Paused || s.Frame != index || tracker.Box(*s.Box) != w.video.Truth(index).Box {
		t.Errorf("chosen in frame %d: paused %v, %v in frame %d", index, s.Paused, *s.Box, s.Frame)
	}
	for range 30 {
		before := s.Frame
		w.ask("POST", "/step", "{}", new(any))
		s = w.until("the next frame", func(s stateJSON) bool { return s.Frame > before })
		b := tracker.Box(*s.Box)
		if iou := b.IoU(w.video.Truth(s.Frame).Box); iou < 0.5 {
			t.Fatalf("frame %d: IoU %.2f of %v with the truth", s.Frame, iou, b)
		}
	}
	w.ask("POST", "/pause", `{"on":false}`, new(any))
	w.until("more frames", func(now stateJSON) bool { return now.Frame > s.Frame+3 })
	w.ask("POST", "/clear", "{}", new(any))
	w.until("cleared", func(s stateJSON) bool { return !s.Target })
}

// TestSeveral adds three targets, picks one by a click and one by its number, removes one, and clears.
func TestSeveral(t *testing.T) {
	w := open(t, nil)
	w.until("a picture", func(s stateJSON) bool { return s.Width == 320 })
	w.ask("POST", "/pause", `{"on":true}`, new(any))
	freeze := func() (id int) {
		var kept struct{ Frame int }
		w.ask("POST", "/freeze", "", &kept)
		return kept.Frame
	}
	for i, x := range []int{10, 100, 220} {
		w.ask("POST", "/select", fmt.Sprintf(`{"frame":%d,"box":{"x":%d,"y":50,"w":60,"h":60}}`, freeze(), x), new(any))
		s := w.until("one more", func(s stateJSON) bool { return len(s.Targets) == i+1 })
		if s.Selected != i+1 || s.Box.X != float64(x) || s.Targets[0].Box.X != 10 {
			t.Errorf("target %d: selected %d at %v; the first is at %v", i+1, s.Selected, *s.Box, s.Targets[0].Box)
		}
	}
	pick := func(body string, want, selected int) {
		t.Helper()
		var got struct{ ID int }
		w.ask("POST", "/pick", body, &got)
		if s := w.until("a state", func(stateJSON) bool { return true }); got.ID != want || s.Selected != selected {
			t.Errorf("picked %d, selected %d; want %d and %d", got.ID, s.Selected, want, selected)
		}
	}
	pick(fmt.Sprintf(`{"frame":%d,"x":120,"y":60}`, freeze()), 2, 2)
	pick(fmt.Sprintf(`{"frame":%d,"x":5,"y":5}`, freeze()), 0, 2)
	pick(`{"id":1}`, 1, 1)
	pick(`{"id":17}`, 0, 1)
	w.ask("POST", "/remove", `{"id":1}`, new(any))
	s := w.until("one less", func(s stateJSON) bool { return len(s.Targets) == 2 })
	if s.Targets[0].ID != 2 || s.Selected != 2 || s.Targets[0].Color == s.Targets[1].Color ||
		len(s.Targets[0].Color) != 7 {
		t.Errorf("%+v, selected %d", s.Targets, s.Selected)
	}
	w.ask("POST", "/pause", `{"on":false}`, new(any))
	w.until("two followed", func(now stateJSON) bool { return now.Frame > s.Frame+5 && len(now.Targets) == 2 })
	w.ask("POST", "/clear", "{}", new(any))
	w.until("none", func(s stateJSON) bool { return len(s.Targets) == 0 && s.Selected == 0 && s.Box == nil })
}

func TestListen(t *testing.T) {
	for address, want := range map[string]bool{":0": true, "localhost:0": true, "[::1]:0": true, "0.0.0.0:0": false} {
		l, local, err := Listen(address)
		if err != nil {
			if strings.Contains(address, "::1") {
				continue // a machine without IPv6
			}
			t.Fatal(err)
		}
		l.Close()
		if local != want {
			t.Errorf("%s: local %v, want %v", address, local, want)
		}
	}
	for _, address := range []string{"8080", "", "host:99999", "nowhere.invalid:80"} {
		if l, _, err := Listen(address); err == nil {
			l.Close()
			t.Errorf("%q: no error", address)
		}
	}
}

// FuzzRead: whatever is sent, it is answered with 200 or a refusal.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		`{"frame":1,"box":{"x":1,"y":2,"w":3,"h":4}}`, `{}`, `[]`, `{"frame":1e99}`, "\x00", `{"box":null}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var ask struct {
			Frame int
			Box   *boxJSON
		}
		w := &recorder{header: http.Header{}}
		r, err := http.NewRequest("POST", "/select", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if ok := read(w, r, &ask); ok != (w.status == 0) {
			t.Errorf("read says %v, the status is %d", ok, w.status)
		}
	})
}

type recorder struct {
	header http.Header
	status int
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(p []byte) (int, error) { return len(p), nil }
func (r *recorder) WriteHeader(status int)      { r.status = status }
