package events

import (
	"errors"
	"fmt"
	"image"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"siamtrack/tracker"
)

// step is a frame with the given targets, each in a state.
func step(frame int, targets ...tracker.Target) tracker.Step {
	return tracker.Step{Targets: targets, Frame: tracker.Frame{
		Image: image.NewRGBA(image.Rect(0, 0, 8, 6)), Index: frame, Time: time.Duration(frame) * 40 * time.Millisecond,
	}}
}

func target(id int, state tracker.State) tracker.Target {
	return tracker.Target{ID: id, Result: tracker.Result{Box: tracker.Box{X: 1, Y: 2, W: 3, H: 4}, Score: 0.5,
		State: state}}
}

// story is a run in which a target is lost, another comes, and the first is removed; frame 2 comes twice, as when
// another target is marked on it.
func story() []tracker.Step {
	return []tracker.Step{
		step(0, target(1, tracker.Tracking)),
		step(1, target(1, tracker.Lost)),
		step(2, target(1, tracker.Lost)),
		step(2, target(1, tracker.Lost), target(2, tracker.Tracking)),
		step(4, target(2, tracker.Tracking)),
	}
}

// told is what a receiver is to be told of the story.
var told = []string{
	"1 state 0 #1 tracking", "2 frame 0 #1 tracking", "3 state 1 #1 tracking>lost", "4 frame 1 #1 lost",
	"5 frame 2 #1 lost", "6 state 2 #2 tracking", "7 frame 2 #2 tracking", "8 frame 4 #2 tracking",
	"9 state 2 #1 lost>ended", "10 state 4 #2 tracking>ended",
}

// line is a message in short.
func line(m Message) string {
	state := m.State
	if m.Previous != "" {
		state = m.Previous + ">" + state
	}
	return fmt.Sprintf("%d %s %d #%d %s", m.Seq, m.Type, m.Frame, m.ID, state)
}

// listen opens a UDP port of this machine.
func listen(t *testing.T) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestUDP(t *testing.T) {
	conn := listen(t)
	s, err := Open("udp://"+conn.LocalAddr().String(), Options{Source: "walk.mp4", Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range story() {
		if err := s.Put(st); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	var got []string
	buf := make([]byte, 1<<16)
	for range told {
		if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatalf("after %v: %v", got, err)
		}
		m := valid(t, buf[:n])
		if m.Source != "walk.mp4" || m.Width != 8 || m.Height != 6 || m.X != 1 || m.H != 4 || m.Score != 0.5 ||
			m.Time != Seconds(float64(m.Frame)*0.04) {
			t.Errorf("%+v", m)
		}
		got = append(got, line(m))
	}
	if !slices.Equal(got, told) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(told, "\n"))
	}
	if c := s.Counts(); c != (Counts{Put: 10}) {
		t.Errorf("%+v", c)
	}
}

// TestNobodyListens: a run goes on and ends as ever where no one is at the port.
func TestNobodyListens(t *testing.T) {
	conn := listen(t)
	receiver := "udp://" + conn.LocalAddr().String()
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(receiver, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if err := s.Put(step(i, target(1, tracker.Tracking))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if c := s.Counts(); c.Put != 102 || c.Failed == 0 {
		t.Errorf("%+v: nothing failed", c)
	}
}

func TestBadReceivers(t *testing.T) {
	for _, c := range []struct{ receiver, says string }{
		{"", "udp://HOST:PORT"}, {"host:5005", "udp://HOST:PORT"}, {"http://host/x", "mqtt://HOST/TOPIC"},
		{"udp://host", "a port is missing"}, {"udp://:5005", "a host is missing"}, {"mqtt:///topic", "a host is missing"},
		{"udp://host:1/path", "nothing else"}, {"udp://me@host:1", "nothing else"},
		{"mqtt://u:se cret@host/x", "no URL"}, {"udp://host:port", "no URL"},
	} {
		err := Check(c.receiver)
		if !errors.Is(err, ErrReceiver) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "cret") {
			t.Errorf("%q: %v, want %q", c.receiver, err, c.says)
		}
	}
	for _, c := range []struct{ receiver, says string }{
		{"mqtt://127.0.0.1/a/#", "no + and no #"}, {"mqtt://127.0.0.1/a?ca=x", "only ca=FILE"},
		{"mqtts://127.0.0.1/a?insecure=1", "only ca=FILE"}, {"mqtts://127.0.0.1/a?ca=/nope.pem", "/nope.pem"},
		{"mqtts://127.0.0.1/a?ca=sender_test.go", "no certificate"}, {"udp://nowhere.invalid:5005", "nowhere.invalid"},
	} {
		if s, err := Open(c.receiver, Options{}); s != nil || err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, want %q", c.receiver, err, c.says)
		}
	}
	if err := Check("mqtts://user:p%40ss@[::1]:9999/a/b?ca=x"); err != nil {
		t.Error(err)
	}
}

// TestFramesNeverPushStatesOut: of what does not fit the oldest frames go.
func TestFramesNeverPushStatesOut(t *testing.T) {
	q := newQueue(4)
	for i := range 10 {
		m := Message{Type: FrameType, Frame: i}
		if i == 1 || i == 8 {
			m.Type = StateType
		}
		q.put(&m)
	}
	q.close()
	var got []int
	for m := (Message{}); q.take(&m); {
		got = append(got, m.Frame)
	}
	if put, dropped := q.counts(); !slices.Equal(got, []int{1, 5, 6, 7, 8, 9}) || put != 10 || dropped != 4 {
		t.Errorf("%v left of %d, %d dropped", got, put, dropped)
	}
}

// TestPutAllocatesNothing, once it knows the targets.
func TestPutAllocatesNothing(t *testing.T) {
	q := newQueue(16)
	q.cut()
	s := &Sender{queue: q}
	st := step(0, target(1, tracker.Tracking), target(2, tracker.Lost))
	if n := testing.AllocsPerRun(100, func() {
		st.Frame.Index++
		_ = s.Put(st)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
