package serve

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
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

// open serves until the test ends. Nobody is cut off for being slow, which on a busy machine anybody is.
func open(t *testing.T, change func(*Options)) *site {
	t.Helper()
	return openWith(t, time.Minute, func(l net.Listener) net.Listener { return l }, change)
}

// openWith serves with patience for a picture, on what listener makes of the real one.
func openWith(
	t *testing.T, patience time.Duration, listener func(net.Listener) net.Listener, change func(*Options),
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
	s.patience = patience
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
	w.until("paused", func(s stateJSON) bool { return s.Paused })
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
	// A frame may have been on its way when the pause came: it is followed at once.
	s := w.until("chosen while paused", func(s stateJSON) bool { return s.Target && s.Frame >= index })
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
		return img.Bounds().Dy()
	}
	for range 5 {
		if h := height(); h != 240 {
			t.Errorf("a picture of height %d, want 240", h)
		}
	}
	w.ask("POST", "/show", `{"panel":true}`, new(any))
	for height() <= 240 { // what was drawn before is still to come
	}
	s := w.until("the parts that are shown", func(s stateJSON) bool { return s.Show.Panel })
	if !s.Show.Figures || s.Viewers != 1 || s.ShownFPS <= 0 {
		t.Errorf("%+v", s)
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

// TestSlowViewers opens streams that nobody reads and some that vanish: the tracker goes on as before.
func TestSlowViewers(t *testing.T) {
	const patience = 2 * time.Second
	w := openWith(t, patience, func(l net.Listener) net.Listener { return shallow{l} }, func(o *Options) { o.Viewers = 5 })
	host := strings.TrimPrefix(w.base, "http://")
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
	}
	w.until("five viewers", func(s stateJSON) bool { return s.Viewers == 5 })
	if status, text := w.do("GET", "/stream", ""); status != http.StatusServiceUnavailable {
		t.Errorf("a sixth viewer: %d %s", status, text)
	}
	// Whoever waited for one of them would show no other frame before they are gone.
	frames := map[int]bool{}
	w.until("the slow ones are gone", func(s stateJSON) bool {
		frames[s.Frame] = true
		return s.Viewers == 0
	})
	if len(frames) < 3 {
		t.Errorf("%d frames shown beside viewers that do not read", len(frames))
	}
	first := w.session.Status().Tracked
	w.until("as many frames without them", func(stateJSON) bool { return w.session.Status().Tracked > first+100 })
}

func TestToken(t *testing.T) {
	w := open(t, func(o *Options) { o.Token = "open sesame" })
	for _, path := range []string{"/", "/state", "/stream", "/events", "/page.js", "/frozen/1.jpg"} {
		if status, text := w.do("GET", path, ""); status != http.StatusUnauthorized || strings.Contains(text, "sesame") {
			t.Errorf("GET %s without the token: %d %q", path, status, text)
		}
	}
	if status, _ := w.do("GET", "/state?token=wrong", ""); status != http.StatusUnauthorized {
		t.Errorf("a wrong token: %d", status)
	}
	for _, c := range [][3]string{
		{"/state?token=open+sesame"}, {"/state", "Authorization", "Bearer open sesame"},
		{"/state", "Cookie", `siamtrack="open sesame"`},
		{"/state?token=open+sesame", "Sec-Fetch-Site", "cross-site"}, // somebody gave that website the token
	} {
		header := c[1:]
		if c[1] == "" {
			header = nil
		}
		if status, text := w.do("GET", c[0], "", header...); status != http.StatusOK {
			t.Errorf("%v: %d %s", c, status, text)
		}
	}
	w.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r, err := w.client.Get(w.base + "/?token=open+sesame")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	cookies := r.Cookies()
	to := r.Header.Get("Location")
	if r.StatusCode != http.StatusSeeOther || to != "/" || len(cookies) != 1 || !cookies[0].HttpOnly {
		t.Errorf("the page with the token: %d to %q with %v", r.StatusCode, to, cookies)
	}
}

