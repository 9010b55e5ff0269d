package render

import (
	"fmt"
	"image"

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
