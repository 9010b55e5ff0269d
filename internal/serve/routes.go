package serve

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"siamtrack/render"
	"siamtrack/tracker"
)

//go:embed page
var page embed.FS

// routes returns everything that is answered:
//
//	GET  /               the page (with ?token= it sets the cookie)
//	GET  /stream         the picture, as multipart/x-mixed-replace of JPEG; ?size=narrow, wide or large suits a page
//	                     that shows the figures itself
//	GET  /state          the state as JSON
//	GET  /events         the state as server-sent events, at most ten a second
//	POST /freeze         keeps the newest frame for a minute: {"frame":ID,"width":W,"height":H}
//	GET  /frozen/ID.jpg  a frame that was kept, without anything drawn on it
//	POST /select         {"frame":ID,"box":{"x":,"y":,"w":,"h":}} follows that box of that frame, beside the others
//	POST /pick           {"frame":ID,"x":,"y":} shows the target there, {"id":N} that one; answers {"id":N}, 0: none
//	POST /remove         {"id":N} forgets that target
//	POST /clear          forgets all targets
//	POST /pause          {"on":true} or {"on":false}; answers once the picture stands still, or goes on
//	POST /step           lets one more frame through while paused
//	POST /record         {"on":true} begins a video, {"on":false} ends it; answers {"on":,"path":} of this machine
//	POST /snapshot       saves the newest frame: {"path":,"image":URL,"json":URL}
//	GET  /snapshots/NAME a file of a snapshot, to download
//	POST /show           {"heat_map":,"search":,"panel":,"scores":,"figures":,"color_map":} what is drawn, for all
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.index)
	for _, file := range []string{"page.css", "page.js"} {
		mux.HandleFunc("GET /"+file, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, page, "page/"+file)
		})
	}
	mux.HandleFunc("GET /stream", s.stream)
	mux.HandleFunc("GET /events", s.events)
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.state()) })
	mux.HandleFunc("POST /freeze", s.freezeNow)
	mux.HandleFunc("GET /frozen/{file}", s.still)
	mux.HandleFunc("POST /select", s.choose)
	mux.HandleFunc("POST /pick", s.pick)
	mux.HandleFunc("POST /remove", s.remove)
	mux.HandleFunc("POST /clear", func(w http.ResponseWriter, _ *http.Request) { s.o.Session.Clear(); s.changedBy(w) })
	mux.HandleFunc("POST /step", func(w http.ResponseWriter, _ *http.Request) { s.o.Session.Step(); s.changedBy(w) })
	mux.HandleFunc("POST /pause", s.pause)
	mux.HandleFunc("POST /show", s.showParts)
	mux.HandleFunc("POST /record", s.record)
	mux.HandleFunc("POST /snapshot", s.snapshot)
	mux.HandleFunc("GET /snapshots/{file}", s.saved)
	return s.guard(mux)
}

