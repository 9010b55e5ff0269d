package serve

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"siamtrack/render"
	"siamtrack/tracker"
)

// enter counts the caller as a viewer until leave is called or the request that it returns has ended, or answers that
// there are too many.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) (_ *http.Request, leave func(), ok bool) {
	ctx, leave, ok := s.viewers.enter(r.Context(), from(r.Context()))
	if !ok {
		w.Header().Set("Retry-After", "10")
		http.Error(w, "too many viewers", http.StatusServiceUnavailable)
		return r, nil, false
	}
	viewing(ctx)
	return r.WithContext(ctx), leave, true
}

// each calls send at once and whenever there is something new, until the client goes or takes too long. Where send asks
// for it and nothing new comes soon, it is called again all the same.
func (s *Server) each(w http.ResponseWriter, r *http.Request, send func() (again bool, err error)) {
	control := http.NewResponseController(w)
	for {
		changed := s.news()
		if control.SetWriteDeadline(time.Now().Add(s.times.picture)) != nil {
			return
		}
		again, err := send()
		if err != nil || control.Flush() != nil {
			return
		}
		var soon <-chan time.Time
		if again {
			soon = time.After(repeatAfter)
		}
		select {
		case <-changed:
		case <-soon:
		case <-r.Context().Done():
			return
		}
	}
}

// repeatAfter is when a picture is sent again that no other has followed: a browser may show one only when the next has
// come, and while the source is paused none does.
const repeatAfter = 250 * time.Millisecond

// stream sends pictures as they come.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	const boundary = "--picture\r\n"
	c := s.cuts[r.URL.Query().Get("size")]
	if c == nil {
		http.Error(w, "no such size: narrow, wide or large", http.StatusBadRequest)
		return
	}
	r, leave, ok := s.enter(w, r)
	if !ok {
		return
	}
	defer leave()
	defer s.watch(c)()
	s.wake()
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=picture")
	if _, err := io.WriteString(w, boundary); err != nil {
		return
	}
	var sent *picture
	times := 0 // how often it was sent
	s.each(w, r, func() (again bool, err error) {
		p := s.newest(c)
		if p == nil || p == sent && times == 2 {
			return false, nil
		}
		if p != sent {
			sent, times = p, 0
		}
		times++
		if _, err := io.WriteString(w, p.header()); err != nil {
			return false, err
		}
		if _, err := w.Write(p.jpeg); err != nil {
			return false, err
		}
		_, err = io.WriteString(w, "\r\n"+boundary) // at once: a browser may show a part when the next one begins
		return times == 1, err
	})
}

// header is that of the picture's part of a stream. X-Timestamp, in seconds since 1970, is when the frame was captured,
// as mjpg-streamer and its like write it.
func (p *picture) header() string {
	at := p.captured.UnixMicro()
	return fmt.Sprintf("Content-Type: image/jpeg\r\nContent-Length: %d\r\nX-Timestamp: %d.%06d\r\n\r\n", len(p.jpeg),
		at/1e6, at%1e6)
}

// events sends the state whenever it is another, at most once in interval.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	const interval = 100 * time.Millisecond
	r, leave, ok := s.enter(w, r)
	if !ok {
		return
	}
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	s.each(w, r, func() (again bool, err error) {
		text, err := json.Marshal(s.state())
		if err == nil {
			_, err = fmt.Fprintf(w, "data: %s\n\n", text)
		}
		if err == nil {
			err = http.NewResponseController(w).Flush()
		}
		select {
		case <-time.After(interval):
		case <-r.Context().Done():
		}
		return false, err
	})
}

