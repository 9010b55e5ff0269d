// Package live keeps what a live session gives: tracks, annotated video that can be switched on and off, snapshots.
package live

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"siamtrack/internal/follow"
	"siamtrack/session"
	"siamtrack/tracker"
)

// Keeper writes the views of a session to files. Each is meant for session.Options.Each; Record may be called
// at the same time by another goroutine.
type Keeper struct {
	tracks   []follow.Sink
	newVideo func(path string) (follow.Sink, error)
	path     string
	fps      float64
	last     map[int]int // by target, the index of the frame that the tracks have last
	fresh    []tracker.Target

	mu    sync.Mutex // guards what follows
	film  *film      // being written
	ended []*film    // being finished, or finished
	name  string     // of the video being written, or the last one
	files int        // videos begun
}

// NewKeeper returns a Keeper that puts every target of every frame into tracks, each target's in the order of their
// indices, and makes videos of fps frames a second with newVideo: the first at path, the next ones with -2, -3 and so
// on before the suffix. It closes the sinks.
func NewKeeper(
	tracks []follow.Sink, newVideo func(path string) (follow.Sink, error), path string, fps float64,
) *Keeper {
	return &Keeper{tracks: tracks, newVideo: newVideo, path: path, fps: fps, last: map[int]int{}}
}

// Record begins or ends a video and returns the file's name. A video that has ended is finished in the background,
// since that takes as long as decoding it; Close waits for it and returns its error.
func (k *Keeper) Record(on bool) (name string, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if on && k.film == nil {
		return k.begin()
	}
	if !on {
		k.end()
	}
	return k.name, nil
}

// begin opens the next video. The caller holds the lock.
func (k *Keeper) begin() (string, error) {
	name := k.path
	if k.files > 0 {
		suffix := filepath.Ext(name)
		name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, suffix), k.files+1, suffix)
	}
	video, err := k.newVideo(name)
	if err != nil {
		return name, err
	}
	k.files++
	k.film, k.name = newFilm(video, k.fps), name
	return name, nil
}

// end lets the video be finished. The caller holds the lock.
func (k *Keeper) end() {
	if k.film == nil {
		return
	}
	k.film.end()
	k.ended = append(k.ended, k.film)
	k.film = nil
}

// Each keeps a view. Of a frame that comes again, because another target was chosen on it, the tracks get only what
// they do not have.
func (k *Keeper) Each(v *session.View) error {
	k.fresh = k.fresh[:0]
	for _, t := range v.Targets {
		if last, had := k.last[t.ID]; !had || v.Frame.Index > last {
			k.last[t.ID] = v.Frame.Index
			k.fresh = append(k.fresh, t)
		}
	}
	if len(k.fresh) > 0 {
		for _, sink := range k.tracks {
			if err := sink.Put(tracker.Step{Frame: v.Frame, Targets: k.fresh}); err != nil {
				return err
			}
		}
	}
	return k.shoot(v.Step)
}

// shoot hands a step to the video, if there is one. A source that came back with another size begins the next video.
func (k *Keeper) shoot(step tracker.Step) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.film != nil && !k.film.fits(step) {
		k.end()
		if _, err := k.begin(); err != nil {
			return err
		}
	}
	if k.film == nil {
		return nil
	}
	return k.film.put(step)
}

// Late returns how many frames are not in a video because they came while it was busy with encoding another.
func (k *Keeper) Late() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := int64(0)
	for _, f := range k.ended {
		n += f.late.Load()
	}
	if k.film != nil {
		n += k.film.late.Load()
	}
	return int(n)
}

// Close ends all files and waits until they are whole. It may be called twice.
func (k *Keeper) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.end()
	var errs []error
	for _, f := range k.ended {
		errs = append(errs, f.wait())
	}
	for _, sink := range k.tracks {
		errs = append(errs, sink.Close())
	}
	return errors.Join(errs...)
}
