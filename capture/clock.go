package capture

import (
	"math"
	"time"
)

// noPosition stands for the time of a frame whose container gives none.
const noPosition = time.Duration(-1)

// maxAhead is how far the times given may be ahead of the container's, after some of those stood still, to fall back on
// them: a damaged video has such. A clock that began anew is further behind.
const maxAhead = time.Second

// clock gives each frame its time since the first one. The order of trust: a rate that the user gave, the clock on the
// wall for live sources, the container's own time where it grows, the rate.
type clock struct {
	fixed float64 // the user's rate, 0 for none
	rate  float64 // the source's own rate, 0 for none
	live  bool

	begun bool
	begin time.Time     // live: when the first frame came
	first time.Duration // container: the first frame's position
	seen  time.Duration // container: the frame's before
	last  time.Duration // the time given last
	index int           // of the frame asked last
}

// at returns the time of the frame with the given index (each is asked once, in order; numbers may be left out), whose
// container names position and which came at now.
func (c *clock) at(index int, position time.Duration, now time.Time) time.Duration {
	steps := index - c.index
	c.index = index
	if c.fixed > 0 {
		return frameTime(index, c.fixed)
	}
	if !c.begun {
		c.begun, c.begin, c.first, c.seen, c.last = true, now, position, position, 0
		return c.last
	}
	var t time.Duration
	switch {
	case c.live:
		t = now.Sub(c.begin)
	case position != noPosition && c.first != noPosition && position > c.seen && position-c.first > c.last-maxAhead:
		t = max(position-c.first, c.last+time.Microsecond)
	default:
		rate := c.rate
		if rate == 0 {
			rate = assumedFPS
		}
		t = c.last + frameTime(steps, rate)
	}
	c.last, c.seen = t, position
	return t
}

// frameTime returns index/fps, rounded to microseconds so that it prints alike everywhere.
func frameTime(index int, fps float64) time.Duration {
	return time.Duration(math.Round(float64(index)/fps*1e6)) * time.Microsecond
}
