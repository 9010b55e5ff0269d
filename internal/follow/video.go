package follow

import (
	"image"
	"image/draw"
	"math"
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

// Video is the Sink that writes an annotated video, in stages that overlap: Put copies what it is given, one goroutine
// draws over the copies, another gives them to the writer; capture.Writer encodes them in one more. Order is kept, and
// no more than momentsAhead frames are on their way.
type Video struct {
	w      FrameWriter
	out    *Outlet // over w
	screen *render.Screen
	copy   func(dst, frame *image.RGBA) error // nil where frames have all their pixels

	size image.Point // of the video, (0, 0) before the first frame

	free         chan *moment
	drawn, queue chan *moment // to be written, to be drawn on
	ended        chan struct{}

	drawing clock.Histogram // the goroutine's until ended is closed
}

// momentsAhead is how many frames are on their way: one in each stage.
const momentsAhead = 3

// moment is one step on its way: copied, drawn over, written.
type moment struct {
	step   tracker.Step
	memory tracker.Memory
	canvas *image.RGBA // the step's frame, drawn over
	frame  image.RGBA  // its part of the canvas
	fitted *image.RGBA // the canvas in the video's size, where it has another
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
	return &Video{w: w, out: NewOutlet(w), screen: screen}, nil
}

// CopyWith has frames, whose pixels may be undefined, copied by a function: it gives dst, of the same size, what the
// frame shows. It is to be called before the first frame.
func (v *Video) CopyWith(f func(dst, frame *image.RGBA) error) { v.copy = f }

// canvas makes a moment's canvas a copy of a frame.
func (v *Video) canvas(m *moment, frame *image.RGBA) error {
	if v.copy == nil {
		m.canvas = v.screen.Canvas(m.canvas, frame)
		return nil
	}
	if whole := (image.Rectangle{Max: v.screen.Size(frame.Rect.Size())}); m.canvas == nil || m.canvas.Rect != whole {
		m.canvas = image.NewRGBA(whole)
	}
	m.frame = *m.canvas
	m.frame.Rect = frame.Rect
	return v.copy(&m.frame, frame)
}

// begin starts the stages.
func (v *Video) begin() {
	v.free, v.ended = make(chan *moment, momentsAhead), make(chan struct{})
	v.queue, v.drawn = make(chan *moment, momentsAhead), make(chan *moment, momentsAhead)
	for range momentsAhead {
		v.free <- new(moment)
	}
	go v.draw()
	go v.write()
}

// draw draws over what is queued, until the queue is closed.
func (v *Video) draw() {
	defer close(v.drawn)
	for m := range v.queue {
		if v.out.Broken() == nil {
			begin := time.Now()
			v.screen.Observe(m.step)
			v.screen.DrawOver(m.canvas, render.Moment{Step: m.step})
			if m.canvas.Rect.Size() != v.size {
				m.fit(v.size)
			}
			v.drawing.Add(time.Since(begin))
		}
		v.drawn <- m
	}
}

// write gives what was drawn to the writer. After an error it only empties the queue.
func (v *Video) write() {
	defer close(v.ended)
	for m := range v.drawn {
		if v.out.Broken() == nil {
			img := m.canvas
			if img.Rect.Size() != v.size {
				img = m.fitted
			}
			v.out.WriteAt(img, m.step.Frame.Time)
		}
		v.free <- m
	}
}

// Put implements Sink. An error of the encoder comes with a later frame, or with Close.
func (v *Video) Put(s tracker.Step) error {
	if v.queue == nil {
		v.begin()
	}
	if err := v.out.Tell(); err != nil {
		return err
	}
	m := <-v.free
	if err := v.canvas(m, s.Frame.Image); err != nil {
		v.free <- m
		return err
	}
	if v.size == (image.Point{}) {
		v.size = m.canvas.Rect.Size()
	}
	m.step.Frame, m.step.Targets = s.Frame, m.memory.Keep(m.step.Targets, s.Targets)
	m.frame = *m.canvas
	m.frame.Rect.Max = s.Frame.Image.Rect.Size()
	m.step.Frame.Image = &m.frame
	v.queue <- m
	return nil
}

// fit scales the canvas into a picture of the video's size.
func (m *moment) fit(size image.Point) {
	if m.fitted == nil {
		m.fitted = image.NewRGBA(image.Rectangle{Max: size})
	}
	draw.Draw(m.fitted, m.fitted.Rect, image.Black, image.Point{}, draw.Src)
	xdraw.ApproxBiLinear.Scale(m.fitted, within(m.canvas.Rect.Size(), size), m.canvas, m.canvas.Rect, draw.Src, nil)
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
	return v.out.Close(func() {
		if v.queue != nil {
			close(v.queue)
			<-v.ended
		}
	})
}

// Stages returns the times of drawing, and of what the writer did where it can say. It is to be called after Close.
func (v *Video) Stages() []clock.Stage {
	stages := []clock.Stage{{Name: "draw", Times: &v.drawing}}
	if w, ok := v.w.(interface{ Stages() []clock.Stage }); ok {
		stages = append(stages, w.Stages()...)
	}
	return stages
}
