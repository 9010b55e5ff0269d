package window

import (
	"image"
	"testing"
)

// TestWindowOnMonitor: a window for small pictures is larger than they, one for large pictures fits the monitor, and
// none of it is beyond the monitor's edge.
func TestWindowOnMonitor(t *testing.T) {
	for _, c := range []struct{ picture, room, at, size, moved image.Point }{
		{image.Pt(320, 240), image.Pt(1920, 1080), image.Pt(480, 270), image.Pt(640, 480), image.Pt(480, 270)},
		{image.Pt(1280, 720), image.Pt(1920, 1080), image.Pt(480, 270), image.Pt(1280, 720), image.Pt(480, 270)},
		{image.Pt(3840, 2160), image.Pt(1920, 1080), image.Pt(480, 270), image.Pt(1728, 972), image.Pt(96, 54)},
		{image.Pt(3840, 2160), image.Pt(1920, 1080), image.Pt(0, 0), image.Pt(1728, 972), image.Pt(0, 0)},
		{image.Pt(1000, 4000), image.Pt(1280, 800), image.Pt(160, 130), image.Pt(180, 720), image.Pt(160, 40)},
	} {
		size := windowSize(c.picture, c.room)
		if moved := within(c.at, size, c.room); size != c.size || moved != c.moved {
			t.Errorf("%v on %v: %v at %v, want %v at %v", c.picture, c.room, size, moved, c.size, c.moved)
		}
	}
}
