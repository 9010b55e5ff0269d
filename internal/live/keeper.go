// Package live keeps what a live session gives: tracks, annotated video that can be switched on and off, snapshots.
package live

import (
	"errors"
	"fmt"
	"image"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"siamtrack/internal/follow"
	"siamtrack/tracker"
)

// Keeper writes the views of a session to files. Each is meant for tracker.SessionOptions.Each; Record may be called
// at the same time by another goroutine.
type Keeper struct {
	tracks   []follow.Sink
	newVideo func(path string) (follow.Sink, error)
	path     string
	fps      float64
	last     int // the index of the frame that the tracks have last

	mu    sync.Mutex // guards what follows
	video follow.Sink
	name  string // of the video being written, or the last one
	files int    // videos begun
	paced pacer
	size  image.Point
}

// NewKeeper returns a Keeper that puts every frame with a target into tracks, in the order of their indices, and makes
// videos of fps frames a second with newVideo: the first at path, the next ones with -2, -3 and so on before the
// suffix. It closes the sinks.
func NewKeeper(tracks []follow.Sink, newVideo func(path string) (follow.Sink, error), path string, fps float64) *Keeper {
	return &Keeper{tracks: tracks, newVideo: newVideo, path: path, fps: fps, last: -1}
}

// Record begins or ends a video and returns the file's name. Its frames are on disk when it has ended.
func (k *Keeper) Record(on bool) (name string, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if on == (k.video != nil) {
		return k.name, nil
	}
	if on {
		return k.begin()
	}
	return k.name, k.end()
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
	k.video, k.name, k.paced, k.size = video, name, pacer{fps: k.fps}, image.Point{}
	return name, nil
}

// end closes the video. The caller holds the lock.
func (k *Keeper) end() error {
	if k.video == nil {
		return nil
	}
	err := k.video.Close()
	k.video = nil
	return err
}

// Each keeps a view. Of a frame that comes twice, because a target was chosen on it again, the tracks keep the first
// row.
func (k *Keeper) Each(v *tracker.View) error {
	step := tracker.Step{Frame: &v.Frame, Result: v.Result, Elapsed: v.Elapsed, Initial: v.Initial}
	if v.Target && v.Frame.Index > k.last {
		k.last = v.Frame.Index
		for _, sink := range k.tracks {
			if err := sink.Put(step); err != nil {
				return err
			}
		}
	}
	return k.film(step)
}

// film puts a step into the video as often as its time asks. A source that came back with another size begins the
// next video.
func (k *Keeper) film(step tracker.Step) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.video == nil {
		return nil
	}
	size := step.Frame.Image.Rect.Size()
	if k.size != (image.Point{}) && size != k.size {
		if err := k.end(); err != nil {
			return err
		}
		if _, err := k.begin(); err != nil {
			return err
		}
	}
	k.size = size
	for range k.paced.copies(step.Frame.Time) {
		if err := k.video.Put(step); err != nil {
			return err
		}
	}
	return nil
}

// Close ends all files. It may be called twice.
func (k *Keeper) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	errs := []error{k.end()}
	for _, sink := range k.tracks {
		errs = append(errs, sink.Close())
	}
	return errors.Join(errs...)
}

// pacer turns frames that come when they come into a video of constant rate, so that it plays as fast as it happened:
// a frame is written again in the place of dropped ones, and left out where its place is taken.
type pacer struct {
	fps     float64
	begun   bool
	start   time.Duration
	written int
}

// maxGap bounds how long a video stands still where a source was lost.
const maxGap = 2 * time.Second

// copies returns how often the frame of time at is to be written.
func (p *pacer) copies(at time.Duration) int {
	if !p.begun {
		p.begun, p.start = true, at
	}
	due := int(math.Round((at-p.start).Seconds()*p.fps)) + 1
	n := due - p.written
	if longest := int(maxGap.Seconds() * p.fps); n > longest {
		p.start += time.Duration(float64(n-longest) / p.fps * float64(time.Second))
		n = longest
	}
	n = max(0, n)
	p.written += n
	return n
}
