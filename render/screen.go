package render

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"time"

	"siamtrack/session"
	"siamtrack/tracker"
)

// Show says which parts of a Screen are drawn beside the picture and its boxes.
type Show struct {
	// HeatMap lays the response maps over the search regions, Search outlines those regions, Panel adds a strip with
	// exemplar, search region and response map below the picture, Scores a line of the last scores, Figures the frames
	// a second, the latency, the frames dropped, and a list of the targets where there are several.
	HeatMap, Search, Panel, Scores, Figures bool
	// ColorMap has the colours of the response maps, Viridis where it is "".
	ColorMap ColorMap
}

// Key is a line of the help: a key, what it does in few words, since a window may be small, and, where there is more to
// say of it, in more words.
type Key struct{ Name, Does, More string }

// Long returns what the key does in as many words as it takes.
func (k Key) Long() string {
	if k.More != "" {
		return k.More
	}
	return k.Does
}

// Moment is what a Screen shows: a frame and what was said of it, which are read only.
type Moment struct {
	tracker.Step
	// Selected is the number of the target that the panel and the line of scores show; where it is not followed they
	// show the first one.
	Selected int
	// Live is how the session stands that shows it; nil where no one watches, as for a video file.
	Live *Live
	// Drag is a box being drawn, zero where none is.
	Drag tracker.Box
	// Recording marks that a file is being written. Notice is a line about what has just happened or is to be done.
	Recording bool
	Notice    string
	// Bare leaves out figures, the list of targets and notices: they are said beside the picture.
	Bare bool
	// Help, if not empty, is drawn over all else.
	Help []Key
}

// Live is how a session stands at one moment.
type Live struct {
	Status session.Status
	// Now is the time it is; ages are counted from it.
	Now time.Time
	// ShownFPS is how many pictures a second reach the viewer, Latency how old they are on arrival; 0 where unknown.
	ShownFPS float64
	Latency  time.Duration
}

// Screen puts together what a person sees: the same in a window, in a browser and in a video file. It is used by one
// goroutine at a time.
type Screen struct {
	Show Show
	// Several tells that targets are told apart by colour and number even while only one is followed.
	Several bool
	// Room is the size in pixels of the place in which the picture is shown, panel and all: the frame is scaled to fit
	// before anything is drawn, so that letters and lines are as large on every frame, and a large frame costs no more
	// than is seen of it. Where it is zero the frame keeps its size.
	Room image.Point
	// Zoom is how many pixels of the picture make one of the size in which letters are meant to be read: 2 for a screen
	// whose pixels are half as large. 0 means 1.
	Zoom      float64
	painter   *Painter
	scaler    scaler
	scaled    []tracker.Target   // of a step, in pixels of the picture
	responses []tracker.Response // of scaled
	clear     []tracker.Box      // the boxes of a moment
	histories map[int]*History   // of the targets of the last step, by number
}

// scoresKept is the number of results in the line of scores: ten seconds at 30 frames a second.
const scoresKept = 300

// heatOpacity is that of the strongest response over the picture, which stays to be seen through it.
const heatOpacity = 0.7

// NewScreen returns a Screen that shows the boxes alone.
func NewScreen() (*Screen, error) {
	p, err := NewPainter()
	if err != nil {
		return nil, err
	}
	s := &Screen{painter: p, histories: map[int]*History{}}
	p.perhaps = s.Perhaps
	return s, nil
}

// Perhaps reports whether a target is uncertain and was lost before: whether what was found again is the target is
// still to be seen.
func (s *Screen) Perhaps(id int) bool { return s.histories[id].Perhaps() }

// Observe remembers the scores of a step; it is to be called once for each new one.
func (s *Screen) Observe(step tracker.Step) {
	for id := range s.histories {
		if step.Target(id) == nil {
			delete(s.histories, id)
		}
	}
	for i := range step.Targets {
		t := &step.Targets[i]
		h := s.histories[t.ID]
		if h == nil {
			h = NewHistory(scoresKept)
			s.histories[t.ID] = h
		}
		h.Add(t.Result)
	}
}

// Size returns the size of what Draw returns for a frame of the given size: the panel makes it taller.
func (s *Screen) Size(frame image.Point) image.Point {
	picture := s.picture(frame)
	if s.Show.Panel {
		picture.Y += panelHeight(picture.X, picture.Y, s.zoom())
	}
	return picture
}

