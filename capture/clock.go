package capture

import (
	"math"
	"time"
)

// noPosition stands for the time of a frame whose container gives none.
const noPosition = time.Duration(-1)

// clock gives each frame its time since the first one. The order of trust: a rate that the user gave, the clock on the
// wall for live sources, the container's own time where it grows, the rate.
type clock struct {
	fixed float64 // the user's rate, 0 for none
	rate  float64 // the source's own rate, 0 for none
	live  bool

	begin time.Time     // live: when the first frame came
	first time.Duration // container: the first frame's position
	last  time.Duration // the time given last
}

// at returns the time of the frame with the given index (each is asked once, in order), whose container names position
// and which came at now.
func (c *clock) at(index int, position time.Duration, now time.Time) time.Duration {
	if index == 0 {
		c.begin, c.first, c.last = now, position, 0
		return 0
	}
	var t time.Duration
	switch {
	case c.fixed > 0:
		return frameTime(index, c.fixed)
	case c.live:
		t = now.Sub(c.begin)
	case position != noPosition && c.first != noPosition && position-c.first > c.last:
		t = position - c.first
	default:
		rate := c.rate
		if rate == 0 {
			rate = assumedFPS
		}
		t = c.last + frameTime(1, rate)
	}
	c.last = t
	return t
}

// frameTime returns index/fps, rounded to microseconds so that it prints alike everywhere.
func frameTime(index int, fps float64) time.Duration {
	return time.Duration(math.Round(float64(index)/fps*1e6)) * time.Microsecond
}

// position turns OpenCV's CAP_PROP_POS_MSEC into a time. Streams without clocks report such as -3.7e20.
func position(msec float64) time.Duration {
	const century = 100 * 365 * 24 * 3600 * 1e3
	if !(msec >= 0 && msec < century) {
		return noPosition
	}
	return time.Duration(math.Round(msec*1e3)) * time.Microsecond
}
