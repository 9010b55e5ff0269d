package clock

import (
	"time"

	"siamtrack/tracker"
)

// Stages are the times of one update: as a whole, and its parts, 0 where the tracker does not tell them.
type Stages struct {
	Update                         time.Duration
	Crop, Embed, Correlate, Locate time.Duration
}

// StagesOf returns the times of the step that t has just made. The initial step has no parts.
func StagesOf(t tracker.Tracker, s tracker.Step) Stages {
	out := Stages{Update: s.Elapsed}
	if st, ok := t.(tracker.StageTimer); ok && !s.Initial {
		parts := st.Stages()
		out.Crop, out.Embed, out.Correlate, out.Locate = parts.Crop, parts.Embed, parts.Correlate, parts.Locate
	}
	return out
}

// Stage is the time that one part of the work took, over all frames.
type Stage struct {
	Name  string
	Times *Histogram
}

// Timer collects the times of a run's updates. It is a sink of steps, as package follow has them.
type Timer struct {
	tracker                                tracker.Tracker
	update, crop, embed, correlate, locate Histogram
}

// NewTimer returns a Timer for a run of t. If t is a tracker.StageTimer the parts of its updates are measured too.
func NewTimer(t tracker.Tracker) *Timer { return &Timer{tracker: t} }

// Put takes one step. The initial frame, which is no update, is left out. It never fails.
func (m *Timer) Put(s tracker.Step) error {
	if s.Initial {
		return nil
	}
	st := StagesOf(m.tracker, s)
	m.update.Add(st.Update)
	if _, ok := m.tracker.(tracker.StageTimer); ok {
		m.crop.Add(st.Crop)
		m.embed.Add(st.Embed)
		m.correlate.Add(st.Correlate)
		m.locate.Add(st.Locate)
	}
	return nil
}

// Close has nothing to do.
func (m *Timer) Close() error { return nil }

// Stages returns what was measured, in the order of the work, parts indented; parts that took no time are left out.
func (m *Timer) Stages() []Stage {
	var out []Stage
	for _, s := range []Stage{
		{"update", &m.update}, {"  crop", &m.crop}, {"  embed", &m.embed}, {"  correlate", &m.correlate},
		{"  locate", &m.locate},
	} {
		if s.Times.sum > 0 {
			out = append(out, s)
		}
	}
	return out
}
