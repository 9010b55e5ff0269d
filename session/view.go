package session

import (
	"slices"
	"time"

	"siamtrack/tracker"
)

// View is one frame on its way through a Session, with what was said of the targets in it; without a target it is the
// frame alone. Index and Time of the frame go on counting when a lost source is opened again. A View has one owner at
// a time, who may read and change all of it; its memory, that of the pictures and response maps too, is used again
// after Session.Release.
type View struct {
	tracker.Step
	// Captured is when the frame left its source (a file's: when its time to be shown came).
	Captured time.Time

	memory tracker.Memory // behind the targets
}

// keep makes copies of targets, whose memory is the trackers', the view's own.
func (v *View) keep(targets []tracker.Target) { v.Targets = v.memory.Keep(v.Targets, targets) }

// Copy returns a View that shares no memory with v.
func (v *View) Copy() *View {
	c := new(View)
	c.copy(v)
	return c
}

// copy makes v what o is.
func (v *View) copy(o *View) {
	img := tracker.CopyImage(v.Frame.Image, o.Frame.Image)
	v.Frame, v.Captured = o.Frame, o.Captured
	v.Frame.Image = img
	v.keep(o.Targets)
}

// Chosen tells whether v shows a choice just made, so that its age is the person's doing.
func (v *View) Chosen() bool {
	return slices.ContainsFunc(v.Targets, func(t tracker.Target) bool { return t.Initial })
}

// Forget takes a target out of the view.
func (v *View) Forget(id int) {
	v.Targets = slices.DeleteFunc(v.Targets, func(t tracker.Target) bool { return t.ID == id })
}

// pool is the free list of views. It never blocks: empty it gives a new view, full it leaves one to the collector.
type pool chan *View

func (p pool) get() *View {
	select {
	case v := <-p:
		v.Targets = v.Targets[:0]
		return v
	default:
		return new(View)
	}
}

func (p pool) put(v *View) {
	if v == nil {
		return
	}
	select {
	case p <- v:
	default:
	}
}

// slot holds the newest view only. Its channel has room for one; a view put into a full slot displaces the one there.
type slot chan *View

// put stores v and returns the view that it displaced, nil where there was none. Only one goroutine may put.
func (s slot) put(v *View) (displaced *View) {
	select {
	case displaced = <-s:
	default: // empty, or taken by the reader just now
	}
	s <- v
	return displaced
}
