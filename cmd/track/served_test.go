package main

import (
	"regexp"
	"testing"
)

// served starts `track live` for browsers, without a display, and returns the page's address and the program.
func served(t *testing.T, args ...string) (page string, d *desktop) {
	t.Helper()
	return servedBy(t, "live", args...)
}

// servedBy starts a command that serves a page, and returns its address and the program.
func servedBy(t *testing.T, command string, args ...string) (page string, d *desktop) {
	t.Helper()
	d = begun(t, command, args...)
	return d.page(), d
}

// begun starts a command that serves a page, and does not wait for the page.
func begun(t *testing.T, command string, args ...string) *desktop {
	t.Helper()
	cmd := program(t, append([]string{command, "--http", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(cmd.Env, "DISPLAY=")
	return launch(t, cmd)
}

// page waits for the page's address, and returns it.
func (d *desktop) page() (page string) {
	d.t.Helper()
	address := regexp.MustCompile(`page=(\S+)`)
	d.eventually("the page's address in the log", func() bool {
		if m := address.FindStringSubmatch(d.stderr.String()); m != nil {
			page = m[1]
		}
		return page != ""
	})
	return page
}
