package serve

import (
	"encoding/json"
	"errors"
	"image/png"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"siamtrack/internal/live"
	"siamtrack/internal/notes"
	"siamtrack/session"
)

// keepSome is a Saver that takes snapshots as the program does, and remembers what it was asked to record.
type keepSome struct {
	dir   string
	err   error
	takes time.Duration // a picture

	mu    sync.Mutex
	now   string
	broke error // the video before
}

func (k *keepSome) Snapshot(v *session.View) (string, error) {
	if k.err != nil {
		return "", k.err
	}
	time.Sleep(k.takes)
	return live.Snapshot(k.dir, v, time.Now())
}

func (k *keepSome) Record(on bool) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil {
		return "", k.err
	}
	if on {
		k.now = "a.mp4"
	} else {
		k.now = ""
	}
	return "a.mp4", nil
}

func (k *keepSome) Recording() (string, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now, k.now != "", k.broke
}

// set makes path the video that is being recorded; the servers that were opened with k ask for it meanwhile.
func (k *keepSome) set(path string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now = path
}

// TestSaving records and takes a snapshot, and downloads what it is told of and nothing else.
func TestSaving(t *testing.T) {
	keep := &keepSome{dir: t.TempDir()}
	w := open(t, func(o *Options) { o.Saver = keep })
	w.until("a picture", func(s stateJSON) bool { return s.Width == 320 && s.Saves && s.Recording == "" })
	var video struct {
		On   bool
		Path string
	}
	w.ask("POST", "/record", `{"on":true}`, &video)
	if !video.On || !filepath.IsAbs(video.Path) {
		t.Errorf("recording %+v", video)
	}
	w.until("recording", func(s stateJSON) bool { return s.Recording == video.Path })
	w.ask("POST", "/record", `{"on":false}`, &video)
	w.until("recorded", func(s stateJSON) bool { return s.Recording == "" })

	var saved struct{ Path, Image, JSON string }
	w.ask("POST", "/snapshot", "", &saved)
	onDisk, err := os.ReadFile(saved.Path)
	if err != nil {
		t.Fatal(err)
	}
	if status, got := w.do("GET", "/"+saved.Image, ""); status != http.StatusOK || got != string(onDisk) {
		t.Errorf("downloaded %d, %d bytes of %d", status, len(got), len(onDisk))
	} else if img, err := png.Decode(strings.NewReader(got)); err != nil || img.Bounds().Dx() != 320 {
		t.Errorf("the picture: %v", err)
	}
	var said struct{ Width, Height int }
	if w.ask("GET", "/"+saved.JSON, "", &said); said.Width != 320 || said.Height != 240 {
		t.Errorf("the JSON says %+v", said)
	}
	other := filepath.Join(keep.dir, "other.txt")
	if err := os.WriteFile(other, []byte("nobody's business"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"other.txt", "..%2f..%2fetc%2fpasswd", "%2e%2e", filepath.Base(saved.Path) + "x"} {
		if status, text := w.do("GET", "/snapshots/"+path, ""); status != http.StatusNotFound {
			t.Errorf("%s: %d %q", path, status, text)
		}
	}
	if err := os.Remove(saved.Path); err != nil {
		t.Fatal(err)
	}
	if status, _ := w.do("GET", "/"+saved.Image, ""); status != http.StatusGone {
		t.Errorf("a file that was removed: %d", status)
	}
	if err := os.Symlink(other, saved.Path); err != nil {
		t.Skip(err)
	}
	if status, text := w.do("GET", "/"+saved.Image, ""); status != http.StatusGone {
		t.Errorf("a link in its place: %d %q", status, text)
	}
}

// TestSavingTakesLong: who waits for a picture that takes longer to save than an answer may take to be sent gets it.
func TestSavingTakesLong(t *testing.T) {
	keep := &keepSome{dir: t.TempDir(), takes: 1500 * time.Millisecond}
	times := patient
	times.answer = time.Second
	w := openWith(t, times, func(l net.Listener) net.Listener { return l }, func(o *Options) { o.Saver = keep })
	for seen := false; !seen; time.Sleep(time.Millisecond) { // not by /state, whose answer may come too late
		w.server.mu.Lock()
		seen = w.server.view != nil
		w.server.mu.Unlock()
	}
	if status, text := w.do("POST", "/snapshot", ""); status != http.StatusOK {
		t.Errorf("%d %q", status, text)
	}
}

// TestSavingIsGuarded: neither other websites nor, without a token, a whole network have files written.
func TestSavingIsGuarded(t *testing.T) {
	refused := func(w *site, want int, header ...string) {
		t.Helper()
		for path, body := range map[string]string{"/record": `{"on":true}`, "/snapshot": ""} {
			if status, text := w.do("POST", path, body, header...); status != want {
				t.Errorf("%s with %v: %d %q, want %d", path, header, status, text, want)
			}
		}
	}
	keep := &keepSome{dir: t.TempDir()}
	saver := func(o *Options) { o.Saver = keep }
	picture := func(s stateJSON) bool { return s.Width > 0 }

	w := open(t, saver)
	w.until("a picture", picture)
	refused(w, http.StatusForbidden, "Sec-Fetch-Site", "cross-site")
	refused(w, http.StatusForbidden, "Origin", "http://elsewhere.example")
	refused(w, http.StatusForbidden, "Host", "rebound.example")

	w = open(t, func(o *Options) { o.Saver, o.Token = keep, "open sesame" })
	refused(w, http.StatusUnauthorized)

	w = open(t, func(o *Options) { o.Saver, o.AnyHost = keep, true }) // to everybody, without a token
	keep.set("/home/owner/a.mp4")                                     // as --record began it
	s := w.until("a picture", picture)
	if s.Saves || s.Recording != "a.mp4" {
		t.Errorf("saves %v, recording %q", s.Saves, s.Recording)
	}
	refused(w, http.StatusForbidden)
	keep.set("")

	w = open(t, func(o *Options) { o.Saver, o.AnyHost, o.Token = keep, true, "open sesame" })
	var got struct{ Path string }
	status, text := w.do("POST", "/snapshot?token=open+sesame", "")
	for deadline := time.Now().Add(time.Minute); status == http.StatusConflict && time.Now().Before(deadline); {
		status, text = w.do("POST", "/snapshot?token=open+sesame", "")
	}
	if err := json.Unmarshal([]byte(text), &got); status != http.StatusOK || err != nil || got.Path == "" {
		t.Errorf("with the token: %d %s", status, text)
	}

	w = open(t, nil) // nothing to save with
	w.until("a picture", func(s stateJSON) bool { return picture(s) && !s.Saves })
	refused(w, http.StatusNotFound)

	w = open(t, saver)
	w.until("a picture", picture)
	w.server.saving.count = maxSnapshots
	if status, text := w.do("POST", "/snapshot", ""); status != http.StatusTooManyRequests {
		t.Errorf("one too many: %d %s", status, text)
	}
}

// TestSavingFails: what a full disk takes is said to who asked, in the log and, of a video that ends early, in the
// state; where everybody is a client, without its place.
func TestSavingFails(t *testing.T) {
	full := errors.New("write /home/owner/a.mp4: no space left on device")
	keep, log := &keepSome{dir: t.TempDir(), err: full, broke: full}, &notes.Log{}
	w := open(t, func(o *Options) { o.Saver, o.Log = keep, slog.New(slog.NewTextHandler(log, nil)) })
	s := w.until("a picture", func(s stateJSON) bool { return s.Width > 0 })
	if !strings.Contains(s.VideoProblem, "ended early: write /home/owner/a.mp4: no space") || s.Recording != "" {
		t.Errorf("the state says %q of the video", s.VideoProblem)
	}
	for path, want := range map[string]int{"/record": http.StatusConflict, "/snapshot": http.StatusInternalServerError} {
		said := strings.Count(log.String(), "no space")
		if status, text := w.do("POST", path, `{"on":true}`); status != want || !strings.Contains(text, "no space") {
			t.Errorf("%s: %d %s", path, status, text)
		}
		if strings.Count(log.String(), "no space") != said+1 {
			t.Errorf("%s: not in the log", path)
		}
	}
	before := w.session.Status().Tracked
	w.until("the view goes on", func(stateJSON) bool { return w.session.Status().Tracked > before+10 })

	w = open(t, func(o *Options) { o.Saver, o.AnyHost = keep, true })
	s = w.until("a picture", func(s stateJSON) bool { return s.Width > 0 })
	if s.VideoProblem == "" || strings.Contains(s.VideoProblem, "owner") {
		t.Errorf("everybody reads %q of the video", s.VideoProblem)
	}
}
