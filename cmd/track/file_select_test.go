package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"siamtrack/tracker"
)

// Without a display the first frame is a page of this machine, on which a box is drawn; then the run goes on by itself.
func TestSelectInABrowser(t *testing.T) {
	csv := in(t, "t.csv")
	cmd := program(t, "file", absolute(t, clip), "-m", absolute(t, tiny), "--select", "--start", "3", "--end", "9",
		"--csv", csv)
	cmd.Env = append(cmd.Env, "DISPLAY=")
	d := launch(t, cmd)
	page, token := "", ""
	address := regexp.MustCompile(`open (http://127\.0\.0\.1:\d+/)(\?token=\w{20,}) in`)
	d.eventually("page", func() bool {
		if m := address.FindStringSubmatch(d.stderr.String()); m != nil {
			page, token = m[1], m[2]
		}
		return page != ""
	})
	for _, path := range []string{"", "stream", "state"} { // the machine's other users are nobody
		r, err := http.Get(page + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without the token: %s", path, r.Status)
		}
	}
	var frozen struct{ Frame int64 }
	post(t, page+"freeze"+token, `{}`, &frozen)
	post(t, page+"select"+token, fmt.Sprintf(`{"frame":%d,"box":{"x":349,"y":428,"w":50,"h":148}}`, frozen.Frame), nil)
	if code, stderr := d.wait(); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	rows := readTrack(t, csv)
	if len(rows) != 7 || rows[0].Frame != 3 || rows[0].Box != (tracker.Box{X: 349, Y: 428, W: 50, H: 148}) {
		t.Errorf("%d rows: %+v", len(rows), rows)
	}
	for _, other := range []string{"--init=" + clipInit, "--template=" + clip} {
		code, _, text := track(t, "file", clip, "-m", tiny, "--select", other)
		if code != exitUsage || !strings.Contains(text, "--select draws") {
			t.Errorf("%s beside it: exit %d, %q", other, code, text)
		}
	}
}

// post asks the page's server for something, again while it has no picture yet.
func post(t *testing.T, url, body string, answer any) {
	t.Helper()
	for begin := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(got.Body)
		got.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if got.StatusCode < 300 {
			if answer != nil {
				if err := json.Unmarshal(text, answer); err != nil {
					t.Fatalf("%s: %v", text, err)
				}
			}
			return
		}
		if time.Since(begin) > time.Minute {
			t.Fatalf("%s: %d %s", url, got.StatusCode, text)
		}
	}
}

// With a display it is a window, which closes when the box is drawn.
func TestSelectInAWindow(t *testing.T) {
	needDesktop(t)
	d := launch(t, program(t, "file", absolute(t, clip), "-m", absolute(t, tiny), "--select", "--end", "5",
		"--csv", "t.csv", "--log-level", "debug"))
	d.eventually("a window with the picture", func() bool { return d.locate() && d.size.X == 768 })
	want := tracker.Box{X: 349, Y: 428, W: 50, H: 148}
	d.drag(want)
	if code, stderr := d.wait(); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if rows := d.rows("t.csv"); len(rows) != 6 || rows[0].Box.IoU(want) < 0.9 {
		t.Errorf("%d rows: %+v", len(rows), rows)
	}
}
