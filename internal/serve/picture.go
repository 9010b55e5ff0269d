package serve

import (
	"bytes"
	"image"
	"image/jpeg"
	"sync"
	"time"

	"siamtrack/render"
	"siamtrack/session"
)

// picture is an encoded picture. It never changes, so that viewers share it.
type picture struct {
	jpeg     []byte
	captured time.Time // when its frame was
}

// quality is that of the JPEG pictures: letters and thin lines stay sharp.
const quality = 80

// take makes v the newest view, and encodes it if anybody looks.
func (s *Server) take(v *session.View) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Session.Release(s.view)
	s.view = v
	s.screen.Observe(v.Step)
	for i := range v.Targets {
		if v.Targets[i].Initial {
			s.picked = v.Targets[i].ID // who has drawn a box looks at that
		}
	}
	s.encode()
	if age := time.Since(v.Captured); !v.Chosen() {
		if s.latency == 0 {
			s.latency = age
		}
		s.latency += (age - s.latency) / 10
	}
}

// refresh encodes the newest view anew: what is drawn on it has changed.
func (s *Server) refresh() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.encode()
}

// encode draws and encodes the newest view, if there is one, in the sizes that anybody looks at, and tells the viewers.
// The caller holds the lock.
func (s *Server) encode() {
	if s.view == nil {
		return
	}
	now := time.Now()
	recording, _ := s.recording()
	m := render.Moment{Step: s.view.Step, Selected: s.picked, Recording: recording != "", Live: &render.Live{
		Status: s.o.Session.Status(), Now: now, ShownFPS: s.shown.PerSecond(), Latency: s.latency,
	}}
	drawn := false
	for _, c := range s.cuts {
		if c.watchers > 0 {
			c.draw(s.screen, m, s.encoded)
			c.picture.captured = s.view.Captured
			drawn = true
		}
	}
	if drawn {
		s.shown.Tick(now)
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// encoded returns a picture as JPEG.
func (s *Server) encoded(img *image.RGBA) []byte {
	if s.o.JPEG != nil {
		data, err := s.o.JPEG(img, quality)
		if err == nil {
			return data
		}
		s.o.Log.Debug("a picture is encoded the slow way", "why", err)
	}
	var buf bytes.Buffer
	_ = jpeg.Encode(&buf, img, &jpeg.Options{Quality: quality}) // a Buffer takes everything
	return buf.Bytes()
}

// newest returns the newest picture of a size, nil before the first.
func (s *Server) newest(c *cut) *picture {
	s.mu.Lock()
	defer s.mu.Unlock()
	return c.picture
}

// watch counts a viewer of a size until leave is called.
func (s *Server) watch(c *cut) (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.watchers++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if c.watchers--; c.watchers == 0 {
			c.picture = nil // who comes next is not to see it, however old it is by then
		}
	}
}

// news returns a channel that is closed when there is something new to show.
func (s *Server) news() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// freeze puts a copy of the newest view on the shelf and returns its number, 0 where there is no view yet.
func (s *Server) freeze() (id int, size image.Point) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.view == nil {
		return 0, image.Point{}
	}
	return s.frozen.put(s.view.Copy(), time.Now()), s.view.Frame.Image.Rect.Size()
}

// shelf keeps the frames on which persons are drawing boxes: a few, and not for long.
type shelf struct {
	mu    sync.Mutex
	last  int
	items []still
}

type still struct {
	id    int
	until time.Time
	view  *session.View
}

const (
	maxStills = 8
	stillLife = time.Minute
)

// put keeps v and returns its number, from 1. The oldest one gives way where there is no room.
func (s *shelf) put(v *session.View, now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(now)
	if len(s.items) == maxStills {
		s.items = append(s.items[:0], s.items[1:]...)
	}
	s.last++
	s.items = append(s.items, still{s.last, now.Add(stillLife), v})
	return s.last
}

// get returns the frame of that number, nil where it is not kept any more.
func (s *shelf) get(id int, now time.Time) *session.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(now)
	for _, item := range s.items {
		if item.id == id {
			return item.view
		}
	}
	return nil
}

// sweep forgets what has been kept for too long. The caller holds the lock.
func (s *shelf) sweep(now time.Time) {
	for len(s.items) > 0 && now.After(s.items[0].until) {
		s.items = append(s.items[:0], s.items[1:]...)
	}
}
