package events

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"siamtrack/internal/readfile"
)

// The bounds on waiting for a broker. What is sent waits in the queue meanwhile.
const (
	dialTimeout  = 3 * time.Second
	sendTimeout  = 5 * time.Second
	keepAlive    = 10 * time.Second
	pingTimeout  = 5 * time.Second
	retryFirst   = 500 * time.Millisecond
	retryLongest = 5 * time.Second
	lookEvery    = 20 * time.Millisecond
	goodbye      = 250 // milliseconds that Close gives the last packets
)

// defaultTopic is that of a URL without one.
const defaultTopic = "siamtrack"

// maxCA bounds a file of certificates, in bytes.
const maxCA = 1 << 20

// mqtt publishes each message to a topic: frames at most once (QoS 0), changes of state at least once (QoS 1).
type mqtt struct {
	client paho.Client
	topic  string

	closing chan struct{}
	once    sync.Once
}

// dialMQTT connects to a broker. One that cannot be reached is tried again in the background; one that refuses is an
// error.
func dialMQTT(u *url.URL, logger *slog.Logger) (*mqtt, error) {
	o, err := clientOptions(u, logger)
	if err != nil {
		return nil, err
	}
	m := &mqtt{topic: strings.TrimPrefix(u.Path, "/"), closing: make(chan struct{})}
	if m.topic == "" {
		m.topic = defaultTopic
	}
	m.client = paho.NewClient(o)
	token := m.client.Connect()
	if err = fmt.Errorf("no answer in %v", dialTimeout); token.WaitTimeout(dialTimeout) {
		err = token.Error()
	}
	switch {
	case err == nil:
		return m, nil
	case isRefusal(err):
		return nil, refused(u.String(), "the broker refuses: "+err.Error())
	}
	logger.Warn("the broker of --events is out of reach, and is tried again", "why", err)
	m.client = paho.NewClient(o.SetConnectRetry(true))
	m.client.Connect()
	return m, nil
}

// isRefusal reports whether a broker answered, and will answer the same again.
func isRefusal(err error) bool {
	for _, refusal := range []error{packets.ErrorRefusedBadProtocolVersion, packets.ErrorRefusedIDRejected,
		packets.ErrorRefusedBadUsernameOrPassword, packets.ErrorRefusedNotAuthorised} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate)
}

// clientOptions say whom to connect to and how.
func clientOptions(u *url.URL, logger *slog.Logger) (*paho.ClientOptions, error) {
	scheme, port := "tcp", "1883"
	if u.Scheme == schemeMQTTS {
		scheme, port = "ssl", "8883"
	}
	if u.Port() != "" {
		port = u.Port()
	}
	id := make([]byte, 6)
	_, _ = rand.Read(id) // it never fails
	o := paho.NewClientOptions().AddBroker(scheme + "://" + net.JoinHostPort(u.Hostname(), port)).
		SetClientID("siamtrack-" + hex.EncodeToString(id)).
		SetConnectTimeout(dialTimeout).SetWriteTimeout(sendTimeout).SetKeepAlive(keepAlive).SetPingTimeout(pingTimeout).
		SetAutoReconnect(true).SetMaxReconnectInterval(retryLongest).SetConnectRetryInterval(retryFirst).
		SetConnectionLostHandler(func(_ paho.Client, err error) {
			logger.Warn("the broker of --events is lost, and is tried again", "why", err)
		}).
		SetOnConnectHandler(func(paho.Client) { logger.Debug("connected to the broker of --events") })
	if u.User != nil {
		password, _ := u.User.Password()
		o.SetUsername(u.User.Username()).SetPassword(password)
	}
	for key := range u.Query() {
		if key != caParameter || u.Scheme != schemeMQTTS {
			return nil, refused(u.String(), "after ? there is only ca=FILE, of mqtts://")
		}
	}
	if file := u.Query().Get(caParameter); file != "" {
		pool, err := authorities(file)
		if err != nil {
			return nil, err
		}
		o.SetTLSConfig(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12})
	}
	return o, nil
}

// Authorities returns the file of certificates that a receiver's URL names, "" for none.
func Authorities(receiver string) string {
	u, err := parse(receiver)
	if err != nil {
		return ""
	}
	return u.Query().Get(caParameter)
}

// caParameter names the file in a URL.
const caParameter = "ca"

// authorities reads the certificates of those who vouch for a broker.
func authorities(file string) (*x509.CertPool, error) {
	raw, err := readfile.Plain(file, maxCA)
	if err != nil {
		return nil, fmt.Errorf("events: ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("events: ca: %s: there is no certificate in it (PEM)", file)
	}
	return pool, nil
}

// Wait implements transport.
func (m *mqtt) Wait(ctx context.Context) error {
	for !m.client.IsConnectionOpen() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery):
		}
	}
	return nil
}

// Send implements transport. It returns when the message is on its way, or an important one has arrived.
func (m *mqtt) Send(payload []byte, important bool) error {
	var qos byte
	if important {
		qos = 1
	}
	token := m.client.Publish(m.topic, qos, false, payload)
	select {
	case <-token.Done():
		return token.Error()
	case <-time.After(sendTimeout):
		return fmt.Errorf("the broker has not taken a message for %v", sendTimeout)
	case <-m.closing:
		return net.ErrClosed
	}
}

// Close implements transport.
func (m *mqtt) Close() error {
	m.once.Do(func() {
		close(m.closing)
		m.client.Disconnect(goodbye)
	})
	return nil
}
