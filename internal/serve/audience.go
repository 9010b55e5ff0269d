package serve

import (
	"context"
	"net/netip"
	"slices"
	"sync"
)

// audience holds who watches: a bounded number of streams, of pictures or events. Where all places are taken, an
// address that has at least two more than another gives one of them to it, so that none can keep the others out.
type audience struct {
	places int

	mu    sync.Mutex
	seats []*seat // in the order in which they came
}

type seat struct {
	from  netip.Prefix
	leave context.CancelFunc
}

// enter counts a viewer from an address until leave is called or the context that it returns has ended. ok is false
// where there are too many.
func (a *audience) enter(ctx context.Context, from netip.Prefix) (_ context.Context, leave func(), ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.seats) >= a.places {
		out := a.spare(from)
		if out == nil {
			return ctx, nil, false
		}
		a.remove(out)
	}
	ctx, cancel := context.WithCancel(ctx)
	mine := &seat{from, cancel}
	a.seats = append(a.seats, mine)
	return ctx, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.remove(mine)
	}, true
}

// spare returns the newest seat of the address that has most, nil where that has not two more than from has. The caller
// holds the lock.
func (a *audience) spare(from netip.Prefix) *seat {
	taken := map[netip.Prefix]int{}
	for _, s := range a.seats {
		taken[s.from]++
	}
	var out *seat
	for _, s := range a.seats {
		if n := taken[s.from]; n >= taken[from]+2 && (out == nil || n >= taken[out.from]) {
			out = s
		}
	}
	return out
}

// remove ends a seat's stream, if it is still there. The caller holds the lock.
func (a *audience) remove(s *seat) {
	s.leave()
	a.seats = slices.DeleteFunc(a.seats, func(o *seat) bool { return o == s })
}

// size returns how many watch.
func (a *audience) size() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.seats)
}
