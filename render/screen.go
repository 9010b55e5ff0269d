package render

import (
	"fmt"
	"image"
	"image/color"
	"time"

	"siamtrack/session"
	"siamtrack/tracker"
)

// Show says which parts of a Screen are drawn beside the picture and its box.
type Show struct {
	// HeatMap lays the response map over the search region, Search outlines that region, Panel adds a strip with
	// exemplar, search region and response map below the picture, Scores a line of the last scores, Figures the frames
	// a second, the latency and the frames dropped.
	HeatMap, Search, Panel, Scores, Figures bool
}

// Key is a line of the help: a key and what it does.
type Key struct{ Name, Does string }

// Moment is what a Screen shows.
type Moment struct {
	// View is the frame and its result; it is read only.
	View   *session.View
	Status session.Status
	// Now is the time it is; ages are counted from it.
	Now time.Time
	// ShownFPS is how many pictures a second reach the viewer, Latency how old they are on arrival; 0 where unknown.
	ShownFPS float64
	Latency  time.Duration
	// Drag is a box being drawn, zero where none is.
	Drag tracker.Box
	// Recording marks that a file is being written. Notice is a line about what has just happened or is to be done.
	Recording bool
	Notice    string
	// Help, if not empty, is drawn over all else.
	Help []Key
}

// Screen puts together what a person sees of a live session, the same for every kind of viewer.
type Screen struct {
	Show    Show
	painter *Painter
	history *History
	canvas  *image.RGBA
}

// scoresKept is the number of results in the line of scores: ten seconds at 30 frames a second.
const scoresKept = 300

// NewScreen returns a Screen that shows the figures.
func NewScreen() (*Screen, error) {
	p, err := NewPainter()
	if err != nil {
		return nil, err
	}
	return &Screen{Show: Show{Figures: true}, painter: p, history: NewHistory(scoresKept)}, nil
}

// Observe remembers v's score; it is to be called once for each new view.
func (s *Screen) Observe(v *session.View) {
	if v.Target {
		s.history.Add(v.Result)
	}
}

// Size returns the size of what Draw returns for a frame of the given size: the panel makes it taller.
func (s *Screen) Size(frame image.Point) image.Point {
	if s.Show.Panel {
		frame.Y += PanelHeight(frame.X, frame.Y)
	}
	return frame
}

// Draw returns the picture of m: the frame with its left top corner at (0, 0) and everything drawn over it. It is
// valid until the next call, and m's frame is left as it is.
func (s *Screen) Draw(m Moment) *image.RGBA {
	frame := m.View.Frame.Image
	size := s.Size(frame.Rect.Size())
	if s.canvas == nil || s.canvas.Rect.Size() != size {
		s.canvas = image.NewRGBA(image.Rectangle{Max: size})
	}
	row := 4 * frame.Rect.Dx()
	for y := range frame.Rect.Dy() {
		copy(s.canvas.Pix[y*s.canvas.Stride:y*s.canvas.Stride+row], frame.Pix[y*frame.Stride:])
	}
	picture := clipped(s.canvas, frame.Rect)
	s.overlay(&picture, m)
	if s.Show.Panel {
		s.painter.Panel(s.canvas, image.Rect(0, frame.Rect.Max.Y, size.X, size.Y), Panel{
			Exemplar: m.View.Exemplar, Search: m.View.Search, Result: m.View.Result, History: s.history,
		})
	}
	return s.canvas
}

// overlay draws everything that lies over the frame.
func (s *Screen) overlay(dst *image.RGBA, m Moment) {
	p := s.painter
	p.fit(dst)
	if m.View.Target {
		if s.Show.HeatMap {
			p.HeatMap(dst, m.View.Result.Response, 0.7)
		}
		if s.Show.Search {
			p.Search(dst, m.View.Result.Search)
		}
		if !m.Drag.Empty() {
			p.Box(dst, m.View.Result.Box, StateColor(m.View.Result.State), true, "")
		} else {
			p.Result(dst, m.View.Result)
		}
	}
	if !m.Drag.Empty() {
		p.Box(dst, m.Drag, paper, false, fmt.Sprintf("%.0f x %.0f", m.Drag.W, m.Drag.H))
	}
	if s.Show.Scores && !s.Show.Panel {
		margin := 3 * p.line
		w, h := dst.Rect.Dx()/4, dst.Rect.Dy()/10
		p.Sparkline(dst, image.Rect(dst.Rect.Max.X-w-margin, dst.Rect.Max.Y-h-margin, dst.Rect.Max.X-margin, dst.Rect.Max.Y-margin), s.history)
	}
	if s.Show.Figures {
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
	if st := m.Status; !st.Paused && !st.Ended {
		line := fmt.Sprintf("%.1f frames/s tracked, %.1f captured", st.TrackFPS, st.CaptureFPS)
		if !m.View.Target {
			line = fmt.Sprintf("%.1f frames/s captured", st.CaptureFPS)
		}
		if m.ShownFPS > 0 {
			line += fmt.Sprintf(", %.1f shown", m.ShownFPS)
		}
		lines = append(lines, line)
	}
	line := fmt.Sprintf("%d dropped", m.Status.Dropped)
	if m.Latency > 0 {
		line = fmt.Sprintf("latency %d ms, %s", m.Latency.Milliseconds(), line)
	}
	return append(lines, line)
}

// notice returns the one line that matters most now, and the colour that it is marked with.
func notice(m Moment) (string, color.RGBA) {
	st := m.Status
	age := m.Now.Sub(st.LastFrame)
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
	case !st.Paused && age > staleAfter:
		return fmt.Sprintf("no frame for %.1f s", age.Seconds()), StateColor(tracker.Uncertain)
	case st.Paused:
		return "paused", paper
	case !m.View.Target:
		return "drag a box round what to follow", paper
	}
	return "", paper
}

// staleAfter is the age of the last frame from which on it is shown.
const staleAfter = time.Second
