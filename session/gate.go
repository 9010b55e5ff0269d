package session

import (
	"context"
	"sync"
	"time"
)

// gate is what each captured frame passes: open, or held with some steps granted.
type gate struct {
	mu      sync.Mutex
	closed  bool
	steps   int
	changed chan struct{} // closed and replaced at each change
}

func newGate() *gate { return &gate{changed: make(chan struct{})} }

// hold closes or opens the gate; steps granted but not used are forgotten.
func (g *gate) hold(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed, g.steps = on, 0
	g.tell()
}

// step lets one more frame through a closed gate.
func (g *gate) step() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		g.steps++
		g.tell()
	}
}

// tell wakes those who wait. The caller holds the lock.
func (g *gate) tell() {
	close(g.changed)
	g.changed = make(chan struct{})
}

func (g *gate) held() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}

// pass reports whether a frame may go through, and uses up a step where one was needed. Where it may not, changed is
// closed at the gate's next change.
func (g *gate) pass() (ok bool, changed <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed && g.steps == 0 {
		return false, g.changed
	}
	g.steps = max(0, g.steps-1)
	return true, nil
}

// wait blocks until a frame may go through. waited tells whether it had to, so that time has passed.
func (g *gate) wait(ctx context.Context) (waited bool, err error) {
	for {
		ok, changed := g.pass()
		if ok {
			return waited, ctx.Err()
		}
		waited = true
		select {
		case <-changed:
		case <-ctx.Done():
			return true, ctx.Err()
		}
	}
}

// pacer lets frames through at their own times, counted from the first one. Once it is late by more than slack, it
// counts anew: a file that is read too slowly plays slowly, it does not race to catch up.
type pacer struct{ start time.Time }

const slack = 250 * time.Millisecond

func (p *pacer) wait(ctx context.Context, at time.Duration) error {
	left := time.Until(p.start.Add(at))
	if p.start.IsZero() || left < -slack {
		p.start = time.Now().Add(-at)
		return nil
	}
	if left <= 0 {
		return nil
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
