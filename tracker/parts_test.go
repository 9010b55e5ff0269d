package tracker_test

import (
	"errors"
	"image"
	"slices"
	"testing"

	"siamtrack/tracker"
)

// corner is a tracker that reads one pixel of a frame, and says so.
type corner struct {
	counting
	fill func(*image.RGBA, image.Rectangle)
}

func (c *corner) ReadParts(fill func(*image.RGBA, image.Rectangle)) { c.fill = fill }

func (c *corner) Update(img *image.RGBA) (tracker.Result, error) {
	c.fill(img, image.Rect(0, 0, 1, 1))
	return c.counting.Update(img)
}

// TestReadParts: who cannot say what it reads gets whole frames, and a part that cannot be had ends the update.
func TestReadParts(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 100, 50))
	var filled []image.Rectangle
	var broken error
	follow := func(one tracker.Tracker) *tracker.Multi {
		m := tracker.NewMulti(func() (tracker.Tracker, error) { return one, nil })
		m.ReadParts(func(_ *image.RGBA, part image.Rectangle) error {
			filled = append(filled, part)
			return broken
		})
		if _, err := m.Add(img, tracker.Start{Box: at(0)}); err != nil {
			t.Fatal(err)
		}
		return m
	}
	m := follow(new(counting))
	if _, err := m.Update(img); err != nil || !slices.Equal(filled, []image.Rectangle{img.Rect, img.Rect}) {
		t.Errorf("%v was filled, %v", filled, err)
	}
	filled = nil
	m = follow(new(corner))
	if _, err := m.Update(img); err != nil || !slices.Equal(filled, []image.Rectangle{image.Rect(0, 0, 1, 1)}) {
		t.Errorf("%v was filled, %v", filled, err)
	}
	broken = errors.New("closed")
	if _, err := m.Update(img); !errors.Is(err, broken) {
		t.Errorf("a part was not there, and Update says %v", err)
	}
}
