package play

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"siamtrack/tracker"
)

// Opener opens picture files as a source of frames, in the order given.
type Opener func(files []string) (tracker.Source, error)

// Reel is the frames of scenes one after the other, numbered and timed on. Its Targets are those of a frame. Next is
// for one goroutine, all else for any.
type Reel struct {
	scenes []*Scene
	open   Opener
	begins []int // the number of each scene's first frame
	at     int   // the scene to be opened next
	read   int   // frames of the scene that is open
	base   time.Duration
	last   time.Duration

	mu     sync.Mutex
	src    tracker.Source // nil between two scenes
	closed bool
}

// NewReel returns a source over scenes, of which it opens one at a time.
func NewReel(scenes []*Scene, open Opener) *Reel {
	r := &Reel{scenes: scenes, open: open}
	n := 0
	for _, s := range scenes {
		r.begins = append(r.begins, n)
		n += len(s.Files)
	}
	return r
}

// pause is the time between the last frame of a scene and the first of the next.
const pause = time.Second / 25

// Next gives the next frame.
func (r *Reel) Next(dst *tracker.Frame) error {
	for {
		src, err := r.source()
		if err != nil {
			return err
		}
		err = src.Next(dst)
		if err == nil {
			scene := r.at - 1
			if r.read >= len(r.scenes[scene].Files) {
				return fmt.Errorf("play: sequence %s has more than its %d frames", r.scenes[scene].Name,
					len(r.scenes[scene].Files))
			}
			dst.Index, dst.Time = r.begins[scene]+r.read, r.base+dst.Time
			r.read++
			r.last = dst.Time
			return nil
		}
		if !errors.Is(err, io.EOF) {
			return fmt.Errorf("play: sequence %s: %w", r.scenes[r.at-1].Name, err)
		}
		if err := r.leave(); err != nil {
			return err
		}
	}
}

// source is the one that is open, or the next scene's. It is io.EOF where there is none.
func (r *Reel) source() (tracker.Source, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || (r.src == nil && r.at == len(r.scenes)) {
		return nil, io.EOF
	}
	if r.src == nil {
		src, err := r.open(r.scenes[r.at].Files)
		if err != nil {
			return nil, fmt.Errorf("play: sequence %s: %w", r.scenes[r.at].Name, err)
		}
		if r.at > 0 {
			r.base = r.last + pause
		}
		r.src, r.read = src, 0
		r.at++
	}
	return r.src, nil
}

// leave closes the scene that has ended.
func (r *Reel) leave() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.src == nil {
		return nil
	}
	err := r.src.Close()
	r.src = nil
	return err
}

// Close ends the reel. It may be called twice.
func (r *Reel) Close() error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	return r.leave()
}

// Targets are those of a frame by its number.
func (r *Reel) Targets(frame int) []tracker.Target {
	scene := 0
	for scene+1 < len(r.begins) && frame >= r.begins[scene+1] {
		scene++
	}
	if scene >= len(r.scenes) {
		return nil
	}
	return r.scenes[scene].Targets(frame - r.begins[scene])
}
