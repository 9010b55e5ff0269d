package synth

import (
	"image"
	"io"
	"sync"
	"time"

	"siamtrack/tracker"
)

// Video is the tracker.Source of a Scene. It draws as fast as it is asked.
type Video struct {
	scene   Scene
	painter *painter
	next    int
	closed  closer
}

var _ tracker.Source = (*Video)(nil)

// New returns the video of s, or an error that names the field of s that makes no sense.
func New(s Scene) (*Video, error) {
	s, err := s.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Video{scene: s, painter: newPainter(s), closed: newCloser()}, nil
}

// Truth returns what is known of frame i, whether or not the video is that long.
func (v *Video) Truth(i int) Truth { return v.scene.truth(i) }

// LookAlike returns where the look-alike of Scene.Distractor is in frame i, in pixels of the frame. The object is
// drawn over it; they meet twice in a Period, moving apart to different sides.
func (v *Video) LookAlike(i int) tracker.Box { return v.scene.distractor(i) }

// Next draws the next frame. It returns io.EOF after the last one and once the video is closed.
func (v *Video) Next(dst *tracker.Frame) error {
	if v.closed.is() || v.scene.Frames > 0 && v.next >= v.scene.Frames {
		return io.EOF
	}
	if dst.Image == nil || dst.Image.Bounds() != image.Rect(0, 0, v.scene.Width, v.scene.Height) {
		dst.Image = image.NewRGBA(image.Rect(0, 0, v.scene.Width, v.scene.Height))
	}
	v.painter.draw(dst.Image, v.scene, v.next)
	dst.Index, dst.Time = v.next, v.scene.time(v.next)
	v.next++
	return nil
}

// Close ends the video.
func (v *Video) Close() error {
	v.closed.close()
	return nil
}

// Paced gives the frames of src no sooner than their own times, counted from the first call, as a camera does. A
// caller that comes late gets the next frame at once: nothing is dropped.
func Paced(src tracker.Source) tracker.Source { return &paced{Source: src, closed: newCloser()} }

type paced struct {
	tracker.Source
	start  time.Time
	closed closer
}

// Next implements tracker.Source.
func (p *paced) Next(dst *tracker.Frame) error {
	if p.start.IsZero() {
		p.start = time.Now()
	}
	if err := p.Source.Next(dst); err != nil {
		return err
	}
	due := time.NewTimer(time.Until(p.start.Add(dst.Time)))
	defer due.Stop()
	select {
	case <-due.C:
		return nil
	case <-p.closed.done:
		return io.EOF
	}
}

// Close implements tracker.Source.
func (p *paced) Close() error {
	p.closed.close()
	return p.Source.Close()
}

// FailAfter gives n frames of src and then err, for good.
func FailAfter(src tracker.Source, n int, err error) tracker.Source {
	return &failing{Source: src, left: n, err: err}
}

type failing struct {
	tracker.Source
	left int
	err  error
}

// Next implements tracker.Source.
func (f *failing) Next(dst *tracker.Frame) error {
	if f.left <= 0 {
		return f.err
	}
	f.left--
	return f.Source.Next(dst)
}

// StallAfter gives n frames of src and then blocks until it is closed, as a stream does whose server hangs.
func StallAfter(src tracker.Source, n int) tracker.Source {
	return &stalling{Source: src, left: n, closed: newCloser()}
}

type stalling struct {
	tracker.Source
	left   int
	closed closer
}

// Next implements tracker.Source.
func (s *stalling) Next(dst *tracker.Frame) error {
	if s.left <= 0 {
		<-s.closed.done
		return io.EOF
	}
	s.left--
	return s.Source.Next(dst)
}

// Close implements tracker.Source.
func (s *stalling) Close() error {
	s.closed.close()
	return s.Source.Close()
}

// closer is a channel that is closed once, from whichever goroutine.
type closer struct {
	done chan struct{}
	once *sync.Once
}

func newCloser() closer { return closer{make(chan struct{}), new(sync.Once)} }

func (c closer) close() { c.once.Do(func() { close(c.done) }) }

func (c closer) is() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}
