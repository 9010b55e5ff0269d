//go:build heavy

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"

	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

// stream is a real stream that can be disturbed.
type stream struct {
	url    string
	start  func() // begins to send, or begins again
	freeze func() // stops to send and keeps everything open
	kill   func() // ends everything that sends
}

// TestStreams follows an object in real streams that are frozen, killed and started again in the middle: the program
// goes on, says that the source is lost, and comes back to the same target.
func TestStreams(t *testing.T) {
	needTools(t, "ffmpeg")
	for name, open := range map[string]func(*testing.T) stream{"RTSP": rtspStream, "MPEG-TS over UDP": udpStream,
		"MJPEG over HTTP": mjpegStream} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.start()
			page, d := served(t, s.url, "-m", absolute(t, tiny), "--init", "100,80,60,60", "--jsonl", "t.jsonl",
				"--record", "out.mp4", "--timeout", "2s", "--reconnect", "-1") // the publisher may come after the program
			more := func(what string) {
				t.Helper()
				n := len(d.rows("t.jsonl"))
				d.eventually("rows "+what, func() bool { return len(d.rows("t.jsonl")) > n+20 })
			}
			lost := func(how string) {
				t.Helper()
				d.eventually("word that the source is lost, "+how, func() bool {
					st := liveState(t, page)
					return st.Lost && st.Attempt > 0 && st.Age > 1 && st.Problem != ""
				})
			}
			more("at first")
			s.freeze()
			lost("frozen")
			s.kill()
			s.start()
			more("after it was frozen")
			s.kill()
			lost("killed")
			s.start()
			more("after it was killed")
			if !liveState(t, page).Target {
				t.Error("the target is forgotten")
			}
			if code, stderr := d.interrupt(); code != exitInterrupted {
				t.Errorf("exit %d\n%s", code, stderr)
			}
			rows := d.rows("t.jsonl")
			for i := 1; i < len(rows); i++ {
				if rows[i].Frame <= rows[i-1].Frame || rows[i].Time < rows[i-1].Time {
					t.Fatalf("frame %d at %v comes after frame %d at %v", rows[i].Frame, rows[i].Time, rows[i-1].Frame, rows[i-1].Time)
				}
			}
			if frames, w, h := video(t, d.dir+"/out.mp4"); frames < len(rows)/2 || w != 320 || h != 240 {
				t.Errorf("%d frames of %dx%d recorded for %d rows", frames, w, h, len(rows))
			}
		})
	}
}

type liveStateJSON struct {
	Lost, Target bool
	Attempt      int
	Age          float64 `json:"last_frame_age_s"`
	Problem      string
}

// liveState asks the program how it stands.
func liveState(t *testing.T, page string) (s liveStateJSON) {
	t.Helper()
	r, err := http.Get(page + "state")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// freePort returns a port that nobody uses now.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// publisher returns the start, freeze and kill of an ffmpeg that sends a test picture with the given arguments.
func publisher(t *testing.T, args ...string) (start, freeze, kill func()) {
	var cmd *exec.Cmd
	kill = func() {
		if cmd != nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // killed: its exit is no news
			cmd = nil
		}
	}
	start = func() {
		all := append([]string{"-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25", "-c:v", "libx264",
			"-preset", "ultrafast", "-tune", "zerolatency", "-g", "12", "-pix_fmt", "yuv420p"}, args...)
		cmd = exec.Command("ffmpeg", all...)
		cmd.Stderr = t.Output()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
	}
	freeze = func() { _ = cmd.Process.Signal(syscall.SIGSTOP) }
	t.Cleanup(kill)
	return start, freeze, kill
}

func udpStream(t *testing.T) stream {
	url := fmt.Sprintf("udp://127.0.0.1:%d", freePort(t))
	start, freeze, kill := publisher(t, "-f", "mpegts", url+"?pkt_size=1316")
	return stream{url, start, freeze, kill}
}

