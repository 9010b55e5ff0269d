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

// StagesOf returns what all targets of a step took together. A target's initial frame, which is no update, is left out;
// updates is the number of the others.
func StagesOf(s tracker.Step) (sum Stages, updates int) {
	for i := range s.Targets {
		if t := &s.Targets[i]; !t.Initial {
			updates++
			sum.Update += t.Elapsed
			sum.Crop += t.Stages.Crop
			sum.Embed += t.Stages.Embed
			sum.Correlate += t.Stages.Correlate
			sum.Locate += t.Stages.Locate
		}
	}
	return sum, updates
}

// Stage is the time that one part of the work took, over all frames.
type Stage struct {
	Name  string
	Times *Histogram
}

// Timer collects the times of a run's updates. It is a sink of steps, as package follow has them; its zero value is
// ready.
type Timer struct {
	update, crop, embed, correlate, locate Histogram
}

// Put takes one step. One without an update is left out. It never fails.
func (m *Timer) Put(s tracker.Step) error {
	st, updates := StagesOf(s)
	if updates == 0 {
		return nil
	}
	m.update.Add(st.Update)
	m.crop.Add(st.Crop)
	m.embed.Add(st.Embed)
	m.correlate.Add(st.Correlate)
	m.locate.Add(st.Locate)
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
