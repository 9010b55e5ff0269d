package events

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"siamtrack/internal/redact"
	"siamtrack/tracker"
)

// transport carries messages to one receiver. It is used by one goroutine.
type transport interface {
	// Wait returns when a message can be sent, or ctx's error.
	Wait(ctx context.Context) error
	// Send sends one message. An important one is to arrive where the transport can make sure of it.
	Send(payload []byte, important bool) error
	Close() error
}

// Options say how messages are sent.
type Options struct {
	// Source names the source in the messages. It holds no password.
	Source string
	// Queue is how many messages of each type wait at most, 4096 where 0.
	Queue int
	// Patience is how long Close goes on sending what waits, 3 s where 0.
	Patience time.Duration
	// Log is told when a receiver is out of reach, and of what was dropped; nil: nobody is.
	Log *slog.Logger
}

const (
	defaultQueue    = 4096 // some 20 s of five targets at 40 frames a second
	defaultPatience = 3 * time.Second
)

// Counts say what became of the messages of a Sender.
type Counts struct {
	// Put is how many there were. Of these Dropped found no room, or were waiting when Patience ended, and Failed could
	// not be sent. By UDP nobody knows what arrived.
	Put, Dropped, Failed uint64
}

// Sender is the sink of a run that tells a receiver what the run sees. Put is used by one goroutine and never waits for
// the receiver.
type Sender struct {
	name    string
	o       Options
	to      transport
	queue   *queue
	cancel  context.CancelFunc
	ended   chan struct{}
	once    sync.Once
	failed  uint64 // the goroutine's until ended is closed
	err     error  // of Close
	targets []known
	message Message // the one being put together
}

// known is what was told last of a target.
type known struct {
	last  Message
	fresh bool // it is in the step that is being told
}

// Open returns a Sender to the receiver that a URL names: udp://HOST:PORT, or
// mqtt://[USER:PASSWORD@]HOST[:PORT][/TOPIC], mqtts:// over TLS. A URL that is none of these is an error that wraps
// ErrReceiver; so is, for MQTT, that the broker refuses the user. A broker that cannot be reached is tried again for
// ever.
func Open(receiver string, o Options) (*Sender, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	u, err := parse(receiver)
	if err != nil {
		return nil, err
	}
	var to transport
	switch u.Scheme {
	case schemeUDP:
		to, err = dialUDP(u)
	default:
		to, err = dialMQTT(u, o.Log.With("receiver", redact.Source(receiver)))
	}
	if err != nil {
		return nil, err
	}
	return newSender(redact.Source(receiver), to, o), nil
}

// Check reports what is wrong with a receiver's URL, by an error that wraps ErrReceiver.
func Check(receiver string) error {
	_, err := parse(receiver)
	return err
}

