package follow

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"

	"siamtrack/tracker"
)

// ErrNotFound is wrapped by the error of a search through a source that did not find its object.
var ErrNotFound = errors.New("object not found")

// Seek reads src until find says that its object is in a frame, and returns a source that gives that frame again and
// then what follows, the frame's index, and the box. Frames before from are passed over; the search ends after the
// frame last where last is above 0, and with the source: the error then wraps ErrNotFound. The returned source closes
// src.
func Seek(
	ctx context.Context, src tracker.Source, from, last int, find func(*image.RGBA) (tracker.Box, bool, error),
) (tracker.Source, int, tracker.Box, error) {
	fail := func(err error) (tracker.Source, int, tracker.Box, error) { return nil, 0, tracker.Box{}, err }
	var f tracker.Frame
	for searched := 0; ; {
		if err := ctx.Err(); err != nil {
			return fail(err)
		}
		err := src.Next(&f)
		if errors.Is(err, io.EOF) || err == nil && last > 0 && f.Index > last {
			return fail(fmt.Errorf("seek: %w in any of %d frames", ErrNotFound, searched))
		} else if err != nil {
			return fail(fmt.Errorf("seek: %w", err))
		}
		if f.Index < from {
			continue
		}
		searched++
		box, ok, err := find(f.Image)
		if err != nil {
			return fail(fmt.Errorf("seek: frame %d: %w", f.Index, err))
		}
		if ok {
			return &again{Source: src, first: &f}, f.Index, box, nil
		}
	}
}

// again is a source whose first frame was read already.
type again struct {
	tracker.Source
	first *tracker.Frame
}

// Next implements tracker.Source. The caller gets the first frame's image for its own.
func (a *again) Next(dst *tracker.Frame) error {
	if a.first == nil {
		return a.Source.Next(dst)
	}
	*dst, a.first = *a.first, nil
	return nil
}
