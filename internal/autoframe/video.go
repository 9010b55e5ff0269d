package autoframe

import (
	"image"
	"math"

	"golang.org/x/image/draw"

	"siamtrack/internal/follow"
	"siamtrack/tracker"
)

// Video is the sink of a run that writes what a Camera shows to a video. Cutting is done in a goroutine of its own,
// while the next frame is tracked. Put is used by one goroutine.
type Video struct {
	out    *follow.Outlet
	o      Options
	camera *Camera // nil before the first frame

	free, queue chan *shot
	ended       chan struct{}
}

// shot is a frame on its way: the part of it that is shown, as it is, and in the video's size.
type shot struct {
	step        tracker.Step // without targets
	view        tracker.Box
	part, scene *image.RGBA
}

// shotsAhead is how many frames are on their way.
const shotsAhead = 2

// NewVideo returns a Video over a writer, which it closes.
func NewVideo(w follow.FrameWriter, o Options) *Video { return &Video{out: follow.NewOutlet(w), o: o} }

// begin starts the goroutine.
func (v *Video) begin(frame image.Point) {
	if v.o.Size == (image.Point{}) {
		v.o.Size = frame
	}
	v.camera = NewCamera(v.o)
	v.free, v.queue, v.ended = make(chan *shot, shotsAhead), make(chan *shot, shotsAhead), make(chan struct{})
	for range shotsAhead {
		v.free <- &shot{scene: image.NewRGBA(image.Rectangle{Max: v.o.Size})}
	}
	go v.write()
}

// Put implements follow.Sink. An error of the writer comes with a later frame, or with Close.
func (v *Video) Put(s tracker.Step) error {
	size := s.Frame.Image.Rect.Size()
	if v.camera == nil {
		v.begin(size)
	}
	if err := v.out.Tell(); err != nil {
		return err
	}
	m := <-v.free
	m.step.Frame = s.Frame
	m.view = v.camera.Aim(size, v.target(&s), s.Frame.Time)
	m.keep(s.Frame.Image)
	v.queue <- m
	return nil
}

// target returns the target that is shown, nil where it is not followed.
func (v *Video) target(s *tracker.Step) *tracker.Target {
	for i := range s.Targets {
		if t := &s.Targets[i]; v.o.Target == "" || t.Label() == v.o.Target {
			return t
		}
	}
	return nil
}

// keep copies the part of a frame that is shown, with the pixels round it that are looked at between two.
func (m *shot) keep(frame *image.RGBA) {
	b := m.view
	r := image.Rect(int(math.Floor(b.X))-1, int(math.Floor(b.Y))-1, int(math.Ceil(b.X+b.W))+1, int(math.Ceil(b.Y+b.H))+1)
	r = r.Intersect(image.Rectangle{Max: frame.Rect.Size()})
	if n := 4 * r.Dx() * r.Dy(); m.part == nil || cap(m.part.Pix) < n {
		m.part = image.NewRGBA(r)
	} else {
		m.part.Pix, m.part.Stride, m.part.Rect = m.part.Pix[:n], 4*r.Dx(), r
	}
	draw.Draw(m.part, r, frame, frame.Rect.Min.Add(r.Min), draw.Src)
}

// write cuts what is queued and gives it to the writer, until the queue is closed. After an error it only empties the
// queue.
func (v *Video) write() {
	defer close(v.ended)
	var cutter sampler
	for m := range v.queue {
		if v.out.Broken() == nil {
			cutter.draw(m.scene, m.part, m.view)
			v.out.WriteAt(m.scene, m.step.Frame.Time)
		}
		v.free <- m
	}
}

// Close implements follow.Sink: it waits for the last frame and closes the writer. What Put has said it does not say
// again.
func (v *Video) Close() error {
	return v.out.Close(func() {
		if v.queue != nil {
			close(v.queue)
			<-v.ended
		}
	})
}
