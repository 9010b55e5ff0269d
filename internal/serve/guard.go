package serve

import (
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
	"time"
)

// cookieName is that of the cookie that carries the token once the page has been opened with it.
const cookieName = "siamtrack"

// guard lets through only requests for a host name we go by, that carry the token where one is asked, and that no
// other website has sent. A connection is told who is at its other end: whoever is let through, with a token or not, or
// somebody who was refused, whose connection is closed.
func (s *Server) guard(next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		refuse := func(text string, status int) {
			select {
			case <-time.After(s.times.refusal):
			case <-r.Context().Done():
			}
			h.Set("Connection", "close") // no second try on the same connection
			http.Error(w, text, status)
		}
		named, carried := s.token(r)
		switch {
		case !s.o.AnyHost && !loopbackName(r.Host):
			refuse("this server answers on loopback names only", http.StatusForbidden)
		case s.o.Token != "" && !named && !carried:
			h.Set("WWW-Authenticate", "Bearer")
			refuse("a token is needed: open the page with ?token=...", http.StatusUnauthorized)
		case !named && foreign(r):
			refuse("another website asks for this", http.StatusForbidden)
		default:
			if named { // the other website knows the token: somebody gave it, so that it shows the picture
				h.Set("Cross-Origin-Resource-Policy", "cross-origin")
			}
			admitted(r.Context(), named || carried)
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			next.ServeHTTP(w, r)
		}
	})
}

// token reports whether r names the token itself, in its address or as a bearer token, and whether it carries it in the
// cookie, which a browser adds by itself. Both are false where no token is asked.
func (s *Server) token(r *http.Request) (named, carried bool) {
	if s.o.Token == "" {
		return false, false
	}
	is := func(given string) bool { return subtle.ConstantTimeCompare([]byte(given), []byte(s.o.Token)) == 1 }
	bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	named = is(r.URL.Query().Get("token")) || is(bearer)
	if cookie, err := r.Cookie(cookieName); err == nil {
		carried = is(cookie.Value)
	}
	return named, carried
}

// foreign reports whether a page of another origin has a browser send r. A link to the page is followed all the same.
func foreign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return false
	}
	link := r.Method == http.MethodGet && r.URL.Path == "/" && r.Header.Get("Sec-Fetch-Mode") == "navigate" &&
		r.Header.Get("Sec-Fetch-Dest") == "document"
	return !link
}

// loopbackName reports whether the host of a request, with or without a port, can only mean this machine.
func loopbackName(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