// stateJSON is the state as clients get it. Boxes are in pixels of the frame, 0-based.
type stateJSON struct {
	Title  string   `json:"title"`
	Frame  int      `json:"frame"`
	Time   float64  `json:"time_s"`
	Width  int      `json:"width"`
	Height int      `json:"height"`
	Target bool     `json:"target"`
	Box    *boxJSON `json:"box,omitempty"` // of the selected target, or the first, as the next two
	Score  *float64 `json:"score,omitempty"`
	State  string   `json:"state,omitempty"`
	// Selected is the number of that target, 0 without one.
	Selected int          `json:"selected"`
	Targets  []targetJSON `json:"targets"`

	Captured   int     `json:"captured"`
	Tracked    int     `json:"tracked"`
	Dropped    int     `json:"dropped"`
	CaptureFPS float64 `json:"capture_fps"`
	TrackFPS   float64 `json:"track_fps"`
	ShownFPS   float64 `json:"shown_fps"`
	Latency    float64 `json:"latency_ms"`
	LastFrame  float64 `json:"last_frame_age_s"`
	Paused     bool    `json:"paused"`
	Ended      bool    `json:"ended"`
	Lost       bool    `json:"lost"`
	Attempt    int     `json:"attempt"`
	Problem    string  `json:"problem,omitempty"`
	Viewers    int     `json:"viewers"`
	// Saves tells that /record and /snapshot do something, Recording is the path of the video being written, VideoProblem
	// why the last one, or that of --follow, ended early.
	Saves        bool   `json:"saves"`
	Recording    string `json:"recording,omitempty"`
	VideoProblem string `json:"video_problem,omitempty"`

	Show showJSON `json:"show"`
	// ColorMaps are those that Show's color_map can be.
	ColorMaps []render.ColorMap `json:"color_maps"`
}

// targetJSON is one target; Color is that of its box where there are several, as CSS writes it. While there is no
// picture its state is session.Status.Absent, there is no score, and the box is that of the last picture.
type targetJSON struct {
	ID    int      `json:"id"`
	Name  string   `json:"name,omitempty"`
	Color string   `json:"color"`
	Box   boxJSON  `json:"box"`
	Score *float64 `json:"score,omitempty"`
	State string   `json:"state"`
	// Perhaps tells of an uncertain target that it was lost before: whether it is found again is still to be seen.
	Perhaps bool `json:"perhaps,omitempty"`
}

type boxJSON struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}

// showJSON is render.Show with the names that clients use.
type showJSON struct {
	HeatMap bool `json:"heat_map"`
	Search  bool `json:"search"`
	Panel   bool `json:"panel"`
	Scores  bool `json:"scores"`
	Figures bool `json:"figures"`

	ColorMap render.ColorMap `json:"color_map"`
}

// state returns how the session stands and what it said last.
func (s *Server) state() stateJSON {
	st := s.o.Session.Status()
	j := stateJSON{
		Title: s.o.Title, Captured: st.Captured, Tracked: st.Tracked, Dropped: st.Dropped,
		CaptureFPS: st.CaptureFPS, TrackFPS: st.TrackFPS, LastFrame: time.Since(st.LastFrame).Seconds(),
		Paused: st.Paused, Ended: st.Ended, Lost: st.Lost(), Attempt: st.Attempt, Viewers: s.viewers.size(),
		Saves: s.saves(),
	}
	j.Recording, j.VideoProblem = s.recording()
	if st.Problem != nil {
		j.Problem = st.Problem.Error()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	j.ShownFPS, j.Latency = s.shown.PerSecond(), float64(s.latency)/float64(time.Millisecond)
	j.Show, j.ColorMaps = showJSON(s.screen.Show), render.ColorMaps()
	if v := s.view; v != nil {
		size := v.Frame.Image.Rect.Size()
		j.Frame, j.Time, j.Width, j.Height = v.Frame.Index, v.Frame.Time.Seconds(), size.X, size.Y
		j.describe(v.Step, s.picked, st.Absent(time.Now()), s.screen.Perhaps)
	}
	return j
}

// describe adds the targets of a step, all of them in the state instead, if there is one, of their own.
func (j *stateJSON) describe(step tracker.Step, selected int, instead string, perhaps func(id int) bool) {
	j.Target = len(step.Targets) > 0
	j.Targets = make([]targetJSON, 0, len(step.Targets))
	for _, t := range step.Targets {
		c := render.TargetColor(t.ID)
		said := targetJSON{
			ID: t.ID, Name: t.Name, Color: fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B),
			Box: boxJSON(t.Result.Box), State: instead,
		}
		if instead == "" {
			score := t.Result.Score
			said.Score, said.State, said.Perhaps = &score, t.Result.State.String(), perhaps(t.ID)
		}
		j.Targets = append(j.Targets, said)
	}
	if !j.Target {
		return
	}
	shown := &j.Targets[0]
	for i := range j.Targets {
		if j.Targets[i].ID == selected {
			shown = &j.Targets[i]
		}
	}
	j.Selected, j.Box, j.Score, j.State = shown.ID, &shown.Box, shown.Score, shown.State
}
