package render

import (
	"fmt"
	"image/color"
	"math"
	"time"

	"siamtrack/session"
	"siamtrack/tracker"
)

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

// selected returns the target that the panel shows, nil where none is followed.
func selected(m Moment) *tracker.Target {
	if t := m.Target(m.Selected); t != nil || len(m.Targets) == 0 {
		return t
	}
	return &m.Targets[0]
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
