package render

import (
	"image"
	"math"

	"siamtrack/tracker"
)

// Size returns the size of what Draw returns for a frame of the given size: the panel makes it taller.
func (s *Screen) Size(frame image.Point) image.Point {
	picture := s.picture(frame)
	if s.Show.Panel {
		picture.Y += panelHeight(picture.X, picture.Y, s.zoom())
	}
	return picture
}

// Fit returns where the points of a frame of the given size are in what Draw returns.
func (s *Screen) Fit(frame image.Point) Fit {
	picture := s.picture(frame)
	scale := float64(picture.X) / float64(max(1, frame.X))
	if frame.Y > frame.X {
		scale = float64(picture.Y) / float64(frame.Y)
	}
	return Fit{Scale: scale, Width: float64(frame.X), Height: float64(frame.Y)}
}

// picture returns the size in which a frame is shown in Room.
func (s *Screen) picture(frame image.Point) image.Point {
	if s.Room == (image.Point{}) || frame.X < 1 || frame.Y < 1 {
		return frame
	}
	at := func(height int) image.Point {
		k := min(float64(s.Room.X)/float64(frame.X), float64(height)/float64(frame.Y))
		side := func(v int) int { return max(1, int(math.Round(k*float64(v)))) }
		return image.Pt(side(frame.X), side(frame.Y))
	}
	size := at(s.Room.Y)
	if !s.Show.Panel {
		return size
	}
	for height := s.Room.Y; height > 1 && size.Y+panelHeight(size.X, size.Y, s.zoom()) > s.Room.Y; height-- {
		size = at(height)
	}
	return size
}

func (s *Screen) zoom() float64 {
	if s.Zoom > 0 {
		return s.Zoom
	}
	return 1
}

// inPicture returns m with everything in pixels of the picture, in which the frame has the given size.
func (s *Screen) inPicture(m Moment, size image.Point) Moment {
	frame := m.Frame.Image.Rect.Size()
	if frame == size {
		return m
	}
	kx, ky := float64(size.X)/float64(frame.X), float64(size.Y)/float64(frame.Y)
	scale := func(b tracker.Box) tracker.Box {
		return tracker.Box{X: b.X * kx, Y: b.Y * ky, W: b.W * kx, H: b.H * ky}
	}
	s.scaled = append(s.scaled[:0], m.Targets...)
	for len(s.responses) < len(s.scaled) {
		s.responses = append(s.responses, tracker.Response{})
	}
	for i := range s.scaled {
		r := &s.scaled[i].Result
		r.Box, r.Search = scale(r.Box), scale(r.Search)
		if r.Response != nil {
			s.responses[i] = *r.Response
			s.responses[i].Area = scale(r.Response.Area)
			r.Response = &s.responses[i]
		}
	}
	m.Targets, m.Drag = s.scaled, scale(m.Drag)
	return m
}
