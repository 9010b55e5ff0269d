package session

import (
	"context"
	"sync"
	"time"
)

// gate is what each captured frame passes on its way to the trackers: open, or held with some steps granted.
type gate struct {
	mu      sync.Mutex
	closed  bool
	steps   int
	moving  int           // frames that were let through and have not landed yet
	ended   bool          // nothing that moves will land any more
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

// pass reports whether a frame may go through; if so, it uses up a step where one was needed, and the frame counts as
// moving until landed is called.
func (g *gate) pass() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed && g.steps == 0 {
		return false
	}
	g.steps = max(0, g.steps-1)
	g.moving++
	return true
}

// landed tells that a frame that was let through has been tracked, or has given way to another.
func (g *gate) landed() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.moving--
	g.tell()
}

// end tells that nothing is tracked any more.
func (g *gate) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ended = true
	g.tell()
}

// opens blocks until a frame may go through. waited tells whether it had to, so that time has passed.
func (g *gate) opens(ctx context.Context) (waited bool, err error) {
	return g.until(ctx, func() bool { return !g.closed || g.steps > 0 })
}

// settles blocks until no frame is moving any more, or the gate is open, where there may always be one.
func (g *gate) settles(ctx context.Context) error {
	_, err := g.until(ctx, func() bool { return !g.closed || g.moving == 0 || g.ended })
	return err
}

// until blocks until it is so, which is asked under the lock, and returns ctx's error if that ends before.
func (g *gate) until(ctx context.Context, so func() bool) (waited bool, err error) {
	for {
		g.mu.Lock()
		ok, changed := so(), g.changed
		g.mu.Unlock()
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

// restart counts anew from a frame that is let through now.
func (p *pacer) restart(at time.Duration) { p.start = time.Now().Add(-at) }

func (p *pacer) wait(ctx context.Context, at time.Duration) error {
	left := time.Until(p.start.Add(at))
	if p.start.IsZero() || left < -slack {
		p.restart(at)
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