// index answers with the page. A token in its address moves into a cookie, out of sight and of the history.
func (s *Server) index(w http.ResponseWriter, r *http.Request) {
	if s.o.Token != "" && r.URL.Query().Has("token") {
		http.SetCookie(w, &http.Cookie{
			Name: cookieName, Value: s.o.Token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	http.ServeFileFS(w, r, page, "page/index.html")
}

func (s *Server) freezeNow(w http.ResponseWriter, _ *http.Request) {
	id, size := s.freeze()
	if id == 0 {
		http.Error(w, "there is no picture yet", http.StatusConflict)
		return
	}
	answer(w, map[string]int{"frame": id, "width": size.X, "height": size.Y})
}

func (s *Server) still(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(strings.TrimSuffix(r.PathValue("file"), ".jpg"))
	v := s.frozen.get(id, time.Now())
	if err != nil || v == nil {
		http.Error(w, "no such frame is kept", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = w.Write(s.encoded(v.Frame.Image)) // who does not read it does not want it
}

func (s *Server) choose(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Frame int `json:"frame"`
		Box   *boxJSON
	}
	if !read(w, r, &ask) {
		return
	}
	v := s.frozen.get(ask.Frame, time.Now())
	switch {
	case ask.Box == nil:
		http.Error(w, "no box", http.StatusBadRequest)
	case v == nil:
		http.Error(w, "no such frame is kept any more: freeze another one", http.StatusNotFound)
	default:
		err := s.o.Session.Select(v, tracker.Box{X: ask.Box.X, Y: ask.Box.Y, W: ask.Box.W, H: ask.Box.H})
		if errors.Is(err, tracker.ErrBox) {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		} else if err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
		} else {
			answer(w, map[string]bool{"ok": true})
		}
	}
}

// pick makes a target the one that the panel shows.
func (s *Server) pick(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Frame, ID int
		X, Y      float64
	}
	if !read(w, r, &ask) {
		return
	}
	id := ask.ID
	if ask.Frame != 0 {
		v := s.frozen.get(ask.Frame, time.Now())
		if v == nil {
			http.Error(w, "no such frame is kept any more: freeze another one", http.StatusNotFound)
			return
		}
		id = render.TargetAt(v.Step, ask.X, ask.Y)
	}
	s.mu.Lock()
	if s.view == nil || s.view.Target(id) == nil {
		id = 0
	} else {
		s.picked = id
	}
	s.mu.Unlock()
	s.wake()
	answer(w, map[string]int{"id": id})
}

// remove forgets a target.
func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	var ask struct{ ID int }
	if !read(w, r, &ask) {
		return
	}
	if ask.ID <= 0 {
		http.Error(w, "no id of a target", http.StatusBadRequest)
		return
	}
	s.o.Session.Remove(ask.ID)
	s.mu.Lock()
	if s.view != nil {
		s.view.Forget(ask.ID) // the view is ours; the next one comes without
	}
	s.mu.Unlock()
	s.changedBy(w)
}

func (s *Server) pause(w http.ResponseWriter, r *http.Request) {
	var ask struct{ On bool }
	if !read(w, r, &ask) {
		return
	}
	s.o.Session.Pause(ask.On)
	if s.o.Session.Settle(r.Context()) == nil { // else whoever asked is gone, or the server ends
		s.catchUp(r.Context())
	}
	s.changedBy(w)
}

// catchUp waits until the newest view is what the session has tracked last.
func (s *Server) catchUp(ctx context.Context) {
	taken := make(chan struct{})
	select {
	case s.behind <- taken:
		select {
		case <-taken:
		case <-ctx.Done():
		}
	case <-ctx.Done():
	}
}

// showParts switches the parts that are named and leaves the others as they are.
func (s *Server) showParts(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		HeatMap *bool `json:"heat_map"`
		Search  *bool `json:"search"`
		Panel   *bool `json:"panel"`
		Scores  *bool `json:"scores"`
		Figures *bool `json:"figures"`

		ColorMap *render.ColorMap `json:"color_map"`
	}
	if !read(w, r, &ask) {
		return
	}
	s.mu.Lock()
	show := &s.screen.Show
	set(&show.HeatMap, ask.HeatMap)
	set(&show.Search, ask.Search)
	set(&show.Panel, ask.Panel)
	set(&show.Scores, ask.Scores)
	set(&show.Figures, ask.Figures)
	set(&show.ColorMap, ask.ColorMap)
	s.o.Session.ShowCrops(show.Panel)
	s.mu.Unlock()
	s.changedBy(w)
}

// set stores what was asked for, if it was.
func set[T any](part, ask *T) {
	if ask != nil {
		*part = *ask
	}
}

// changedBy has the picture drawn anew and answers a request that changed it.
func (s *Server) changedBy(w http.ResponseWriter) {
	s.wake()
	answer(w, map[string]bool{"ok": true})
}

// wake has the newest view encoded again.
func (s *Server) wake() {
	select {
	case s.wanted <- struct{}{}:
	default:
	}
}

// read decodes the body of r, which must be one JSON value without unknown names, or answers that it is not.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more than one JSON value")
		}
	}
	if err == nil {
		return true
	}
	status := http.StatusBadRequest
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		status = http.StatusRequestEntityTooLarge
	}
	http.Error(w, fmt.Sprintf("the body is not what is asked for: %v", err), status)
	return false
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // a client that is gone needs no answer
}
