package siamtrack

import (
	"context"
	"errors"

	"siamtrack/siamfc"
	"siamtrack/siamfc/onnx"
	"siamtrack/tracker"
)

// Tracker follows one target with a model. Besides tracker.Tracker, which is Init and Update, it can show what its
// network saw; siamfc.NewFinder looks with it over whole frames for an object that is known by a picture.
type Tracker struct {
	*siamfc.Tracker
	model *Model
	net   onnx.Network
}

// Tracker returns a tracker over the model, which may make any number of them. Close it when its target is of no more
// interest, or leave that to the model's Close. Its error wraps onnx.ErrModel where the model cannot track.
func (m *Model) Tracker() (*Tracker, error) { return m.TrackerWith(m.model.Manifest().Loop) }

// TrackerWith is Tracker with another loop than the manifest's.
func (m *Model) TrackerWith(loop siamfc.LoopSpec) (*Tracker, error) {
	net, err := m.model.Network()
	if err != nil {
		return nil, err
	}
	manifest := m.model.Manifest()
	manifest.Loop = loop
	t, err := siamfc.New(net, manifest)
	if err != nil {
		return nil, errors.Join(err, net.Close())
	}
	m.keep(net)
	return &Tracker{t, m, net}, nil
}

// Close frees the tracker's memory outside Go. It may be called twice.
func (t *Tracker) Close() error { return t.model.release(t.net) }

// Multi returns what follows any number of targets, each with a Tracker of its own over the model; they share its
// weights, and their crops of a frame go through the network together where that is faster, with the same results. The
// model's Close closes them.
func (m *Model) Multi() *tracker.Multi {
	several := tracker.NewMulti(func() (tracker.Tracker, error) {
		t, err := m.Tracker()
		if err != nil { // not the nil *Tracker in an interface
			return nil, err
		}
		return t, nil
	})
	several.SearchAs(m.Team())
	return several
}

// Team lets trackers of a model search frames together; tracker.Multi.SearchAs takes it.
type Team struct {
	*siamfc.Team
	model *Model
	batch *onnx.Batch // nil where the networks run one after the other
}

// Team returns a Team for trackers of the model. Close it, or leave that to the model's Close.
func (m *Model) Team() *Team {
	batch, err := m.model.Batch()
	if err != nil { // a layout without
		return &Team{siamfc.NewTeam(nil), m, nil}
	}
	m.keep(batch)
	return &Team{siamfc.NewTeam(batch), m, batch}
}

// Close frees the team's memory outside Go. It may be called twice.
func (t *Team) Close() error {
	if t.batch == nil {
		return nil
	}
	return t.model.release(t.batch)
}

// Track follows a target through src with a tracker of its own and calls each once a frame, as tracker.Run does, whose
// errors it returns. It closes nothing but the tracker.
func (m *Model) Track(ctx context.Context, src tracker.Source, o tracker.RunOptions,
	each func(tracker.Step) error) error {
	t, err := m.Tracker()
	if err != nil {
		return err
	}
	return errors.Join(tracker.Run(ctx, src, t, o, each), t.Close())
}