// newSender is Open over a transport that is there; o has a Log.
func newSender(name string, to transport, o Options) *Sender {
	if o.Queue <= 0 {
		o.Queue = defaultQueue
	}
	if o.Patience <= 0 {
		o.Patience = defaultPatience
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Sender{name: name, o: o, to: to, queue: newQueue(o.Queue), cancel: cancel, ended: make(chan struct{})}
	s.message.Schema, s.message.Source = Schema, o.Source
	go s.send(ctx)
	return s
}

// send sends what is in the queue until that is closed, or ctx ends.
func (s *Sender) send(ctx context.Context) {
	defer close(s.ended)
	var m Message
	for s.queue.take(&m) {
		err := s.to.Wait(ctx)
		var payload []byte
		if err == nil {
			payload, err = m.encode()
		}
		if err == nil {
			err = s.to.Send(payload, m.Type == StateType)
		}
		if err != nil {
			if s.failed++; s.failed == 1 && ctx.Err() == nil {
				s.o.Log.Warn("events do not get through", "receiver", s.name, "why", err)
			}
		}
	}
}

// Put tells of a step: of each target that it did not tell of in this frame, and of those that are gone.
func (s *Sender) Put(step tracker.Step) error {
	for i := range s.targets {
		s.targets[i].fresh = false
	}
	for i := range step.Targets {
		s.tell(&step, &step.Targets[i])
	}
	kept := s.targets[:0]
	for i := range s.targets {
		if s.targets[i].fresh {
			kept = append(kept, s.targets[i])
			continue
		}
		s.end(&s.targets[i].last)
	}
	s.targets = kept
	return nil
}

// tell tells of one target.
func (s *Sender) tell(step *tracker.Step, t *tracker.Target) {
	k := s.find(t.ID)
	if k == nil {
		s.targets = append(s.targets, known{})
		k = &s.targets[len(s.targets)-1]
	} else if k.last.Frame >= step.Frame.Index {
		k.fresh = true // a frame that comes again, because another target was marked in it
		return
	}
	k.fresh = true
	m, before := &s.message, k.last.State
	m.fill(step, t)
	if m.State != before {
		m.Type, m.Previous = StateType, before
		s.queue.put(m)
	}
	m.Type, m.Previous = FrameType, ""
	s.queue.put(m)
	k.last = *m
}

// find returns what is known of a target, nil where it is new.
func (s *Sender) find(id int) *known {
	for i := range s.targets {
		if s.targets[i].last.ID == id {
			return &s.targets[i]
		}
	}
	return nil
}

// end tells that a target is not followed any more.
func (s *Sender) end(last *Message) {
	last.Type, last.Previous, last.State = StateType, last.State, Ended
	s.queue.put(last)
}

// Counts returns what became of the messages. It is to be called after Close.
func (s *Sender) Counts() Counts {
	put, dropped := s.queue.counts()
	return Counts{put, dropped, s.failed}
}

// Close tells that the targets are not followed any more, sends what waits for so long as Options.Patience says, and
// closes the connection. What was not sent is counted and said to Log; it is no error. It may be called twice.
func (s *Sender) Close() error {
	s.once.Do(func() {
		for i := range s.targets {
			s.end(&s.targets[i].last)
		}
		s.targets = nil
		s.queue.close()
		select {
		case <-s.ended:
		case <-time.After(s.o.Patience):
			s.queue.cut()
		}
		s.cancel()
		s.err = s.to.Close() // ends a Send that waits
		<-s.ended
		if c := s.Counts(); c.Dropped+c.Failed > 0 {
			s.o.Log.Warn("not all events were sent", "receiver", s.name, "messages", c.Put, "dropped", c.Dropped,
				"failed", c.Failed)
		}
	})
	return s.err
}

// ErrReceiver is wrapped by the errors about a receiver's URL, and about a broker that refuses.
var ErrReceiver = errors.New("no receiver of events")

// The schemes of receivers.
const (
	schemeUDP   = "udp"
	schemeMQTT  = "mqtt"
	schemeMQTTS = "mqtts"
)

// refused returns an error about a receiver, which is named without its password.
func refused(receiver, why string) error {
	name := redact.Source(receiver)
	if name == receiver { // it is no path, whatever it looks like
		name = strings.TrimPrefix(redact.Source("x://"+receiver), "x://")
	}
	return receiverError{name + ": " + why}
}

type receiverError struct{ text string }

func (e receiverError) Error() string { return e.text }
func (e receiverError) Unwrap() error { return ErrReceiver }

// parse takes a receiver's URL apart.
func parse(receiver string) (*url.URL, error) {
	u, err := url.Parse(receiver)
	if err != nil { // its text has the URL
		return nil, refused(receiver, "that is no URL; a password's signs are escaped as in %40 for @")
	}
	switch {
	case u.Scheme != schemeUDP && u.Scheme != schemeMQTT && u.Scheme != schemeMQTTS:
		return nil, refused(receiver, "udp://HOST:PORT, mqtt://HOST/TOPIC and mqtts://HOST/TOPIC are possible")
	case u.Hostname() == "":
		return nil, refused(receiver, "a host is missing")
	case u.Scheme == schemeUDP && u.Port() == "":
		return nil, refused(receiver, "a port is missing, as in udp://HOST:5005")
	case u.Scheme == schemeUDP && (u.User != nil || u.Path != "" || u.RawQuery != ""):
		return nil, refused(receiver, "after udp:// there is HOST:PORT and nothing else")
	case strings.Contains(receiver, "#") || strings.ContainsAny(u.Path, "+#\x00"):
		return nil, refused(receiver, "a topic to publish to has no + and no #; in a password # is %23")
	}
	return u, nil
}
