package capture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"siamtrack/tracker"
)

// mjpeg serves a motion JPEG stream, as IP cameras do: n frames, then it is frozen (until the test ends) or closed.
func mjpeg(t *testing.T, n int, freeze bool) string {
	t.Helper()
	var frame bytes.Buffer
	if err := jpeg.Encode(&frame, picture(320, 240, 3), nil); err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		for range n {
			fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", frame.Len(), frame.Bytes())
			w.(http.Flusher).Flush()
			time.Sleep(5 * time.Millisecond)
		}
		if freeze {
			<-over
		}
	}))
	t.Cleanup(func() {
		close(over)
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL + "/camera"
}

func TestStream(t *testing.T) {
	s := mustOpen(t, mjpeg(t, 40, false), Options{})
	info := s.Info()
	if info.Kind != Stream || info.Width != 320 || info.Height != 240 || info.Frames != 0 {
		t.Errorf("info %+v", info)
	}
	frames, err := drain(s)
	if err != io.EOF {
		t.Fatalf("the server hung up: %v", err)
	}
	if len(frames) != 40 {
		t.Errorf("%d frames of 40", len(frames))
	}
	if d := meanDifference(frames[39].Image, picture(320, 240, 3)); d > 3 {
		t.Errorf("the picture differs by %.1f", d)
	}
	for i := 1; i < len(frames); i++ {
		if frames[i].Time <= frames[i-1].Time || frames[i].Time > time.Minute {
			t.Fatalf("frame %d at %v, the one before at %v", i, frames[i].Time, frames[i-1].Time)
		}
	}
}

func TestFrozenStream(t *testing.T) {
	s := mustOpen(t, mjpeg(t, 20, true), Options{ReadTimeout: 500 * time.Millisecond})
	begin := time.Now()
	frames, err := drain(s)
	if !errors.Is(err, ErrTimeout) {
		t.Fatalf("after %d frames: %v", len(frames), err)
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("it took %v to notice", took)
	}
	if again := s.Next(new(tracker.Frame)); !errors.Is(again, ErrTimeout) {
		t.Errorf("the second time: %v", again)
	}
}

// Close ends a Next that waits on a frozen stream long before the stream's own time-out.
func TestCloseEndsABlockedNext(t *testing.T) {
	s, err := Open(mjpeg(t, 20, true), Options{ReadTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	some, ended := make(chan struct{}), make(chan error)
	go func() {
		var f tracker.Frame
		err := s.Next(&f)
		close(some)
		for err == nil {
			err = s.Next(&f)
		}
		ended <- err
	}()
	<-some
	time.Sleep(300 * time.Millisecond) // it has read all that comes, or Close ends it among the frames
	begin := time.Now()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Errorf("the blocked Next says %v", err)
	}
	if took := time.Since(begin); took > 30*time.Second {
		t.Errorf("Close took %v", took)
	}
}

func TestStreamErrors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := l.Addr().String()
	l.Close()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "<html>a page, not a stream</html>")
	}))
	defer page.Close()
	for _, url := range []string{
		"http://" + refused + "/x", "rtsp://user:hidden@" + refused + "/x", "nonsense://" + refused, page.URL,
	} {
		s, err := Open(url, Options{})
		if !errors.Is(err, ErrNotVideo) {
			t.Errorf("%s: %v", url, err)
		}
		if err == nil {
			s.Close()
		} else if strings.Contains(err.Error(), "hidden") {
			t.Errorf("the password shows in %q", err)
		}
	}
	for _, url := range []string{"http://", "rtsp://:554/live", "HTTPS://me:hidden@/x", "rtmp://?x"} {
		s, err := Open(url, Options{})
		if s != nil || !errors.Is(err, ErrNotVideo) || !strings.Contains(err.Error(), "a host is missing") ||
			strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// A stream over UDP that ffmpeg sends until it is killed: it ends in a time-out, for UDP has no end.
func TestUDP(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "udp://" + l.LocalAddr().String()
	l.Close()
	send := exec.Command("ffmpeg", "-v", "error", "-readrate", "5", "-stream_loop", "-1", "-i", sample, "-c:v", "libx264",
		"-preset", "ultrafast", "-tune", "zerolatency", "-g", "10", "-f", "mpegts", url+"?pkt_size=1316")
	if err := send.Start(); err != nil {
		t.Fatal(err)
	}
	stop := sync.OnceFunc(func() {
		_ = send.Process.Kill()
		_ = send.Wait() // killed: its exit is no news
	})
	defer stop()
	s := mustOpen(t, url, Options{ReadTimeout: 3 * time.Second})
	var f tracker.Frame
	for i := range 50 { // it sends on until they have come: who opens late misses frames
		if err := s.Next(&f); err != nil || f.Image.Rect.Dx() != 768 {
			t.Fatalf("frame %d: %v, %v", i, f.Image.Rect, err)
		}
	}
	stop()
	if _, err := drain(s); !errors.Is(err, ErrTimeout) && err != io.EOF {
		t.Errorf("the end is %v", err)
	}
}

// A recording on a server has times of its own, however fast it comes, and a length: less than that is broken off.
func TestRecordingOnAServer(t *testing.T) {
	whole, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(whole)))
		if r.URL.Path == "/cut" {
			_, _ = w.Write(whole[:len(whole)/2]) // and the connection breaks
			return
		}
		_, _ = w.Write(whole)
	}))
	defer server.Close()

	frames, err := drain(mustOpen(t, server.URL+"/whole", Options{}))
	if err != io.EOF || len(frames) != 140 {
		t.Fatalf("%d frames of 140: %v", len(frames), err)
	}
	if got := frames[139].Time; got != 13900*time.Millisecond {
		t.Errorf("frame 139 of a video with 10 frames/s at %v", got)
	}
	frames, err = drain(mustOpen(t, server.URL+"/cut", Options{}))
	if !errors.Is(err, ErrBroken) || len(frames) < 30 || len(frames) > 110 {
		t.Errorf("half of it: %d frames, then %v", len(frames), err)
	}
}

// OpenContext gives up a server that does not answer when its context ends, long before the time-out.
func TestOpenContextEndsTheWait(t *testing.T) {
	asked, over := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(asked)
		<-over
	}))
	defer server.Close()
	defer close(over)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		<-asked
		cancel()
	}()
	begin := time.Now()
	s, err := OpenContext(ctx, server.URL, Options{OpenTimeout: time.Minute})
	if !errors.Is(err, context.Canceled) || s != nil {
		t.Errorf("%v, %v", s, err)
	}
	if took := time.Since(begin); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	s, err = OpenContext(t.Context(), sample, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
