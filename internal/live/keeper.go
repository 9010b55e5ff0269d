// Package live keeps what a live session gives: tracks, annotated video that can be switched on and off, snapshots.
package live

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"siamtrack/internal/follow"
	"siamtrack/session"
	"siamtrack/tracker"
)

// Keeper writes the views of a session to files. Each is meant for session.Options.Each; Record may be called
// at the same time by another goroutine. A video that cannot be written on, as on a full disk, ends, and the session
// goes on; a track that cannot is an error of Each.
type Keeper struct {
	o     Options
	last  map[int]int // by target, the index of the frame that the tracks have last
	fresh []tracker.Target

	mu     sync.Mutex    // guards what follows
	wanted bool          // a person wants a video written
	film   *film         // being written
	newest *film         // film, or the one before
	since  time.Duration // the time of film's first frame, or of the one for which none began; valid where begun
	begun  bool          // film has a frame
	ended  []*film       // being finished, or finished
	name   string        // of the video being written, or the last one
	files  int           // videos begun
	late   int64         // of the videos that are forgotten
	why    error         // why the next video could not begin
	failed error         // the first reason why a video is not as a person wanted it
}

// Options say what a Keeper keeps.
type Options struct {
	// Tracks take every target of every frame, each target's in the order of their indices. The Keeper closes them.
	Tracks []follow.Sink
	// Video makes the video at a path.
	Video func(path string) (follow.Sink, error)
	// Path is that of the first video; the next ones have -2, -3 and so on before the suffix, numbers of files that are
	// there already passed over. Where it is "", and with Segment, each is named by its own start: the time of day goes
	// before the suffix.
	Path string
	// Segment ends a video after this time and begins the next one, also where it failed; 0 never does.
	Segment time.Duration
	// Log is told of each video that ends early; nil: nobody is.
	Log *slog.Logger
}

// NewKeeper returns a Keeper that keeps what o says.
func NewKeeper(o Options) *Keeper {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Keeper{o: o, last: map[int]int{}}
}

// Record begins or ends a video and returns the file's name. A video that has ended is finished in the background;
// Close waits for it and returns its error.
func (k *Keeper) Record(on bool) (name string, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken() {
		k.end()
	}
	if k.wanted = on; on && k.film == nil {
		name, err = k.begin()
		k.wanted = err == nil
		return name, err
	}
	if !on {
		k.end()
	}
	return k.name, nil
}

// Recording returns the name of the video being written; on is false where none is. err is why the newest video ended
// early or is not whole, or why the next could not begin.
func (k *Keeper) Recording() (name string, on bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err = k.why; err == nil && k.newest != nil {
		err = k.newest.failed()
	}
	if k.film == nil || k.broken() {
		return "", false, err
	}
	return k.name, true, err
}

// broken reports whether the video being written cannot be. The caller holds the lock.
func (k *Keeper) broken() bool { return k.film != nil && k.film.failed() != nil }

// begin opens the next video. The caller holds the lock.
func (k *Keeper) begin() (string, error) {
	name := k.next(time.Now())
	video, err := k.o.Video(name)
	if err != nil {
		return name, err
	}
	k.files++
	k.film, k.name, k.begun, k.why = newFilm(video, k.o.Log), name, false, nil
	k.newest = k.film
	return name, nil
}

// sweep forgets the videos that are finished, whose memory is a picture's many times over, but for what they leave to
// be said. The caller holds the lock.
func (k *Keeper) sweep() {
	k.ended = slices.DeleteFunc(k.ended, func(f *film) bool {
		if !f.over() {
			return false
		}
		k.late += f.late.Load()
		k.failed = cmp.Or(k.failed, f.failed())
		return true
	})
}

// next names the video that begins now. Only a name that a person gave may be that of a file that is there.
func (k *Keeper) next(now time.Time) string {
	suffix := filepath.Ext(k.o.Path)
	base := strings.TrimSuffix(k.o.Path, suffix)
	switch {
	case k.o.Path == "":
		base, suffix = "track-"+now.Format(stamp), ".mp4"
	case k.o.Segment > 0:
		base += "-" + now.Format(stamp)
	case k.files == 0:
		return k.o.Path
	}
	first := 1
	if k.o.Path != "" && k.o.Segment == 0 {
		first = k.files + 1
	}
	for n := first; ; n++ {
		name := base + suffix
		if n > 1 {
			name = fmt.Sprintf("%s-%d%s", base, n, suffix)
		}
		if _, err := os.Stat(name); name != k.name && errors.Is(err, fs.ErrNotExist) {
			return name
		}
	}
}

// stamp is the time of day in a file's name.
const stamp = "20060102-150405"

// end lets the video be finished. The caller holds the lock.
func (k *Keeper) end() {
	if k.film == nil {
		return
	}
	k.film.end()
	k.sweep()
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
		for _, sink := range k.o.Tracks {
			if err := sink.Put(tracker.Step{Frame: v.Frame, Targets: k.fresh}); err != nil {
				return err
			}
		}
	}
	k.shoot(v.Step)
	return nil
}

// shoot hands a step to the video, if there is one. A source that came back with another size begins the next video.
func (k *Keeper) shoot(step tracker.Step) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken() {
		k.end()
	}
	if k.film != nil && !k.film.fits(step) || k.full(step) {
		k.end()
		if _, err := k.begin(); err != nil {
			k.o.Log.Error("the next video cannot begin; the view goes on", "why", err)
			k.why, k.begun, k.since = err, true, step.Frame.Time
			k.failed = cmp.Or(k.failed, err)
		}
	}
	if k.film == nil {
		return
	}
	if !k.begun {
		k.begun, k.since = true, step.Frame.Time
	}
	k.film.put(step)
}

// full reports whether a step belongs to the next segment. The caller holds the lock.
func (k *Keeper) full(step tracker.Step) bool {
	return k.wanted && k.o.Segment > 0 && k.begun && step.Frame.Time-k.since >= k.o.Segment
}

// Late returns how many frames are not in a video because they came while it was busy with encoding another.
func (k *Keeper) Late() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := k.late
	for _, f := range k.ended {
		n += f.late.Load()
	}
	if k.film != nil {
		n += k.film.late.Load()
	}
	return int(n)
}

// Close ends all files and waits until they are whole. Of the videos that are not it returns the first one's error: the
// log has each. It may be called twice.
func (k *Keeper) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.end()
	for _, f := range k.ended {
		<-f.done
	}
	k.sweep()
	errs := []error{k.failed}
	for _, sink := range k.o.Tracks {
		errs = append(errs, sink.Close())
	}
	return errors.Join(errs...)
}
