package events

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"

	"siamtrack/internal/notes"
	"siamtrack/tracker"
)

// broker is a real broker at a port of this machine, and what was published there.
type broker struct {
	*mochi.Server
	closing sync.Once

	mu  sync.Mutex
	got [][]byte
	qos []byte
}

// openBroker starts a broker at an address, over TLS where a certificate is given. The user is "me", the password
// "se/cret".
func openBroker(t *testing.T, address string, certificate *tls.Certificate) (*broker, string) {
	t.Helper()
	b := &broker{Server: mochi.New(&mochi.Options{InlineClient: true, Logger: slog.New(slog.DiscardHandler)})}
	hook := new(auth.Hook)
	ledger := &auth.Ledger{
		Auth: auth.AuthRules{{Username: "me", Password: "se/cret", Allow: true}},
		ACL:  auth.ACLRules{{Username: "me", Filters: auth.Filters{"cams/#": auth.ReadWrite}}},
	}
	if err := b.AddHook(hook, &auth.Options{Ledger: ledger}); err != nil {
		t.Fatal(err)
	}
	config := listeners.Config{ID: "t", Address: address}
	if certificate != nil {
		config.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}
	}
	l := listeners.NewTCP(config)
	if err := b.AddListener(l); err != nil {
		t.Fatal(err)
	}
	if err := b.Serve(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	if err := b.Subscribe("cams/#", 1, func(_ *mochi.Client, _ packets.Subscription, p packets.Packet) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.got, b.qos = append(b.got, bytes.Clone(p.Payload)), append(b.qos, p.FixedHeader.Qos)
	}); err != nil {
		t.Fatal(err)
	}
	return b, l.Address()
}

// Close stops the broker.
func (b *broker) Close() (err error) {
	b.closing.Do(func() { err = b.Server.Close() })
	return err
}

// received waits until the broker has had n messages.
func (b *broker) received(t *testing.T, n int) (lines []string, all []Message) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		b.mu.Lock()
		got := slices.Clone(b.got)
		b.mu.Unlock()
		if len(got) < n && time.Now().Before(end) {
			continue
		}
		for _, payload := range got {
			m := valid(t, payload)
			lines, all = append(lines, line(m)), append(all, m)
		}
		if len(got) < n {
			t.Fatalf("%d messages, want %d: %v", len(got), n, lines)
		}
		return lines, all
	}
}

func tellStory(t *testing.T, s *Sender) {
	t.Helper()
	for _, st := range story() {
		if err := s.Put(st); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestMQTT(t *testing.T) {
	b, address := openBroker(t, "127.0.0.1:0", nil)
	s, err := Open("mqtt://me:se%2Fcret@"+address+"/cams/door", Options{Source: "door", Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	tellStory(t, s)
	lines, _ := b.received(t, len(told))
	if !slices.Equal(lines, told) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(told, "\n"))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, qos := range b.qos {
		if important := strings.Contains(told[i], "state"); important != (qos == 1) {
			t.Errorf("%s by QoS %d", told[i], qos)
		}
	}
	for _, wrong := range []string{"mqtt://me:wrong@" + address + "/cams/x", "mqtt://" + address + "/cams/x"} {
		if s, err := Open(wrong, Options{}); s != nil || !errors.Is(err, ErrReceiver) ||
			strings.Contains(err.Error(), "wrong") {
			t.Errorf("a broker that refuses: %v", err)
		}
	}
}

// TestBrokerComesLate: what is told while there is no broker waits for it.
func TestBrokerComesLate(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var log notes.Log
	s, err := Open("mqtt://me:se%2Fcret@"+address+"/cams/door", Options{
		Patience: time.Minute, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "out of reach") || strings.Contains(log.String(), "cret") {
		t.Errorf("%s", log.String())
	}
	for _, st := range story() {
		if err := s.Put(st); err != nil {
			t.Fatal(err)
		}
	}
	b, _ := openBroker(t, address, nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if lines, _ := b.received(t, len(told)); !slices.Equal(lines, told) {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
}

// TestBrokerIsLost: a broker that goes and comes again is found again, and receives what is told from then on.
func TestBrokerIsLost(t *testing.T) {
	b, address := openBroker(t, "127.0.0.1:0", nil)
	s, err := Open("mqtt://me:se%2Fcret@"+address+"/cams/door", Options{Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	put := func(i int) {
		if err := s.Put(step(i, target(1, tracker.Tracking))); err != nil {
			t.Fatal(err)
		}
	}
	put(0)
	b.received(t, 2)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	put(1)
	again, _ := openBroker(t, address, nil)
	put(2)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for n := 1; ; n++ { // what was sent into the connection that had gone is lost
		if _, all := again.received(t, n); all[len(all)-1].State == Ended {
			break
		}
	}
}

// TestFrozenBroker: a broker that takes a connection and then nothing more does not keep tracking, nor the end, and
// what it did not take is counted.
func TestFrozenBroker(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = io.ReadFull(conn, make([]byte, 20))
		_, _ = conn.Write([]byte{0x20, 2, 0, 0}) // CONNACK, accepted (MQTT 3.1.1, 3.2)
		<-t.Context().Done()
		_ = conn.Close()
	}()
	s, err := Open("mqtt://"+l.Addr().String()+"/x", Options{Queue: 8, Patience: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		if err := s.Put(step(i, target(1, tracker.Tracking))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if c := s.Counts(); c.Put != 1002 || c.Dropped < 900 || c.Dropped > c.Put {
		t.Errorf("%+v", c)
	}
}

// TestTLS: a broker whose certificate the URL vouches for is believed, and no other.
func TestTLS(t *testing.T) {
	certificate, ca := certify(t)
	b, address := openBroker(t, "127.0.0.1:0", certificate)
	s, err := Open("mqtts://me:se%2Fcret@"+address+"/cams/door?ca="+ca, Options{Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	tellStory(t, s)
	b.received(t, len(told))
	if s, err := Open("mqtts://me:se%2Fcret@"+address+"/cams/door", Options{}); s != nil || !errors.Is(err, ErrReceiver) {
		t.Errorf("a certificate of nobody's: %v", err)
	}
}

// certify makes a certificate for this machine, and a file that vouches for it.
func certify(t *testing.T) (*tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, path
}
