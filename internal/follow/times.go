package follow

import (
	"math"
	"time"

	"siamtrack/tracker"
)

// perOctave is how many buckets of a Histogram lie between a time and twice that time: they are 1.1 % wide.
const perOctave = 64

// octaves is how many doublings of a nanosecond a Histogram tells apart: the last is some 18 minutes.
const octaves = 40

// Histogram counts times in buckets that widen with the time, so that quantiles are right within 1.1 % and memory
// stays the same however many are added. Its zero value is empty.
type Histogram struct {
	counts [perOctave * octaves]uint32
	n      int
	sum    time.Duration
}

// Add counts one time.
func (h *Histogram) Add(d time.Duration) {
	i := int(math.Log2(float64(max(d, 1))) * perOctave)
	h.counts[min(i, len(h.counts)-1)]++
	h.n++
	h.sum += d
}

// Len returns how many times were added.
func (h *Histogram) Len() int { return h.n }

// Mean returns the arithmetic mean, 0 of nothing.
func (h *Histogram) Mean() time.Duration {
	if h.n == 0 {
		return 0
	}
	return h.sum / time.Duration(h.n)
}

// Quantile returns the time below which the share q in [0, 1] of all lies, 0 of nothing.
func (h *Histogram) Quantile(q float64) time.Duration {
	below, want := 0, max(1, int(math.Ceil(q*float64(h.n))))
	for i, c := range h.counts {
		if below += int(c); below >= want {
			return time.Duration(math.Exp2((float64(i) + 0.5) / perOctave))
		}
	}
	return 0
}

// Stage is the time that one part of the work took, over all frames.
type Stage struct {
	Name  string
	Times *Histogram
}

// Clocked is a Source that measures how long another one takes to read each frame.
type Clocked struct {
	tracker.Source
	times Histogram
}

// NewClocked returns src with a clock. Closing it closes src.
func NewClocked(src tracker.Source) *Clocked { return &Clocked{Source: src} }

// Next implements tracker.Source.
func (c *Clocked) Next(dst *tracker.Frame) error {
	begin := time.Now()
	if err := c.Source.Next(dst); err != nil {
		return err
	}
	c.times.Add(time.Since(begin))
	return nil
}

// Stages returns what was measured. No frame may be read meanwhile.
func (c *Clocked) Stages() []Stage { return []Stage{{"decode", &c.times}} }

// Timer is the Sink that measures the tracker.
type Timer struct {
	stages tracker.StageTimer // nil where the tracker cannot say

	update                         Histogram
	crop, embed, correlate, locate Histogram
}

// NewTimer returns a Timer for a run of t. If t is a tracker.StageTimer the parts of its updates are measured too.
func NewTimer(t tracker.Tracker) *Timer {
	m := &Timer{}
	m.stages, _ = t.(tracker.StageTimer)
	return m
}

// Put implements Sink. The initial frame, which is no update, is left out.
func (m *Timer) Put(s tracker.Step) error {
	if s.Initial {
		return nil
	}
	m.update.Add(s.Elapsed)
	if m.stages != nil {
		st := m.stages.Stages()
		m.crop.Add(st.Crop)
		m.embed.Add(st.Embed)
		m.correlate.Add(st.Correlate)
		m.locate.Add(st.Locate)
	}
	return nil
}

// Close implements Sink.
func (m *Timer) Close() error { return nil }

// Stages returns what was measured, in the order of the work; parts that took no time are left out.
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
