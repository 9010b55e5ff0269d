package follow_test

import (
	"context"
	"errors"
	"image"
	"io"
	"testing"

	"siamtrack/internal/follow"
	"siamtrack/tracker"
)

// counted gives n frames whose first byte is their index.
type counted struct{ next, n int }

func (c *counted) Next(dst *tracker.Frame) error {
	if c.next == c.n {
		return io.EOF
	}
	img := image.NewRGBA(image.Rect(0, 0, 4, 4))
	img.Pix[0] = uint8(c.next)
	*dst = tracker.Frame{Image: img, Index: c.next}
	c.next++
	return nil
}

func (c *counted) Close() error { return nil }

func TestSeek(t *testing.T) {
	asked := 0
	find := func(img *image.RGBA) (tracker.Box, bool, error) {
		asked++
		return tracker.Box{X: 1, W: 2, H: 2}, img.Pix[0] >= 5, nil
	}
	src, frame, box, err := follow.Seek(t.Context(), &counted{n: 8}, 3, 0, find)
	if err != nil || frame != 5 || asked != 3 || box.X != 1 {
		t.Fatalf("frame %d after %d questions, %v, %v", frame, asked, box, err)
	}
	for want := 5; want < 8; want++ { // the frame in which it was found comes again
		var f tracker.Frame
		if err := src.Next(&f); err != nil || f.Index != want || f.Image.Pix[0] != uint8(want) {
			t.Errorf("frame %d, %v; want %d", f.Index, err, want)
		}
	}
	if err := src.Next(&tracker.Frame{}); !errors.Is(err, io.EOF) {
		t.Errorf("after the last: %v", err)
	}
	for name, last := range map[string]int{"the end of the source": 0, "the last frame": 2} {
		if _, _, _, err := follow.Seek(t.Context(), &counted{n: 4}, 0, last, find); !errors.Is(err, follow.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, _, err := follow.Seek(ctx, &counted{n: 8}, 0, 0, find); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
