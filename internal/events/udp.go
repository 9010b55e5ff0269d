package events

import (
	"context"
	"fmt"
	"net"
	"net/url"
)

// udp sends each message as a datagram. Nobody answers; what the network or the receiver drops is lost.
type udp struct{ conn net.Conn }

func dialUDP(u *url.URL) (*udp, error) {
	conn, err := net.Dial("udp", u.Host)
	if err != nil {
		return nil, fmt.Errorf("events: %s: %w", u.Redacted(), err)
	}
	return &udp{conn}, nil
}

// Wait implements transport.
func (d *udp) Wait(ctx context.Context) error { return ctx.Err() }

// Send implements transport. Where the receiver's machine says that nobody listens, the next message has the error.
func (d *udp) Send(payload []byte, _ bool) error {
	_, err := d.conn.Write(payload)
	return err
}

// Close implements transport.
func (d *udp) Close() error { return d.conn.Close() }
