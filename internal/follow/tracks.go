package follow

import (
	"siamtrack/internal/record"
	"siamtrack/tracker"
)

// Tracks is the Sink that writes a track to a file.
type Tracks struct {
	create func() (record.Recorder, error)
	rec    record.Recorder // nil before the first step
	timing bool
}

// NewTracks returns a Sink that makes its Recorder when the first step comes, so that a run that cannot begin leaves an
// older file alone, and closes it. With timing the rows say how long the tracker took, which makes a file differ from
// run to run.
func NewTracks(create func() (record.Recorder, error), timing bool) *Tracks {
	return &Tracks{create: create, timing: timing}
}

// Put implements Sink.
func (t *Tracks) Put(s tracker.Step) error {
	if t.rec == nil {
		rec, err := t.create()
		if err != nil {
			return err
		}
		t.rec = rec
	}
	for i := range s.Targets {
		target := &s.Targets[i]
		row := record.Row{
			Frame: s.Frame.Index, Time: s.Frame.Time,
			Box: target.Result.Box, Score: target.Result.Score, State: target.Result.State,
		}
		if t.timing {
			row.Elapsed = target.Elapsed
		}
		if err := t.rec.Record(row); err != nil {
			return err
		}
	}
	return nil
}

// Begun reports whether the file was made.
func (t *Tracks) Begun() bool { return t.rec != nil }

// Close implements Sink.
func (t *Tracks) Close() error {
	if t.rec == nil {
		return nil
	}
	return t.rec.Close()
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
