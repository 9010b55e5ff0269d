package events

import (
	"errors"
	"strings"
	"testing"
)

// FuzzCheck: a receiver is taken or refused, and no error shows the password.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		"udp://127.0.0.1:5005", "mqtt://me:hunter2@host:1883/cams/door", "mqtts://me:hunter2@[::1]/x?ca=/etc/ca.pem",
		"mqtt://me:hunter2@", "mqtt://me:hunter2@host:port/x", "udp://me:hunter2@host:1", "mqtt://me:hunter2%zz@h", "://", "",
		"MQTT://host/+", "mqtt://a/\x00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, receiver string) {
		err := Check(receiver)
		if err == nil {
			return
		}
		if !errors.Is(err, ErrReceiver) {
			t.Errorf("%v", err)
		}
		if strings.Contains(receiver, ":hunter2@") && strings.Contains(err.Error(), "hunter2") &&
			strings.Count(receiver, "hunter2") == 1 {
			t.Errorf("%q shows the password: %v", receiver, err)
		}
	})
}
