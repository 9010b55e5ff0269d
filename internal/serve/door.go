package serve

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// What the system keeps for a client that does not read. Of a viewer a picture or two, so that a slow one sees new ones
// and a vanished one is noticed soon; of others little, since there may be many.
const (
	viewerBuffer = 256 << 10
	callerBuffer = 32 << 10
)

// takeTurns is how often, on average, the door closes a connection for another one. However many come, each then has so
// long times the number of places to say what it wants.
const takeTurns = time.Millisecond

// turnsBehind is how many turns the door makes up for at once: on a busy machine each wait takes longer than it should,
// and all who queue for the door, the owner among them, would wait as often.
const turnsBehind = 64

// door is a listener with a bounded number of open connections, in all and from each address. It turns no newcomer
// away, since that may be the owner: whoever has been of no use for longest is closed instead. Those who have shown the
// token go last, and are not counted among their address's.
type door struct {
	net.Listener
	total, each int
	turn        time.Time // when the next connection may be closed for another one; of the goroutine that accepts

	mu   sync.Mutex
	open map[*caller]struct{}
}

func newDoor(l net.Listener, total, each int) *door {
	return &door{Listener: l, total: total, each: each, open: map[*caller]struct{}{}}
}

// Accept returns the next connection, a *caller, and closes another one where there is no room.
func (d *door) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(callerBuffer) // the system's own size serves too
	}
	in := &caller{Conn: c, door: d, from: origin(c.RemoteAddr()), used: time.Now()}
	if out := d.enter(in); out != nil {
		out.cut()
		time.Sleep(d.wait(time.Now()))
	}
	return in, nil
}

// wait returns how long the door waits at a time, once it has closed a connection for another one.
func (d *door) wait(now time.Time) time.Duration {
	if behind := now.Add(-turnsBehind * takeTurns); d.turn.Before(behind) {
		d.turn = behind
	}
	d.turn = d.turn.Add(takeTurns)
	return d.turn.Sub(now)
}

// enter takes c in and returns the one that has to go for it, nil where there is room.
func (d *door) enter(c *caller) (out *caller) {
	d.mu.Lock()
	defer d.mu.Unlock()
	same := 0
	for o := range d.open {
		if o.from == c.from && !o.trusted {
			same++
		}
	}
	if same >= d.each || len(d.open) >= d.total {
		for o := range d.open {
			if (same < d.each || o.from == c.from && !o.trusted) && (out == nil || o.before(out)) {
				out = o
			}
		}
		delete(d.open, out)
	}
	d.open[c] = struct{}{}
	return out
}

// caller is a connection with what decides whether it may stay.
type caller struct {
	net.Conn
	door *door
	from netip.Prefix

	// Guarded by the door's lock:
	admitted bool      // a request of it was let through
	trusted  bool      // with the token
	used     time.Time // when it came, was let through, or took something that it was sent
}

// before reports whether c has to go before o. The caller of it holds the lock.
func (c *caller) before(o *caller) bool {
	if c.trusted != o.trusted {
		return !c.trusted
	}
	return c.used.Before(o.used)
}

// Write sends p. Whoever was let through and takes what it is sent is of use.
func (c *caller) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err == nil {
		c.door.mu.Lock()
		defer c.door.mu.Unlock()
		if c.admitted {
			c.used = time.Now()
		}
	}
	return n, err
}

// Close closes the connection and makes room. It may be called twice.
func (c *caller) Close() error {
	c.door.mu.Lock()
	delete(c.door.open, c)
	c.door.mu.Unlock()
	return c.Conn.Close()
}

// cut closes the connection without waiting for what its other end has not read.
func (c *caller) cut() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close() // it may be closed already
}

// origin is the address of a connection's other end. One who has an IPv6 address has a whole /64 of them.
func origin(a net.Addr) netip.Prefix {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip := tcp.AddrPort().Addr().Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// callerKey is the key of the caller in the context of its requests.
type callerKey struct{}

// withCaller is http.Server.ConnContext: requests know the connection that they came over.
func withCaller(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// from returns the origin of a request with that context.
func from(ctx context.Context) netip.Prefix {
	if c, ok := ctx.Value(callerKey{}).(*caller); ok {
		return c.from
	}
	return netip.Prefix{}
}

// viewing gives the connection of a request with that context room for pictures.
func viewing(ctx context.Context) {
	if c, ok := ctx.Value(callerKey{}).(*caller); ok {
		if tcp, ok := c.Conn.(*net.TCPConn); ok {
			_ = tcp.SetWriteBuffer(viewerBuffer)
		}
	}
}

// admitted tells a request's connection that it was let through, and whether with the token.
func admitted(ctx context.Context, trusted bool) {
	c, ok := ctx.Value(callerKey{}).(*caller)
	if !ok {
		return
	}
	c.door.mu.Lock()
	defer c.door.mu.Unlock()
	c.admitted, c.trusted, c.used = true, trusted, time.Now()
}
