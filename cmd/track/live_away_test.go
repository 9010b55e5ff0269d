package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestLiveEndsWhileItsSourceIsAway: a camera that is recorded goes away, and gives nothing when it is opened again.
// Ctrl-C then ends the program at once, without a complaint, and what was recorded is whole.
func TestLiveEndsWhileItsSourceIsAway(t *testing.T) {
	data, err := os.ReadFile(changing(t, "a.mjpg", []string{"-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-f", "mjpeg"}))
	if err != nil {
		t.Fatal(err)
	}
	pictures := bytes.SplitAfter(data, []byte("\xff\xd9"))
	var gone atomic.Bool
	asked := make(chan struct{}, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if gone.Load() {
			asked <- struct{}{}
			<-r.Context().Done()
			return
		}
		send(w, pictures, func() bool { return r.Context().Err() == nil && !gone.Load() })
	}))
	defer server.CloseClientConnections()
	page, d := served(t, server.URL, "-m", absolute(t, tiny), "--init", "100,100,60,60", "--jsonl", "t.jsonl",
		"--record", "out.mp4", "--timeout", "1h")
	d.eventually("rows", func() bool { return len(d.rows("t.jsonl")) > 30 }) // a slow encoder has some of the frames
	gone.Store(true)
	select {
	case <-asked:
	case <-time.After(time.Minute):
		t.Fatal("the source is not opened again")
	}
	type state struct{ Lost bool }
	if !ask[state](t, http.MethodGet, page+"state", "").Lost {
		t.Error("the state does not say that the source is lost")
	}
	code, stderr := d.interrupt()
	if code != exitInterrupted || !strings.HasSuffix(stderr, "track: stopped\n") {
		t.Errorf("exit %d\n%s", code, stderr)
	}
	if frames, _, _ := video(t, filepath.Join(d.dir, "out.mp4")); frames < 3 {
		t.Errorf("%d frames recorded", frames)
	}
}
