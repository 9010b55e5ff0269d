package follow

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	"sync"
	"time"

	"siamtrack/internal/clock"
	"siamtrack/render"
	"siamtrack/tracker"
)

// heatOpacity is that of the strongest response over the picture, which stays to be seen through it.
const heatOpacity = 0.65

// sparkFrames is how many scores the panel's line shows: eight seconds at 30 frames a second.
const sparkFrames = 240

// FrameWriter takes the pictures of a video in order. It does not keep them.
type FrameWriter interface {
	Write(*image.RGBA) error
	Close() error
}

// VideoOptions says what is drawn beside the box, its state and its score.
type VideoOptions struct {
	HeatMap bool // the response map, over the picture
	Search  bool // the outline of the region that was searched
	Panel   bool // a strip below the picture: exemplar, search region, response map, scores
}

// Video is the Sink that writes an annotated video. Drawing is done in Put; encoding in a goroutine of its own, while
// the next frame is tracked.
type Video struct {
	w       FrameWriter
	options VideoOptions
	crops   tracker.CropViewer // nil where the tracker cannot show them
	painter *render.Painter
	history *render.History

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

// NewVideo returns a Sink over a writer, which it closes. With a panel the video is higher than the frames by
// render.PanelHeight. t shows its crops in the panel if it is a tracker.CropViewer.
func NewVideo(w FrameWriter, t tracker.Tracker, o VideoOptions) (*Video, error) {
	p, err := render.NewPainter()
	if err != nil {
		return nil, err
	}
	v := &Video{w: w, options: o, painter: p, history: render.NewHistory(sparkFrames)}
	v.crops, _ = t.(tracker.CropViewer)
	return v, nil
}

// begin makes canvases for frames of the given size and starts the encoder.
func (v *Video) begin(size image.Point) {
	whole := image.Rectangle{Max: size}
	if v.options.Panel {
		whole.Max.Y += render.PanelHeight(size.X, size.Y)
	}
	v.size = size
	v.free, v.queue, v.ended = make(chan *image.RGBA, 2), make(chan *image.RGBA, 2), make(chan struct{})
	for range cap(v.free) {
		v.free <- image.NewRGBA(whole)
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
	draw.Draw(canvas, s.Frame.Image.Rect, s.Frame.Image, image.Point{}, draw.Src)
	v.annotate(canvas, s)
	v.drawn.Add(time.Since(begin))
	v.queue <- canvas
	return nil
}

// annotate draws a step over its picture in the upper part of canvas, and the panel in the rest.
func (v *Video) annotate(canvas *image.RGBA, s tracker.Step) {
	picture := canvas.SubImage(image.Rectangle{Max: v.size}).(*image.RGBA)
	r := s.Result
	if v.options.HeatMap {
		v.painter.HeatMap(picture, r.Response, heatOpacity)
	}
	if v.options.Search {
		v.painter.Search(picture, r.Search)
	}
	if s.Initial {
		v.painter.Box(picture, r.Box, render.StateColor(r.State), false, "given")
	} else {
		v.painter.Result(picture, r)
	}
	if !v.options.Panel {
		return
	}
	v.history.Add(r)
	p := render.Panel{Result: r, History: v.history}
	if v.crops != nil {
		p.Exemplar, p.Search = v.crops.Crops()
	}
	below := image.Rect(0, v.size.Y, v.size.X, canvas.Rect.Max.Y)
	v.painter.Panel(canvas, below, p)
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
