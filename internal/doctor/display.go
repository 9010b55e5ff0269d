package doctor

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// displayAdvice says how to do without a display, or to have one.
const displayAdvice = "only the window of track live needs one: without it use track live --http and a browser, " +
	"or run it\n" +
	"under xvfb-run (Debian package xvfb); over ssh use ssh -X"

// Display reports whether a window can be opened. On Linux it asks the X server that DISPLAY names.
func Display(ctx context.Context) Finding {
	f := Finding{Name: "display", Status: OK, Found: runtime.GOOS + "'s own"}
	if runtime.GOOS != "linux" {
		return f
	}
	name := os.Getenv("DISPLAY")
	if name == "" {
		return Finding{Name: "display", Status: Note, Found: "none: DISPLAY is not set", Advice: displayAdvice}
	}
	f.Found = "X server " + name
	if err := dialX(ctx, name); err != nil {
		f.Status, f.Found, f.Advice = Note, f.Found+" does not answer: "+err.Error(), displayAdvice
	}
	return f
}

// dialX connects to the X server that a DISPLAY of the form [host]:number[.screen] names: on a local socket, or on
// TCP port 6000+number.
func dialX(ctx context.Context, name string) error {
	host, number, _ := strings.Cut(name, ":")
	number, _, _ = strings.Cut(number, ".")
	network, address := "unix", "/tmp/.X11-unix/X"+number
	if host != "" && host != "unix" {
		n, err := strconv.Atoi(number)
		if err != nil {
			return fmt.Errorf("%q is no display: it has the form host:number", name)
		}
		network, address = "tcp", net.JoinHostPort(host, strconv.Itoa(6000+n))
	}
	d := net.Dialer{Timeout: 2 * time.Second}
	c, err := d.DialContext(ctx, network, address)
	if err != nil && network == "unix" { // the abstract socket of the same name, where /tmp is another one
		c, err = d.DialContext(ctx, network, "@"+address)
	}
	if err != nil {
		return err
	}
	return c.Close()
}
