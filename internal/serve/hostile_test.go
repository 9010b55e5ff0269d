package serve

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// crowd are clients that mean no good: whoever is cut off comes back.
type crowd struct {
	address string
	ctx     context.Context
	all     sync.WaitGroup
	came    atomic.Int64 // connections that were opened
}

// send starts n clients of which each does what act does until its connection ends.
func (c *crowd) send(n int, act func(*net.TCPConn)) {
	for range n {
		c.all.Go(func() {
			for c.ctx.Err() == nil {
				var d net.Dialer
				conn, err := d.DialContext(c.ctx, "tcp", c.address)
				if err != nil {
					continue
				}
				c.came.Add(1)
				end := context.AfterFunc(c.ctx, func() { conn.Close() })
				act(conn.(*net.TCPConn))
				end()
				conn.Close()
				time.Sleep(50 * time.Millisecond) // the crowd and the server share this machine
			}
		})
	}
}

// pipeline asks and asks, and never reads an answer.
func pipeline(c *net.TCPConn) {
	_ = c.SetReadBuffer(4096)
	ask := strings.Repeat("GET /page.js HTTP/1.1\r\nHost: localhost\r\n\r\n", 400)
	for {
		if _, err := io.WriteString(c, ask); err != nil {
			return
		}
	}
}

// loris begins to ask, and goes on by a letter now and then.
func loris(c *net.TCPConn) {
	for _, letter := range "GET /state HTTP/1.1\r\nHost: loc" + strings.Repeat("x", 1000) {
		if _, err := c.Write([]byte(string(letter))); err != nil {
			return
		}
		time.Sleep(300 * time.Millisecond)
	}
}

// watch opens the stream and reads all that comes.
func watch(c *net.TCPConn) {
	if _, err := io.WriteString(c, "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"); err == nil {
		_, _ = io.Copy(io.Discard, c)
	}
}

// TestCrowd lets the owner open the page while 64 clients ask without reading, 200 ask without an end and 60 watch, all
// from the owner's own address; with -short, as the race detector runs, a quarter of them.
func TestCrowd(t *testing.T) {
	part, visits := 1, 8
	if testing.Short() {
		part, visits = 4, 2
	}
	for _, token := range []string{"", "open sesame"} {
		t.Run("token "+token, func(t *testing.T) {
			w := open(t, func(o *Options) { o.Token = token })
			ctx, stop := context.WithCancel(t.Context())
			c := &crowd{address: strings.TrimPrefix(w.base, "http://"), ctx: ctx}
			defer c.all.Wait()
			defer stop()
			c.send(64/part, pipeline)
			c.send(200/part, loris)
			c.send(60/part, watch)
			for c.came.Load() < 324/int64(part) {
				time.Sleep(time.Millisecond)
			}
			var took []time.Duration
			for range visits {
				took = append(took, visit(t, w.base, token))
			}
			slices.Sort(took)
			t.Logf("the owner's page, script and state: p50 %v, longest %v; the crowd came %d times",
				took[len(took)/2], took[len(took)-1], c.came.Load())
		})
	}
}

// visit opens the page as a browser that was closed does, and returns how long it took. What a client does that is cut
// off before it is answered is to ask again.
func visit(t *testing.T, base, token string) time.Duration {
	t.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 2 * time.Minute} // the crowd is on this machine too
	begin := time.Now()
	for _, path := range []string{"/", "/page.js", "/state"} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatalf("the owner is locked out: %v", err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("the owner gets %s, %v", answer.Status, err)
		}
		answer.Body.Close()
	}
	return time.Since(begin)
}

// TestAudienceIsShared fills all places from one address, and lets others have their share.
func TestAudienceIsShared(t *testing.T) {
	a := audience{places: 4}
	one, two := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
	type viewer struct {
		ctx   context.Context
		leave func()
	}
	enter := func(from netip.Prefix) (viewer, bool) {
		ctx, leave, ok := a.enter(t.Context(), from)
		return viewer{ctx, leave}, ok
	}
	var ones []viewer
	for range 4 {
		v, ok := enter(one)
		if !ok {
			t.Fatal("no place though there is one")
		}
		ones = append(ones, v)
	}
	if _, ok := enter(one); ok {
		t.Error("a fifth viewer of four")
	}
	for range 2 {
		if _, ok := enter(two); !ok {
			t.Error("another address gets no share")
		}
	}
	if _, ok := enter(two); ok {
		t.Error("another address gets more than its share")
	}
	for i, v := range ones {
		if gone := v.ctx.Err() != nil; gone != (i >= 2) {
			t.Errorf("viewer %d: gone %v", i, gone)
		}
		v.leave()
	}
	if n := a.size(); n != 2 {
		t.Errorf("%d watch, want 2", n)
	}
}

// TestDoor checks who has to go for a newcomer.
func TestDoor(t *testing.T) {
	d := newDoor(nil, 4, 3)
	now := time.Now()
	come := func(address string, age time.Duration, trusted bool) *caller {
		return &caller{door: d, from: origin(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address))),
			used: now.Add(-age), trusted: trusted}
	}
	owner := come("192.0.2.1:1", time.Hour, true)
	old, new := come("192.0.2.1:2", time.Minute, false), come("192.0.2.1:3", time.Second, false)
	other := come("[2001:db8::1]:1", time.Hour, false)
	for _, c := range []*caller{owner, old, new, other} {
		if out := d.enter(c); out != nil {
			t.Fatalf("%v has to go though there is room", out.from)
		}
	}
	if out := d.enter(come("192.0.2.1:4", 0, false)); out != other {
		t.Errorf("full: %+v has to go, want who was of no use for longest and has no token", out)
	}
	if out := d.enter(come("192.0.2.1:5", 0, false)); out != old {
		t.Errorf("three of one address: %+v has to go, want the address's oldest", out)
	}
	for _, pair := range [][2]string{{"2001:db8::1", "2001:db8::2"}, {"192.0.2.1", "::ffff:192.0.2.1"}} {
		a, b := origin(&net.TCPAddr{IP: net.ParseIP(pair[0])}), origin(&net.TCPAddr{IP: net.ParseIP(pair[1])})
		if a != b {
			t.Errorf("%v and %v are not one client", a, b)
		}
	}
}

// TestTurns: on average the door closes one connection in each turn, and makes up at once for what it missed, so that a
// busy machine's long waits do not add up for those who queue.
func TestTurns(t *testing.T) {
	d, now := newDoor(nil, 4, 3), time.Now()
	ask := func(n int) (waits time.Duration) {
		for range n {
			if wait := d.wait(now); wait > 0 {
				waits += wait
				now = now.Add(wait)
			}
		}
		return waits
	}
	if waits := ask(turnsBehind); waits != 0 {
		t.Errorf("first it waits %v, though nobody came before", waits)
	}
	if waits := ask(1000); waits != 1000*takeTurns {
		t.Errorf("1000 turns take %v", waits)
	}
	now = now.Add(10 * takeTurns) // what was meant to be one
	if waits := ask(11); waits != takeTurns {
		t.Errorf("late by 10 turns, it waits %v in the next 11", waits)
	}
	now = now.Add(time.Hour)
	if waits := ask(2 * turnsBehind); waits != turnsBehind*takeTurns {
		t.Errorf("after an hour it waits %v in %d", waits, 2*turnsBehind)
	}
}
