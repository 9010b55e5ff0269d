package clock

import (
	"time"

	"siamtrack/tracker"
)

// Source is a tracker.Source that measures how long another one takes to read each frame.
type Source struct {
	tracker.Source
	last  time.Duration
	times Histogram
}

// NewSource returns src with a clock. Closing it closes src.
func NewSource(src tracker.Source) *Source { return &Source{Source: src} }

// Next implements tracker.Source. A read that fails is not measured.
func (s *Source) Next(dst *tracker.Frame) error {
	begin := time.Now()
	if err := s.Source.Next(dst); err != nil {
		return err
	}
	s.last = time.Since(begin)
	s.times.Add(s.last)
	return nil
}

// Last returns how long the latest frame took.
func (s *Source) Last() time.Duration { return s.last }

// Stages returns what was measured, under the name of what the source does. No frame may be read meanwhile.
func (s *Source) Stages() []Stage { return []Stage{{"decode", &s.times}} }
