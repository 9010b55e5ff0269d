package main

import (
	"encoding/json"
	"math"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siamtrack/internal/events"
)

// receive reads messages from a UDP port until a target is not followed any more, so many times.
func receive(t *testing.T, conn *net.UDPConn, ends int) (all []events.Message) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for buf := make([]byte, 1<<16); ends > 0; {
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatalf("after %d messages: %v", len(all), err)
		}
		var m events.Message
		if err := json.Unmarshal(buf[:n], &m); err != nil {
			t.Fatal(err)
		}
		if all = append(all, m); m.State == events.Ended {
			ends--
		}
	}
	return all
}

func listenUDP(t *testing.T) (*net.UDPConn, string) {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn, "udp://" + conn.LocalAddr().String()
}

// TestEventsOfAFile: what is told is what is written, for each target.
func TestEventsOfAFile(t *testing.T) {
	conn, receiver := listenUDP(t)
	_, second := listenUDP(t)
	path := filepath.Join(t.TempDir(), "t.csv")
	mustTrack(t, clip, "--init", "walker="+clipInit, "--init", "20,30,40,50@2", "--end", "6", "--csv", path,
		"--events", receiver, "--events", second)
	rows := readTrack(t, path)
	var frames []events.Message
	for i, m := range receive(t, conn, 2) {
		if m.Seq != uint64(i+1) || m.Schema != events.Schema || m.Source != clip || m.Width != 768 || m.Height != 576 {
			t.Errorf("%+v", m)
		}
		if m.Type == events.FrameType {
			frames = append(frames, m)
		}
	}
	if len(frames) != len(rows) {
		t.Fatalf("%d messages of frames, %d rows", len(frames), len(rows))
	}
	for i, r := range rows {
		m := frames[i]
		if m.Frame != r.Frame || m.State != r.State.String() || math.Abs(float64(m.X)-r.Box.X) > 1e-3 ||
			math.Abs(float64(m.Score)-r.Score) > 1e-4 || (m.Name == "walker") != (m.ID == 1) {
			t.Errorf("told %+v, written %+v", m, r)
		}
	}
}

// TestEventsOfASession: a live session tells, too.
func TestEventsOfASession(t *testing.T) {
	conn, receiver := listenUDP(t)
	cmd := program(t, "live", clip, "-m", tiny, "--init", clipInit, "--http", "127.0.0.1:0", "--events", receiver)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1<<16)
	for range 5 {
		if _, err := conn.Read(buf); err != nil {
			t.Fatal(err)
		}
	}
	stop(t, cmd.Process)
	all := receive(t, conn, 1)
	if last := all[len(all)-1]; last.ID != 1 || last.Type != events.StateType {
		t.Errorf("%+v", last)
	}
	_ = cmd.Wait() // ended by a signal
}

// stop ends the program as Ctrl-C does.
func stop(t *testing.T, p *os.Process) {
	t.Helper()
	if err := p.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
}

func TestEventsRefused(t *testing.T) {
	for _, c := range []struct{ receiver, says string }{
		{"host:5005", "udp://HOST:PORT"}, {"mqtt://me:hunter2@/x", "a host is missing"}, {"udp://127.0.0.1",
			"a port is missing"},
	} {
		for _, args := range [][]string{{"file", clip, "--init", clipInit}, {"live", clip, "--http", "127.0.0.1:0"}} {
			code, _, stderr := track(t, append(args, "-m", tiny, "--events", c.receiver)...)
			if code != exitUsage || !strings.Contains(stderr, c.says) || strings.Contains(stderr, "hunter2") {
				t.Errorf("%s: exit %d, %s", c.receiver, code, stderr)
			}
		}
	}
}
