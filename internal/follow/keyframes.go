package follow

import (
	"slices"

	"siamtrack/tracker"
)

// Keyframes returns a Sink that passes on the steps from which the others can be guessed by interpolation: the first,
// every n-th after it, those in which a target begins, is lost or found again, and the last.
func Keyframes(n int, sink Sink) Sink { return &keyframes{Sink: sink, n: n} }

type keyframes struct {
	Sink
	n      int
	begun  bool
	first  int
	lost   map[int]bool
	last   tracker.Step // not passed on, without its picture
	waits  bool
	closed bool
}

// Put implements Sink.
func (k *keyframes) Put(s tracker.Step) error {
	if !k.begun {
		k.begun, k.first, k.lost = true, s.Frame.Index, map[int]bool{}
	}
	pass := (s.Frame.Index-k.first)%k.n == 0
	for i := range s.Targets {
		t := &s.Targets[i]
		lost := t.Result.State == tracker.Lost
		pass = pass || t.Initial || lost != k.lost[t.ID]
		k.lost[t.ID] = lost
	}
	if k.waits = !pass; pass {
		return k.Sink.Put(s)
	}
	targets := append(k.last.Targets[:0], s.Targets...)
	for i := range targets {
		targets[i] = bare(targets[i])
	}
	k.last = tracker.Step{Frame: s.Frame, Targets: targets}
	return nil
}

// Close implements Sink: the last step is passed on before.
func (k *keyframes) Close() error {
	if k.waits && !k.closed {
		k.closed = true
		k.last.Targets = slices.Clone(k.last.Targets)
		if err := k.Sink.Put(k.last); err != nil {
			_ = k.Sink.Close() // it says the same
			return err
		}
	}
	return k.Sink.Close()
}
