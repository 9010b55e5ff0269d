package live

import (
	"errors"
	"image"
	"image/draw"
	"log/slog"
	"sync/atomic"
	"time"

	"siamtrack/internal/follow"
	"siamtrack/tracker"
)

// film is a video being written. Encoding can cost more than tracking, so it has a goroutine of its own and the tracker
// never waits for it: a step that comes while the encoder is busy displaces the one that waits.
type film struct {
	video   follow.Sink
	log     *slog.Logger          // told why the video ended early
	size    image.Point           // of the pictures, (0, 0) before the first
	waiting chan tracker.Step     // has room for one: the newest step, with a picture of its own
	spare   chan tracker.Step     // memory for steps
	late    atomic.Int64          // how many steps were displaced
	broken  atomic.Pointer[error] // why the video ended early, or is not whole
	done    chan struct{}         // closed when the file is whole, or never will be
}

// spares is the number of steps that may lie idle: one each for the encoder and the step that waits.
const spares = 2

func newFilm(video follow.Sink, log *slog.Logger) *film {
	f := &film{
		video: video, log: log, waiting: make(chan tracker.Step, 1), spare: make(chan tracker.Step, spares),
		done: make(chan struct{}),
	}
	go f.write(&cadence{})
	return f
}

// fits reports whether a step's picture has the size of the ones before.
func (f *film) fits(step tracker.Step) bool {
	return f.size == (image.Point{}) || f.size == step.Frame.Image.Rect.Size()
}

// failed returns why the video ended early or is not whole, nil where nothing is known of that.
func (f *film) failed() error {
	if err := f.broken.Load(); err != nil {
		return *err
	}
	return nil
}

// over reports whether the file is whole, or never will be.
func (f *film) over() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

// put leaves a copy of step, which fits, for the encoder. It is not called after end. What comes after a failure it
// throws away.
func (f *film) put(step tracker.Step) {
	if f.failed() != nil {
		return
	}
	f.size = step.Frame.Image.Rect.Size()
	select {
	case old := <-f.waiting:
		f.late.Add(1)
		f.giveBack(old)
	default: // the encoder has taken it
	}
	f.waiting <- f.copy(step)
}

// copy returns step with a picture and targets of its own, without what the video does not show: response maps and
// crops.
func (f *film) copy(step tracker.Step) tracker.Step {
	var own tracker.Step
	select {
	case own = <-f.spare:
	default:
		own.Frame.Image = image.NewRGBA(image.Rectangle{Max: f.size})
	}
	picture := own.Frame.Image
	draw.Draw(picture, picture.Rect, step.Frame.Image, step.Frame.Image.Rect.Min, draw.Src)
	own.Frame = step.Frame
	own.Frame.Image = picture
	own.Targets = append(own.Targets[:0], step.Targets...)
	for i := range own.Targets {
		t := &own.Targets[i]
		t.Result.Response, t.Exemplar, t.Search = nil, nil, nil
	}
	return own
}

func (f *film) giveBack(step tracker.Step) {
	select {
	case f.spare <- step:
	default:
	}
}

// end lets the encoder finish what it has.
func (f *film) end() { close(f.waiting) }

// write encodes what comes, until the end or an error, and makes the file whole then.
func (f *film) write(c *cadence) {
	defer close(f.done)
	var late int64
	var err error
	for step := range f.waiting {
		now := f.late.Load()
		step.Frame.Time = c.place(step.Frame.Time, now > late)
		late = now
		if err = f.video.Put(step); err != nil {
			f.broken.Store(&err)
			break
		}
		f.giveBack(step)
	}
	if end := f.video.Close(); !errors.Is(err, end) {
		err = errors.Join(err, end)
	}
	if err != nil {
		f.log.Error("a video ended early; the view goes on", "why", err)
		f.broken.Store(&err)
	}
}

// cadence turns frames that come when they come into a video that plays as fast as it happened, but for long gaps.
type cadence struct {
	begun      bool
	last, past time.Duration // the frame's before; what was left out of gaps so far
}

const (
	// maxGap bounds how long a video stands still where a source was lost.
	maxGap = 2 * time.Second
	// behindGap bounds it where encoding is slower than the frames come: the video then plays faster than it happened
	// instead of standing still between the few frames that it has.
	behindGap = 200 * time.Millisecond
)

// place returns the time in the video of the frame of time at. behind tells that the encoder does not keep up.
func (c *cadence) place(at time.Duration, behind bool) time.Duration {
	if !c.begun {
		c.begun, c.last, c.past = true, at, at
	}
	longest := maxGap
	if behind {
		longest = behindGap
	}
	c.past += max(0, at-c.last-longest)
	c.last = at
	return at - c.past
}
