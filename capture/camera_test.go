package capture

import (
	"errors"
	"strings"
	"testing"

	"siamtrack/tracker"
)

func TestNoSuchCamera(t *testing.T) {
	for _, spec := range []string{"61", "/dev/video61"} {
		s, err := Open(spec, Options{})
		if err == nil {
			s.Close()
			t.Fatalf("%s is a camera", spec)
		}
		if !errors.Is(err, ErrNoDevice) || !strings.Contains(err.Error(), "61") {
			t.Errorf("%s: %v", spec, err)
		}
	}
}

// With a camera on the machine: it opens, says what it gives, and gives it.
func TestCamera(t *testing.T) {
	devices, err := Cameras()
	if err != nil {
		t.Fatal(err)
	}
	if len(devices) == 0 {
		t.Skip("no camera on this machine: its opening and its settings are not tested")
	}
	s, err := Open(devices[0].Path, Options{Width: 640, Height: 480, FPS: 30})
	if errors.Is(err, ErrBusy) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var f tracker.Frame
	if err := s.Next(&f); err != nil {
		t.Fatal(err)
	}
	if size := f.Image.Rect.Size(); size.X != s.Info().Width || size.Y != s.Info().Height {
		t.Errorf("%v frames from a %v", size, s.Info())
	}
}
