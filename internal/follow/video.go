package follow

import (
	"errors"
	"fmt"
	"image"
	"sync"
	"time"

	"siamtrack/internal/clock"
	"siamtrack/render"
	"siamtrack/tracker"
)

// FrameWriter takes the pictures of a video in order. It does not keep them.
type FrameWriter interface {
	Write(*image.RGBA) error
	Close() error
}

// Video is the Sink that writes an annotated video. Drawing is done in Put; encoding in a goroutine of its own, while
// the next frame is tracked.
type Video struct {
	w      FrameWriter
	screen *render.Screen

	size  image.Point // of the frames
	free  chan *image.RGBA
	queue chan *image.RGBA
	ended chan struct{}
	once  sync.Once
	err   error // of Close

	drawn, encoded clock.Histogram // encoded is the goroutine's until ended is closed

	mu     sync.Mutex
	broken error // what the writer said

	told bool // by Put, that it is broken
}

// NewVideo returns a Sink over a writer, which it closes; show says what is drawn beside the boxes. With a panel the
// video is higher than the frames by render.PanelHeight, and shows what is in a step's Exemplar and Search. several
// tells that there are several targets, though not all from the beginning.
func NewVideo(w FrameWriter, show render.Show, several bool) (*Video, error) {
	screen, err := render.NewScreen()
	if err != nil {
		return nil, err
	}
	screen.Show, screen.Several = show, several
	return &Video{w: w, screen: screen}, nil
}

// begin makes canvases for frames of the given size and starts the encoder.
func (v *Video) begin(size image.Point) {
	v.size = size
	v.free, v.queue, v.ended = make(chan *image.RGBA, 2), make(chan *image.RGBA, 2), make(chan struct{})
	for range cap(v.free) {
		v.free <- nil // drawing makes it
	}
	go v.encode()
}

// encode writes what is queued, until the queue is closed. After an error it only empties the queue.
func (v *Video) encode() {
	defer close(v.ended)
	for img := range v.queue {
		if v.failed() == nil {
			begin := time.Now()
			v.fail(v.w.Write(img))
			v.encoded.Add(time.Since(begin))
		}
		v.free <- img
	}
}

func (v *Video) failed() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.broken
}

func (v *Video) fail(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.broken = err
}

// Put implements Sink. An error of the encoder comes with a later frame, or with Close.
func (v *Video) Put(s tracker.Step) error {
	size := s.Frame.Image.Rect.Size()
	if v.queue == nil {
		v.begin(size)
	}
	if size != v.size {
		return fmt.Errorf("follow: frame %d is %dx%d, the video so far %dx%d: one video has one size",
			s.Frame.Index, size.X, size.Y, v.size.X, v.size.Y)
	}
	if err := v.failed(); err != nil {
		v.told = true
		return err
	}
	canvas := <-v.free
	begin := time.Now()
	v.screen.Observe(s)
	canvas = v.screen.Draw(canvas, render.Moment{Step: s})
	v.drawn.Add(time.Since(begin))
	v.queue <- canvas
	return nil
}

// Close implements Sink: it waits for the last frame to be encoded and closes the writer. What Put has said it does not
// say again.
func (v *Video) Close() error {
	v.once.Do(func() {
		if v.queue != nil {
			close(v.queue)
			<-v.ended
		}
		if v.err = v.w.Close(); !v.told {
			v.err = errors.Join(v.failed(), v.err)
		}
	})
	return v.err
}

// Stages returns the times of drawing and of encoding. It is to be called after Close.
func (v *Video) Stages() []clock.Stage {
	return []clock.Stage{{Name: "draw", Times: &v.drawn}, {Name: "encode", Times: &v.encoded}}
}
