package render

import (
	"fmt"
	"image"
	"image/color"
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

// Key is a line of the help: a key and what it does.
type Key struct{ Name, Does string }

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
	Several   bool
	painter   *Painter
	histories map[int]*History // of the targets of the last step, by number
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
	return &Screen{painter: p, histories: map[int]*History{}}, nil
}

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
	if s.Show.Panel {
		frame.Y += PanelHeight(frame.X, frame.Y)
	}
	return frame
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
	row := 4 * frame.Rect.Dx()
	for y := range frame.Rect.Dy() {
		copy(canvas.Pix[y*canvas.Stride:y*canvas.Stride+row], frame.Pix[y*frame.Stride:])
	}
	return canvas
}

// DrawOver is the second half of Draw: it draws everything over the frame that Canvas put into canvas.
func (s *Screen) DrawOver(canvas *image.RGBA, m Moment) {
	frame, size := m.Frame.Image, canvas.Rect.Size()
	s.painter.Colors(s.Show.ColorMap)
	picture := clipped(canvas, frame.Rect)
	s.overlay(&picture, m)
	if s.Show.Panel {
		panel := Panel{}
		if t := selected(m); t != nil {
			panel = Panel{Exemplar: t.Exemplar, Search: t.Search, Result: t.Result, History: s.histories[t.ID]}
		}
		s.painter.Panel(canvas, image.Rect(0, frame.Rect.Max.Y, size.X, size.Y), panel)
	}
}

// selected returns the target that the panel shows, nil where none is followed.
func selected(m Moment) *tracker.Target {
	if t := m.Target(m.Selected); t != nil || len(m.Targets) == 0 {
		return t
	}
	return &m.Targets[0]
}

// overlay draws everything that lies over the frame.
func (s *Screen) overlay(dst *image.RGBA, m Moment) {
	p := s.painter
	p.fit(dst)
	s.targets(dst, m)
	if !m.Drag.Empty() {
		p.Box(dst, m.Drag, paper, false, fmt.Sprintf("%.0f x %.0f", m.Drag.W, m.Drag.H))
	}
	if t := selected(m); t != nil && s.Show.Scores && !s.Show.Panel {
		corner := dst.Rect.Max.Sub(image.Pt(3*p.line, 3*p.line))
		size := image.Pt(dst.Rect.Dx()/4, dst.Rect.Dy()/10)
		p.Sparkline(dst, image.Rectangle{corner.Sub(size), corner}, s.histories[t.ID])
	}
	if s.Show.Figures && m.Live != nil {
		p.HUD(dst, figures(m))
	}
	if m.Recording {
		p.recording(dst)
	}
	if line, c := notice(m); line != "" {
		p.notice(dst, line, c)
	}
	if len(m.Help) > 0 {
		p.help(dst, m.Help)
	}
}

// figures returns the lines of figures. Rates of a source that stands still say nothing and are left out.
func figures(m Moment) []string {
	var lines []string
	if st := m.Live.Status; !st.Paused && !st.Ended {
		line := fmt.Sprintf("%.1f frames/s tracked, %.1f captured", st.TrackFPS, st.CaptureFPS)
		if len(m.Targets) == 0 {
			line = fmt.Sprintf("%.1f frames/s captured", st.CaptureFPS)
		}
		if m.Live.ShownFPS > 0 {
			line += fmt.Sprintf(", %.1f shown", m.Live.ShownFPS)
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
