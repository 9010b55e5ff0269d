package follow

import (
	"errors"
	"image"

	"siamtrack/internal/record"
	"siamtrack/tracker"
)

// Tracks is the Sink that writes tracks to one file, or to a file for each target.
type Tracks struct {
	create func(tracker.Step, *tracker.Target) (record.Recorder, error)
	each   bool
	timing bool
	files  map[int]record.Recorder // by target, 0 for that of all
	size   image.Point             // of the frames
}

// NewTracks returns a Sink that makes its Recorder when the first step comes, with that step, so that a run that cannot
// begin leaves an older file alone, and closes it. With timing the rows say how long the tracker took, which makes a
// file differ from run to run.
func NewTracks(create func(tracker.Step) (record.Recorder, error), timing bool) *Tracks {
	return &Tracks{timing: timing, files: map[int]record.Recorder{},
		create: func(s tracker.Step, _ *tracker.Target) (record.Recorder, error) { return create(s) }}
}

// NewTracksEach returns a Sink that makes a Recorder for each target when that comes first.
func NewTracksEach(create func(*tracker.Target) (record.Recorder, error), timing bool) *Tracks {
	return &Tracks{timing: timing, each: true, files: map[int]record.Recorder{},
		create: func(_ tracker.Step, t *tracker.Target) (record.Recorder, error) { return create(t) }}
}

// Put implements Sink.
func (t *Tracks) Put(s tracker.Step) error {
	size := t.changed(s.Frame.Image)
	for i := range s.Targets {
		target := &s.Targets[i]
		file := 0
		if t.each {
			file = target.ID
		}
		rec := t.files[file]
		if rec == nil {
			var err error
			if rec, err = t.create(s, target); err != nil {
				return err
			}
			t.files[file] = rec
		}
		row := record.Row{
			Frame: s.Frame.Index, Time: s.Frame.Time, ID: target.ID, Name: target.Name, First: target.Initial,
			Box: target.Result.Box, Score: target.Result.Score, State: target.Result.State, Size: size,
		}
		if t.timing {
			row.Elapsed = target.Elapsed
		}
		if err := rec.Record(row); err != nil {
			return err
		}
	}
	return nil
}

// changed returns the size of the frames where it is another one than before.
func (t *Tracks) changed(frame *image.RGBA) image.Point {
	if frame == nil || frame.Rect.Size() == t.size {
		return image.Point{}
	}
	before := t.size
	t.size = frame.Rect.Size()
	if before == (image.Point{}) {
		return image.Point{}
	}
	return t.size
}

// Begun reports whether any file was made.
func (t *Tracks) Begun() bool { return len(t.files) > 0 }

// Close implements Sink.
func (t *Tracks) Close() error {
	var errs []error
	for _, rec := range t.files {
		errs = append(errs, rec.Close())
	}
	return errors.Join(errs...)
}

// From returns a Sink that passes the steps from the given frame on to sink.
func From(frame int, sink Sink) Sink { return &from{sink, frame} }

type from struct {
	Sink
	frame int
}

// Put implements Sink.
func (f *from) Put(s tracker.Step) error {
	if s.Frame.Index < f.frame {
		return nil
	}
	return f.Sink.Put(s)
}
