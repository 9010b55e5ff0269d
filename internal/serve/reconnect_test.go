package serve

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"siamtrack/internal/notes"
	"siamtrack/internal/synth"
	"siamtrack/session"
	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// TestStateWithoutAPicture lets a live source fall silent, be lost, and come back. The state says which it is, and
// never what the tracker said of the last picture; the log says it once each way.
func TestStateWithoutAPicture(t *testing.T) {
	scene := func() *synth.Video {
		video, err := synth.New(synth.Scene{Width: 320, Height: 240, Seed: 2, FPS: 50, Period: 500})
		if err != nil {
			t.Fatal(err)
		}
		return video
	}
	stall, back := make(chan struct{}), make(chan struct{})
	reopen := func(context.Context) (tracker.Source, error) {
		if !closed(back) {
			return nil, errors.New("the camera is off")
		}
		return synth.Paced(scene()), nil
	}
	var log notes.Log
	video := scene()
	paced := synth.Paced(video)
	source := stalling{paced, synth.StallAfter(paced, 0), stall}
	live := session.New(source, tracker.NewMulti(func() (tracker.Tracker, error) {
		m := siamfc.PixelsManifest()
		return siamfc.New(siamfc.NewCorrelator(siamfc.NewPixels(), m), m)
	}), session.Options{
		Init: []tracker.Start{{Box: video.Truth(0).Box}}, Live: true, Reopen: reopen, Attempts: -1, Timeout: 5 * time.Second,
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	defer live.Close()
	s, err := New(Options{Session: live})
	if err != nil {
		t.Fatal(err)
	}
	l, _, err := Listen(":0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var served sync.WaitGroup
	served.Go(func() { _ = s.Serve(ctx, l) })
	defer served.Wait()
	defer stop()

	untilState(t, s, "tracking")
	close(stall)
	untilState(t, s, session.SilentSource)
	untilState(t, s, session.Reconnecting)
	close(back)
	untilState(t, s, "tracking")
	text := log.String()
	if strings.Count(text, "the source is lost") != 1 || strings.Count(text, "the source is back") != 1 ||
		!strings.Contains(text, session.ErrSilent.Error()) {
		t.Errorf("the log: %s", text)
	}
}

// stalling is a source that gives no frame any more once stall is closed.
type stalling struct {
	flowing, still tracker.Source
	stall          <-chan struct{}
}

func (s stalling) Next(f *tracker.Frame) error {
	if closed(s.stall) {
		return s.still.Next(f)
	}
	return s.flowing.Next(f)
}

func (s stalling) Close() error { return s.still.Close() }

// closed reports whether a channel through which nothing comes is closed.
func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// untilState waits for a state, and sees meanwhile that nothing has a score while there is no picture.
func untilState(t *testing.T, s *Server, want string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		j := s.state()
		ofAPicture := j.Score != nil
		told := j.State == session.Reconnecting || j.State == session.SilentSource
		if j.Target && told == ofAPicture || j.Lost && ofAPicture {
			t.Fatalf("state %s with a score: %v; the source is lost: %v", j.State, ofAPicture, j.Lost)
		}
		if j.Target && (j.Targets[0].State != j.State || j.Targets[0].Score != nil != ofAPicture) {
			t.Fatalf("state %s, the target's own %+v", j.State, j.Targets[0])
		}
		if j.State == want {
			return
		}
	}
	t.Fatalf("never %s", want)
}