func TestRefusals(t *testing.T) {
	w := open(t, nil)
	w.until("a picture", func(s stateJSON) bool { return s.Width > 0 })
	w.ask("POST", "/freeze", "", new(any))
	for _, c := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
	}{
		{"no such page", "GET", "/etc/passwd", "", nil, 404},
		{"outside the page's folder", "GET", "/page/../server.go", "", nil, 404},
		{"wrong method", "GET", "/select", "", nil, 405},
		{"no body", "POST", "/select", "", nil, 400},
		{"no JSON", "POST", "/select", "box", nil, 400},
		{"no box", "POST", "/select", `{"frame":1}`, nil, 400},
		{"an unknown name", "POST", "/select", `{"frame":1,"bocks":3}`, nil, 400},
		{"two values", "POST", "/pause", `{"on":true} {"on":false}`, nil, 400},
		{"no number", "POST", "/select", `{"frame":1,"box":{"x":"1"}}`, nil, 400},
		{"a number that is none", "POST", "/select", `{"frame":1,"box":{"x":1e999}}`, nil, 400},
		{"too long", "POST", "/select", `{"frame":` + strings.Repeat(" ", maxBody) + `1}`, nil, 413},
		{"an unknown frame", "POST", "/select", `{"frame":99,"box":{"x":1,"y":1,"w":20,"h":20}}`, nil, 404},
		{"a box outside", "POST", "/select", `{"frame":1,"box":{"x":900,"y":1,"w":20,"h":20}}`, nil, 422},
		{"an empty box", "POST", "/select", `{"frame":1,"box":{"x":9,"y":1,"w":0,"h":20}}`, nil, 422},
		{"a click on an unknown frame", "POST", "/pick", `{"frame":99,"x":1,"y":1}`, nil, 404},
		{"a target without a number", "POST", "/remove", `{"id":0}`, nil, 400},
		{"a frozen frame that is not there", "GET", "/frozen/99.jpg", "", nil, 404},
		{"a frozen frame without a number", "GET", "/frozen/x.jpg", "", nil, 404},
		{"another website", "POST", "/clear", "{}",
			[]string{"Origin", "http://example.com", "Sec-Fetch-Site", "cross-site"}, 403},
		{"a picture in another website", "GET", "/stream", "",
			[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"another port's website", "GET", "/state", "", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"the page in another website's frame", "GET", "/", "",
			[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403},
		{"a link to the page", "GET", "/", "",
			[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		{"the page's own", "GET", "/state", "", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"an address that was typed", "GET", "/state", "", []string{"Sec-Fetch-Site", "none"}, 200},
		{"a name that points here", "GET", "/state", "", []string{"Host", "attacker.example:80"}, 403},
		{"a loopback name", "GET", "/state", "", []string{"Host", "localhost:1"}, 200},
		{"a box drawn backwards", "POST", "/select", `{"frame":1,"box":{"x":90,"y":90,"w":-20,"h":-20}}`, nil, 200},
	} {
		if status, text := w.do(c.method, c.path, c.body, c.header...); status != c.status {
			t.Errorf("%s: %d %s, want %d", c.name, status, strings.TrimSpace(text), c.status)
		}
	}
}

// TestEmbedding checks who else may show the picture: whoever names the token, nobody by the owner's cookie alone.
func TestEmbedding(t *testing.T) {
	for _, c := range []struct{ token, path, policy string }{
		{"", "/stream", "same-origin"},
		{"", "/state", "same-origin"},
		{"sesame", "/stream?token=sesame", "cross-origin"},
		{"sesame", "/stream?token=wrong", "same-origin"},
		{"sesame", "/stream", "same-origin"},
	} {
		w := open(t, func(o *Options) { o.Token = c.token })
		r, err := http.NewRequestWithContext(t.Context(), "GET", w.base+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := w.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if policy := answer.Header.Get("Cross-Origin-Resource-Policy"); policy != c.policy {
			t.Errorf("%s with token %q: policy %q, want %q", c.path, c.token, policy, c.policy)
		}
	}
	w := open(t, func(o *Options) { o.Token = "sesame" })
	status, _ := w.do("GET", "/state", "", "Cookie", "siamtrack=sesame", "Sec-Fetch-Site", "cross-site")
	if status != http.StatusForbidden {
		t.Errorf("another website with the owner's cookie: %d", status)
	}
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
