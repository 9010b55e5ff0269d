// Package serve shows a live session in a browser, where there is no display: a picture with everything drawn on it, a
// page to choose the target on with mouse or finger, and the state as JSON and as server-sent events.
//
// Pictures are encoded once for all viewers and only while there is one. A viewer that is slow gets fewer of them; the
// tracker never waits for any.
package serve

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"siamtrack/render"
	"siamtrack/session"
)

// Options say what is served and to whom.
type Options struct {
	// Title names the source.
	Title   string
	Session *session.Session
	// Token, if not empty, is asked of every request: as a bearer token, as ?token= or as the cookie that the page sets.
	Token string
	// AnyHost lets requests through whatever host name they ask for. Without it only loopback names are answered, so
	// that no website can reach the server through a name of its own that points here (DNS rebinding).
	AnyHost bool
	// Viewers bounds the streams and event streams open at the same time; 0 means 16. Addresses share them evenly.
	Viewers int
	// Saver keeps pictures and videos on this machine; nil: clients cannot ask for any.
	Saver Saver
	// JPEG encodes a picture faster than image/jpeg, which does where it is nil or fails.
	JPEG func(img *image.RGBA, quality int) ([]byte, error)
	// ColorMap has the colours of the response maps at first; clients may choose others.
	ColorMap render.ColorMap
	Log      *slog.Logger
}

// Bounds on what clients may take.
const (
	defaultViewers = 16
	maxConnections = 512
	maxEach        = 256 // connections from one address without the token
	maxHeader      = 16 << 10
	maxBody        = 4 << 10
	shutdownGrace  = 2 * time.Second // for answers under way when the server ends
)

// timeouts bound how long a client takes: for a request's header; for a request in all; for taking an answer that is no
// stream, such as a slow telephone's still picture; for taking one picture or event of a stream; between two requests.
// A refusal is kept back for so long, so that who guesses, or comes again and again, gets nowhere by being quick.
type timeouts struct{ header, request, answer, picture, idle, refusal time.Duration }

func usual() timeouts {
	return timeouts{
		header: 5 * time.Second, request: 10 * time.Second, answer: 15 * time.Second, picture: 5 * time.Second,
		idle: 30 * time.Second, refusal: time.Second,
	}
}

// Server serves one session. New makes it.
type Server struct {
	o       Options
	handler http.Handler
	screen  *render.Screen // guarded by mu
	frozen  shelf
	viewers audience
	times   timeouts           // usual(), but in tests
	wanted  chan struct{}      // has room for one: the picture is to be drawn anew
	behind  chan chan struct{} // asks for the view that is ready, and is told when it was taken

	saving saving

	mu      sync.Mutex
	view    *session.View   // the newest one, nil before the first
	picked  int             // the target that the panel shows, for all viewers; 0 for the first
	cuts    map[string]*cut // by the name of their size
	changed chan struct{}   // closed and replaced whenever there is something new
	shown   session.Rate
	latency time.Duration
}

// New returns a server of o.Session, whose only consumer it is. Serve starts it.
func New(o Options) (*Server, error) {
	screen, err := render.NewScreen()
	if err != nil {
		return nil, err
	}
	screen.Show.Figures, screen.Show.ColorMap = true, o.ColorMap
	if o.Viewers <= 0 {
		o.Viewers = defaultViewers
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		o: o, screen: screen, viewers: audience{places: o.Viewers}, times: usual(),
		wanted: make(chan struct{}, 1), behind: make(chan chan struct{}), changed: make(chan struct{}),
		cuts: map[string]*cut{},
	}
	for name, size := range sizes {
		s.cuts[name] = &cut{size: size}
	}
	s.handler = s.routes()
	return s, nil
}

// CheckAddress returns an error where an address is not of the form host:port or :port.
func CheckAddress(address string) error {
	if _, port, err := net.SplitHostPort(address); err != nil || port == "" {
		return fmt.Errorf("address %q: host:port or :port is needed", address)
	}
	return nil
}

// Listen opens the address host:port. Without a host it is the loopback's only; local tells whether it is.
func Listen(address string) (l net.Listener, local bool, err error) {
	if err := CheckAddress(address); err != nil {
		return nil, false, fmt.Errorf("serve: %w", err)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, false, fmt.Errorf("serve: %w", err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	if l, err = net.Listen("tcp", net.JoinHostPort(host, port)); err != nil {
		return nil, false, fmt.Errorf("serve: %w%s", err, advice(err))
	}
	at, ok := l.Addr().(*net.TCPAddr)
	return l, ok && at.IP.IsLoopback(), nil
}

// advice says what to do where an address cannot be listened on.
func advice(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return ": another program, perhaps another track, listens there: end it, or name another port; " +
			"0 takes any that is free"
	case errors.Is(err, syscall.EACCES):
		return ": name a port from 1024 on"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return ": this machine has no such address; 0.0.0.0 stands for all that it has"
	}
	return ""
}

// Serve answers on l, which it closes, until ctx ends or the session fails, whose error it returns.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	h := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: s.times.header, ReadTimeout: s.times.request,
		WriteTimeout: s.times.answer, IdleTimeout: s.times.idle,
		MaxHeaderBytes: maxHeader,
		ConnContext:    withCaller,
		BaseContext:    func(net.Listener) context.Context { return ctx }, // ends the streams with the server
		ErrorLog:       slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- h.Serve(newDoor(l, maxConnections, maxEach)) }()
	err := s.follow(ctx, served)
	stop()
	grace, done := context.WithTimeout(context.Background(), shutdownGrace)
	defer done()
	if h.Shutdown(grace) != nil {
		_ = h.Close() // a client that does not go is cut off
	}
	return err
}

// follow takes the session's views until ctx or the server ends, or the session fails.
func (s *Server) follow(ctx context.Context, served <-chan error) error {
	defer s.drop()
	ended := s.o.Session.Done()
	tick := time.NewTicker(time.Second) // ages grow though no frame comes
	defer tick.Stop()
	for {
		select {
		case v := <-s.o.Session.Results():
			s.take(v)
		case taken := <-s.behind:
			select {
			case v := <-s.o.Session.Results():
				s.take(v)
			default:
			}
			close(taken)
		case <-s.wanted:
			s.refresh()
		case <-tick.C:
			if st := s.o.Session.Status(); !st.Paused && !st.Ended && time.Since(st.LastFrame) > time.Second {
				s.refresh()
			}
		case <-ended:
			if err := s.o.Session.Err(); err != nil {
				return err
			}
			ended = nil
			s.refresh()
		case err := <-served:
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			return fmt.Errorf("serve: %w", err)
		case <-ctx.Done():
			return nil
		}
	}
}

// drop gives the last view back.
func (s *Server) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Session.Release(s.view)
	s.view = nil
}
