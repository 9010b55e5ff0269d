package follow

import (
	"errors"
	"image"
	"image/draw"
	"math"
	"sync"
	"time"

	xdraw "golang.org/x/image/draw"

	"siamtrack/internal/clock"
	"siamtrack/render"
	"siamtrack/tracker"
)

// FrameWriter takes the pictures of a video in order, each with its time, which grows. It does not keep them.
type FrameWriter interface {
	WriteAt(img *image.RGBA, at time.Duration) error
	Close() error
}

// Video is the Sink that writes an annotated video. Drawing is done in Put; encoding in a goroutine of its own, while
// the next frame is tracked.
type Video struct {
	w      FrameWriter
	screen *render.Screen

	frame image.Point // the first frame's size
	size  image.Point // of the video, (0, 0) before the first frame
	other *image.RGBA // what a frame of another size is drawn on
	free  chan *image.RGBA
	queue chan drawn
	ended chan struct{}
	once  sync.Once
	err   error // of Close

	drawn, encoded clock.Histogram // encoded is the goroutine's until ended is closed

	mu     sync.Mutex
	broken error // what the writer said

	told bool // by Put, that it is broken
}

// drawn is a picture to be encoded.
type drawn struct {
	img *image.RGBA
	at  time.Duration
}

// NewVideo returns a Sink over a writer, which it closes; show says what is drawn beside the boxes. With a panel the
// video is higher than the frames by render.PanelHeight, and shows what is in a step's Exemplar and Search. several
// tells that there are several targets, though not all from the beginning. A frame of another size than the first is
// scaled to fit into the video.
func NewVideo(w FrameWriter, show render.Show, several bool) (*Video, error) {
	screen, err := render.NewScreen()
	if err != nil {
		return nil, err
	}
	screen.Show, screen.Several = show, several
	return &Video{w: w, screen: screen}, nil
}

// begin starts the encoder.
func (v *Video) begin() {
	v.free, v.queue, v.ended = make(chan *image.RGBA, 2), make(chan drawn, 2), make(chan struct{})
	for range cap(v.free) {
		v.free <- nil // drawing makes it
	}
	go v.encode()
}

// encode writes what is queued, until the queue is closed. After an error it only empties the queue.
func (v *Video) encode() {
	defer close(v.ended)
	for d := range v.queue {
		if v.failed() == nil {
			begin := time.Now()
			v.fail(v.w.WriteAt(d.img, d.at))
			v.encoded.Add(time.Since(begin))
		}
		v.free <- d.img
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
	if v.queue == nil {
		v.begin()
	}
	if err := v.failed(); err != nil {
		v.told = true
		return err
	}
	canvas := <-v.free
	begin := time.Now()
	v.screen.Observe(s)
	canvas = v.draw(canvas, s)
	v.drawn.Add(time.Since(begin))
	v.queue <- drawn{canvas, s.Frame.Time}
	return nil
}

// draw draws a step on canvas, or on a new one where that does not fit, in the size of the first one drawn.
func (v *Video) draw(canvas *image.RGBA, s tracker.Step) *image.RGBA {
	frame := s.Frame.Image.Rect.Size()
	if v.frame == (image.Point{}) {
		v.frame = frame
	}
	if frame == v.frame {
		canvas = v.screen.Draw(canvas, render.Moment{Step: s})
		v.size = canvas.Rect.Size()
		return canvas
	}
	v.other = v.screen.Draw(v.other, render.Moment{Step: s})
	if canvas == nil {
		canvas = image.NewRGBA(image.Rectangle{Max: v.size})
	}
	draw.Draw(canvas, canvas.Rect, image.Black, image.Point{}, draw.Src)
	xdraw.ApproxBiLinear.Scale(canvas, within(v.other.Rect.Size(), v.size), v.other, v.other.Rect, draw.Src, nil)
	return canvas
}

// within returns the largest rectangle of size's shape in the middle of another.
func within(size, room image.Point) image.Rectangle {
	k := min(float64(room.X)/float64(size.X), float64(room.Y)/float64(size.Y))
	w, h := int(math.Round(k*float64(size.X))), int(math.Round(k*float64(size.Y)))
	at := image.Pt((room.X-w)/2, (room.Y-h)/2)
	return image.Rectangle{Min: at, Max: at.Add(image.Pt(w, h))}
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