// Fit returns where the points of a frame of the given size are in what Draw returns.
func (s *Screen) Fit(frame image.Point) Fit {
	picture := s.picture(frame)
	scale := float64(picture.X) / float64(max(1, frame.X))
	if frame.Y > frame.X {
		scale = float64(picture.Y) / float64(frame.Y)
	}
	return Fit{Scale: scale, Width: float64(frame.X), Height: float64(frame.Y)}
}

// picture returns the size in which a frame is shown in Room.
func (s *Screen) picture(frame image.Point) image.Point {
	if s.Room == (image.Point{}) || frame.X < 1 || frame.Y < 1 {
		return frame
	}
	at := func(height int) image.Point {
		k := min(float64(s.Room.X)/float64(frame.X), float64(height)/float64(frame.Y))
		side := func(v int) int { return max(1, int(math.Round(k*float64(v)))) }
		return image.Pt(side(frame.X), side(frame.Y))
	}
	size := at(s.Room.Y)
	if !s.Show.Panel {
		return size
	}
	for height := s.Room.Y; height > 1 && size.Y+panelHeight(size.X, size.Y, s.zoom()) > s.Room.Y; height-- {
		size = at(height)
	}
	return size
}

func (s *Screen) zoom() float64 {
	if s.Zoom > 0 {
		return s.Zoom
	}
	return 1
}

// Draw returns the picture of m: the frame with its left top corner at (0, 0) and everything drawn over it. It draws
// into canvas where that has the right size, which may be nil, else into a new picture. m's frame is left as it is.
func (s *Screen) Draw(canvas *image.RGBA, m Moment) *image.RGBA {
	canvas = s.Canvas(canvas, m.Frame.Image)
	s.DrawOver(canvas, m)
	return canvas
}

// Canvas is the first half of Draw: a picture with the frame in it, for DrawOver. It may be called beside DrawOver on
// another picture.
func (s *Screen) Canvas(canvas, frame *image.RGBA) *image.RGBA {
	size := s.Size(frame.Rect.Size())
	if canvas == nil || canvas.Rect != (image.Rectangle{Max: size}) {
		canvas = image.NewRGBA(image.Rectangle{Max: size})
	}
	picture := clipped(canvas, image.Rectangle{Max: s.picture(frame.Rect.Size())})
	s.scaler.scale(&picture, frame)
	return canvas
}

// DrawOver is the second half of Draw: it draws everything over the frame that Canvas put into canvas.
func (s *Screen) DrawOver(canvas *image.RGBA, m Moment) {
	size, at := canvas.Rect.Size(), image.Rectangle{Max: s.picture(m.Frame.Image.Rect.Size())}
	s.painter.Colors(s.Show.ColorMap)
	s.painter.zoom = s.zoom()
	picture := clipped(canvas, at)
	drawn := m.Drag
	m = s.inPicture(m, at.Max)
	s.overlay(&picture, m, drawn)
	if s.Show.Panel {
		panel := Panel{}
		if t := selected(m); t != nil {
			panel = Panel{Exemplar: t.Exemplar, Search: t.Search, Result: t.Result, History: s.histories[t.ID],
				Thresholds: t.Thresholds}
		}
		s.painter.Panel(canvas, image.Rect(0, at.Max.Y, size.X, size.Y), panel)
	}
	if len(m.Help) > 0 {
		s.painter.help(canvas, m.Help)
	}
}

// inPicture returns m with everything in pixels of the picture, in which the frame has the given size.
func (s *Screen) inPicture(m Moment, size image.Point) Moment {
	frame := m.Frame.Image.Rect.Size()
	if frame == size {
		return m
	}
	kx, ky := float64(size.X)/float64(frame.X), float64(size.Y)/float64(frame.Y)
	scale := func(b tracker.Box) tracker.Box {
		return tracker.Box{X: b.X * kx, Y: b.Y * ky, W: b.W * kx, H: b.H * ky}
	}
	s.scaled = append(s.scaled[:0], m.Targets...)
	for len(s.responses) < len(s.scaled) {
		s.responses = append(s.responses, tracker.Response{})
	}
	for i := range s.scaled {
		r := &s.scaled[i].Result
		r.Box, r.Search = scale(r.Box), scale(r.Search)
		if r.Response != nil {
			s.responses[i] = *r.Response
			s.responses[i].Area = scale(r.Response.Area)
			r.Response = &s.responses[i]
		}
	}
	m.Targets, m.Drag = s.scaled, scale(m.Drag)
	return m
}

