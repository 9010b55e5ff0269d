package serve

import (
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
	"sync"
)

// cookieName is that of the cookie that carries the token once the page has been opened with it.
const cookieName = "siamtrack"

// guard lets through only requests for a host name we go by, that carry the token where one is asked, and that no
// other website has sent.
func (s *Server) guard(next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		switch {
		case !s.o.AnyHost && !loopbackName(r.Host):
			http.Error(w, "this server answers on loopback names only", http.StatusForbidden)
		case s.o.Token == "" || s.allowed(r):
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			next.ServeHTTP(w, r)
		default:
			h.Set("WWW-Authenticate", "Bearer")
			http.Error(w, "a token is needed: open the page with ?token=...", http.StatusUnauthorized)
		}
	})
}

// allowed reports whether r carries the token.
func (s *Server) allowed(r *http.Request) bool {
	given := []string{r.URL.Query().Get("token")}
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		given = append(given, bearer)
	}
	if cookie, err := r.Cookie(cookieName); err == nil {
		given = append(given, cookie.Value)
	}
	for _, g := range given {
		if subtle.ConstantTimeCompare([]byte(g), []byte(s.o.Token)) == 1 {
			return true
		}
	}
	return false
}

// loopbackName reports whether the host of a request, with or without a port, can only mean this machine.
func loopbackName(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// sendBuffer bounds what the system keeps for a viewer that does not read: a picture or two, so that a slow viewer sees
// new ones and a vanished one is noticed soon.
const sendBuffer = 256 << 10

// limited is a listener with a bounded number of open connections: the next one waits until another closes.
type limited struct {
	net.Listener
	open chan struct{}
	done chan struct{}
	once sync.Once
}

func newLimited(l net.Listener, n int) *limited {
	return &limited{Listener: l, open: make(chan struct{}, n), done: make(chan struct{})}
}

func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.open <- struct{}{}:
	case <-l.done:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.open
		return nil, err
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer) // the system's own size serves too, but keeps more old pictures
	}
	return &limitedConn{Conn: c, release: func() { <-l.open }}, nil
}

func (l *limited) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	once    sync.Once
	release func()
}

func (c *limitedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.release)
	return err
}