func rtspStream(t *testing.T) stream {
	h := &rtspRelay{}
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	h.server = &gortsplib.Server{Handler: h, RTSPAddress: address}
	if err := h.server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.server.Close)
	start, freeze, kill := publisher(t, "-f", "rtsp", "-rtsp_transport", "tcp", "rtsp://"+address+"/live")
	return stream{"rtsp://" + address + "/live", start, freeze, kill}
}

// rtspRelay passes what one client publishes on to the others.
type rtspRelay struct {
	server *gortsplib.Server
	mu     sync.Mutex
	from   *gortsplib.ServerSession
	stream *gortsplib.ServerStream
}

// rtspOK is a new answer each time: the library writes into it.
func rtspOK() *base.Response { return &base.Response{StatusCode: base.StatusOK} }

func (h *rtspRelay) current() (*base.Response, *gortsplib.ServerStream, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stream == nil {
		return &base.Response{StatusCode: base.StatusNotFound}, nil, nil
	}
	return rtspOK(), h.stream, nil
}

// OnDescribe answers a reader that asks what there is.
func (h *rtspRelay) OnDescribe(*gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return h.current()
}

// OnSetup answers a reader, or the publisher, whose stream is there since it was announced.
func (h *rtspRelay) OnSetup(*gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return h.current()
}

// OnPlay lets a reader begin.
func (h *rtspRelay) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	return rtspOK(), nil
}

// OnAnnounce makes who publishes now the publisher.
func (h *rtspRelay) OnAnnounce(c *gortsplib.ServerHandlerOnAnnounceCtx) (*base.Response, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stream != nil {
		h.stream.Close()
	}
	h.from, h.stream = c.Session, gortsplib.NewServerStream(h.server, c.Description)
	return rtspOK(), nil
}

// OnRecord passes packets on.
func (h *rtspRelay) OnRecord(c *gortsplib.ServerHandlerOnRecordCtx) (*base.Response, error) {
	_, to, _ := h.current()
	c.Session.OnPacketRTPAny(func(m *description.Media, _ format.Format, p *rtp.Packet) {
		_ = to.WritePacketRTP(m, p) // a reader that cannot take it is cut off by the library
	})
	return rtspOK(), nil
}

// OnSessionClose ends the stream with its publisher.
func (h *rtspRelay) OnSessionClose(c *gortsplib.ServerHandlerOnSessionCloseCtx) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stream != nil && c.Session == h.from {
		h.stream.Close()
		h.stream = nil
	}
}

// mjpegStream is what an IP camera sends, made by a server in this process.
func mjpegStream(t *testing.T) stream {
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	var server *http.Server
	var frozen chan struct{}
	start := func() {
		hold := make(chan struct{})
		frozen = hold
		server = &http.Server{Addr: address, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sendMJPEG(w, r, hold)
		})}
		var l net.Listener
		for range 600 { // the port may not be free again at once
			var err error
			if l, err = net.Listen("tcp", address); err == nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if l == nil {
			t.Fatalf("%s is not free again", address)
		}
		go func() {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				t.Error(err)
			}
		}()
	}
	kill := func() { _ = server.Close() }
	t.Cleanup(func() { kill() })
	return stream{"http://" + address + "/stream.mjpg", start, func() { close(frozen) }, kill}
}

// sendMJPEG sends a synthetic video until the client goes; once hold is closed it says nothing more.
func sendMJPEG(w http.ResponseWriter, r *http.Request, hold <-chan struct{}) {
	video, err := synth.New(synth.Scene{Width: 320, Height: 240, FPS: 25})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	source := synth.Paced(video)
	defer source.Close()
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
	var f tracker.Frame
	var picture strings.Builder
	for source.Next(&f) == nil && r.Context().Err() == nil {
		select {
		case <-hold:
			<-r.Context().Done()
			return
		default:
		}
		picture.Reset()
		if jpeg.Encode(&picture, f.Image, nil) != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", picture.Len(),
			picture.String()); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
	}
}