// selected returns the target that the panel shows, nil where none is followed.
func selected(m Moment) *tracker.Target {
	if t := m.Target(m.Selected); t != nil || len(m.Targets) == 0 {
		return t
	}
	return &m.Targets[0]
}

// marked returns the number of that target where it is to be told which one it is: in front of a person, who can choose
// another, and beside what is drawn of it alone. Else it is 0.
func (s *Screen) marked(m Moment) int {
	t := selected(m)
	if t == nil || m.Live == nil && !s.Show.Panel && !s.Show.Scores {
		return 0
	}
	return t.ID
}

// overlay draws everything that lies over the frame. Drawn is the box being drawn, in pixels of the frame.
func (s *Screen) overlay(dst *image.RGBA, m Moment, drawn tracker.Box) {
	p := s.painter
	p.fit(dst)
	if p.absent = ""; m.Live != nil {
		p.absent = m.Live.Status.Absent(m.Live.Now)
	}
	s.targets(dst, m)
	if !m.Drag.Empty() {
		p.Box(dst, m.Drag, paper, tracker.Tracking, fmt.Sprintf("%.0f x %.0f", drawn.W, drawn.H))
	}
	lifted := 0 // how much higher the notice is, above the graph where that is as wide
	if t := selected(m); t != nil && s.Show.Scores && !s.Show.Panel {
		at := p.graphAt(dst)
		p.Graph(dst, at, s.histories[t.ID], t.Thresholds)
		if at.Dx() > dst.Rect.Dx()/3 {
			lifted = dst.Rect.Max.Y - at.Min.Y
		}
	}
	if s.Show.Figures && m.Live != nil && !m.Bare {
		below := p.HUD(dst, figures(m))
		if m.Recording {
			below = below.Union(p.recording(dst, below))
		}
		if s.several(m) {
			p.list(dst, m.Targets, s.marked(m), below)
		}
	} else if m.Recording {
		p.recording(dst, image.Rectangle{})
	}
	if line, c := notice(m); line != "" && !m.Bare {
		p.notice(dst, line, c, lifted)
	}
}

// figures returns the lines of figures. Rates of a source that stands still say nothing and are left out, and those
// that are as the first one is.
func figures(m Moment) []string {
	var lines []string
	if st := m.Live.Status; !st.Paused && !st.Ended && st.Absent(m.Live.Now) == "" {
		rate := st.TrackFPS
		if len(m.Targets) == 0 {
			rate = st.CaptureFPS
		}
		line := fmt.Sprintf("%.1f frames/s", rate)
		if math.Abs(st.CaptureFPS-rate) > 0.1*rate {
			line += fmt.Sprintf(" of %.1f", st.CaptureFPS)
		}
		if shown := m.Live.ShownFPS; shown > 0 && shown < 0.9*rate {
			line += fmt.Sprintf(", %.1f shown", shown)
		}
		lines = append(lines, line)
	}
	line := fmt.Sprintf("%d dropped", m.Live.Status.Dropped)
	if m.Live.Latency > 0 {
		line = fmt.Sprintf("latency %d ms, %s", m.Live.Latency.Milliseconds(), line)
	}
	return append(lines, line)
}

// notice returns the one line that matters most now, and the colour that it is marked with.
func notice(m Moment) (string, color.RGBA) {
	if m.Live == nil {
		return m.Notice, paper
	}
	st := m.Live.Status
	age := m.Live.Now.Sub(st.LastFrame)
	switch {
	case st.Ended:
		return "end of the video", paper
	case st.Lost():
		line := fmt.Sprintf("source lost, last frame %.1f s ago, attempt %d to open it again", age.Seconds(), st.Attempt)
		if st.Problem != nil {
			line += ": " + st.Problem.Error()
		}
		return line, StateColor(tracker.Lost)
	case m.Notice != "":
		return m.Notice, paper
	case !st.Paused && age > session.SilentAfter:
		return fmt.Sprintf("no frame for %.1f s", age.Seconds()), StateColor(tracker.Uncertain)
	case st.Paused:
		return "paused", paper
	case len(m.Targets) == 0:
		return "drag a box round what to follow", paper
	}
	return "", paper
}
