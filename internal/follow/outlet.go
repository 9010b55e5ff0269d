package follow

import (
	"errors"
	"image"
	"sync"
	"time"
)

// Outlet is a FrameWriter at the end of stages: one goroutine writes, and what went wrong is told the one that puts
// frames in at the other end, once.
type Outlet struct {
	w    FrameWriter
	once sync.Once
	err  error // of Close
	told bool  // by Tell, that it is broken

	mu     sync.Mutex
	broken error // what the writer said
}

// NewOutlet returns the end of stages over a writer, which it closes.
func NewOutlet(w FrameWriter) *Outlet { return &Outlet{w: w} }

// Broken returns what the writer said. After an error the stages only pass on what they are given.
func (o *Outlet) Broken() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.broken
}

// Tell is Broken for the one that puts frames in; Close does not repeat what it told.
func (o *Outlet) Tell() error {
	err := o.Broken()
	o.told = o.told || err != nil
	return err
}

// WriteAt gives the writer a picture. It is called by one goroutine, and not after an error.
func (o *Outlet) WriteAt(img *image.RGBA, at time.Duration) {
	err := o.w.WriteAt(img, at)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.broken = err
}

// Close calls finish, after which nothing more is written, and closes the writer. It may be called again.
func (o *Outlet) Close(finish func()) error {
	o.once.Do(func() {
		finish()
		if o.err = o.w.Close(); !o.told {
			o.err = errors.Join(o.Broken(), o.err)
		}
	})
	return o.err
}
