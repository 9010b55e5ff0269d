package serve

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestToken(t *testing.T) {
	w := open(t, func(o *Options) { o.Token = "open sesame" })
	for _, path := range []string{"/", "/state", "/stream", "/events", "/page.js", "/frozen/1.jpg"} {
		if status, text := w.do("GET", path, ""); status != http.StatusUnauthorized || strings.Contains(text, "sesame") {
			t.Errorf("GET %s without the token: %d %q", path, status, text)
		}
	}
	if status, _ := w.do("GET", "/state?token=wrong", ""); status != http.StatusUnauthorized {
		t.Errorf("a wrong token: %d", status)
	}
	for _, c := range [][3]string{
		{"/state?token=open+sesame"}, {"/state", "Authorization", "Bearer open sesame"},
		{"/state", "Cookie", `siamtrack="open sesame"`},
		{"/state?token=open+sesame", "Sec-Fetch-Site", "cross-site"}, // somebody gave that website the token
	} {
		header := c[1:]
		if c[1] == "" {
			header = nil
		}
		if status, text := w.do("GET", c[0], "", header...); status != http.StatusOK {
			t.Errorf("%v: %d %s", c, status, text)
		}
	}
	w.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r, err := w.client.Get(w.base + "/?token=open+sesame")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	cookies := r.Cookies()
	to := r.Header.Get("Location")
	if r.StatusCode != http.StatusSeeOther || to != "/" || len(cookies) != 1 || !cookies[0].HttpOnly {
		t.Errorf("the page with the token: %d to %q with %v", r.StatusCode, to, cookies)
	}
}

func TestRefusals(t *testing.T) {
	w := open(t, nil)
	w.until("a picture", func(s stateJSON) bool { return s.Width > 0 })
	w.ask("POST", "/freeze", "", new(any))
	for _, c := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
	}{
		{"no such page", "GET", "/etc/passwd", "", nil, 404},
		{"outside the page's folder", "GET", "/page/../server.go", "", nil, 404},
		{"wrong method", "GET", "/select", "", nil, 405},
		{"no body", "POST", "/select", "", nil, 400},
		{"no JSON", "POST", "/select", "box", nil, 400},
		{"no box", "POST", "/select", `{"frame":1}`, nil, 400},
		{"an unknown name", "POST", "/select", `{"frame":1,"bocks":3}`, nil, 400},
		{"two values", "POST", "/pause", `{"on":true} {"on":false}`, nil, 400},
		{"no number", "POST", "/select", `{"frame":1,"box":{"x":"1"}}`, nil, 400},
		{"a number that is none", "POST", "/select", `{"frame":1,"box":{"x":1e999}}`, nil, 400},
		{"too long", "POST", "/select", `{"frame":` + strings.Repeat(" ", maxBody) + `1}`, nil, 413},
		{"an unknown frame", "POST", "/select", `{"frame":99,"box":{"x":1,"y":1,"w":20,"h":20}}`, nil, 404},
		{"a box outside", "POST", "/select", `{"frame":1,"box":{"x":900,"y":1,"w":20,"h":20}}`, nil, 422},
		{"an empty box", "POST", "/select", `{"frame":1,"box":{"x":9,"y":1,"w":0,"h":20}}`, nil, 422},
		{"a click on an unknown frame", "POST", "/pick", `{"frame":99,"x":1,"y":1}`, nil, 404},
		{"a target without a number", "POST", "/remove", `{"id":0}`, nil, 400},
		{"a frozen frame that is not there", "GET", "/frozen/99.jpg", "", nil, 404},
		{"a frozen frame without a number", "GET", "/frozen/x.jpg", "", nil, 404},
		{"another website", "POST", "/clear", "{}",
			[]string{"Origin", "http://example.com", "Sec-Fetch-Site", "cross-site"}, 403},
		{"a picture in another website", "GET", "/stream", "",
			[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"another port's website", "GET", "/state", "", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"the page in another website's frame", "GET", "/", "",
			[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403},
		{"a link to the page", "GET", "/", "",
			[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		{"the page's own", "GET", "/state", "", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"an address that was typed", "GET", "/state", "", []string{"Sec-Fetch-Site", "none"}, 200},
		{"a name that points here", "GET", "/state", "", []string{"Host", "attacker.example:80"}, 403},
		{"a loopback name", "GET", "/state", "", []string{"Host", "localhost:1"}, 200},
		{"a box drawn backwards", "POST", "/select", `{"frame":1,"box":{"x":90,"y":90,"w":-20,"h":-20}}`, nil, 200},
	} {
		if status, text := w.do(c.method, c.path, c.body, c.header...); status != c.status {
			t.Errorf("%s: %d %s, want %d", c.name, status, strings.TrimSpace(text), c.status)
		}
	}
}

// TestEmbedding checks who else may show the picture: whoever names the token, nobody by the owner's cookie alone.
func TestEmbedding(t *testing.T) {
	for _, c := range []struct{ token, path, policy string }{
		{"", "/stream", "same-origin"},
		{"", "/state", "same-origin"},
		{"sesame", "/stream?token=sesame", "cross-origin"},
		{"sesame", "/stream?token=wrong", "same-origin"},
		{"sesame", "/stream", "same-origin"},
	} {
		w := open(t, func(o *Options) { o.Token = c.token })
		r, err := http.NewRequestWithContext(t.Context(), "GET", w.base+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := w.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if policy := answer.Header.Get("Cross-Origin-Resource-Policy"); policy != c.policy {
			t.Errorf("%s with token %q: policy %q, want %q", c.path, c.token, policy, c.policy)
		}
	}
	w := open(t, func(o *Options) { o.Token = "sesame" })
	status, _ := w.do("GET", "/state", "", "Cookie", "siamtrack=sesame", "Sec-Fetch-Site", "cross-site")
	if status != http.StatusForbidden {
		t.Errorf("another website with the owner's cookie: %d", status)
	}
}

// TestRefusedWaits: who is refused learns it late, and who is let through at once.
func TestRefusedWaits(t *testing.T) {
	times := patient
	times.refusal = 200 * time.Millisecond
	w := openWith(t, times, func(l net.Listener) net.Listener { return l }, func(o *Options) { o.Token = "open sesame" })
	for what, header := range map[string][2]string{
		"a wrong token": {"Authorization", "Bearer open sesam"}, "another name": {"Host", "rebound.example"},
	} {
		begin := time.Now()
		if status, text := w.do("GET", "/state", "", header[:]...); status != 401 && status != 403 {
			t.Errorf("%s: %d %q", what, status, text)
		}
		if took := time.Since(begin); took < times.refusal {
			t.Errorf("%s: refused after %v", what, took)
		}
	}
}

// TestListenSaysWhatToDo: where an address cannot be listened on.
func TestListenSaysWhatToDo(t *testing.T) {
	l, _, err := Listen(":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for address, want := range map[string]string{
		l.Addr().String(): "name another port", "192.0.2.1:0": "no such address",
	} {
		if _, _, err := Listen(address); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
