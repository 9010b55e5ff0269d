package session_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"siamtrack/internal/synth"
	"siamtrack/session"
	"siamtrack/tracker"
)

// damaged is a source of which every second frame cannot be shown: its number is left out.
type damaged struct{ tracker.Source }

func (d damaged) Next(f *tracker.Frame) error {
	err := d.Source.Next(f)
	f.Index *= 2
	return err
}

// TestSessionReconnects loses the source in several ways and looks for one exemplar all through.
func TestSessionReconnects(t *testing.T) {
	lost := errors.New("unplugged")
	for _, c := range []struct {
		name   string
		source func(*testing.T) tracker.Source
		silent time.Duration // from the last good frame to the first one after it
	}{
		{"fails", func(t *testing.T) tracker.Source { return synth.FailAfter(scene(t, 0, 25), 50, lost) },
			1750 * time.Millisecond},
		{"ends", func(t *testing.T) tracker.Source { return scene(t, 50, 25) }, 1750 * time.Millisecond},
		{"ends, every second frame damaged", func(t *testing.T) tracker.Source { return damaged{scene(t, 50, 25)} },
			1750 * time.Millisecond},
		{"stalls", func(t *testing.T) tracker.Source { return synth.StallAfter(scene(t, 0, 25), 50) },
			3750 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opened := 0
				reopen := func(context.Context) (tracker.Source, error) {
					if opened++; opened%3 != 0 { // two of three attempts fail: 250, 500, 1000 ms pass
						return nil, lost
					}
					return synth.Paced(c.source(t)), nil
				}
				tr := &sluggish{}
				s := start(t, synth.Paced(c.source(t)), tr, session.Options{
					Init: someStart, Live: true, Reopen: reopen, Attempts: 5, Timeout: 2 * time.Second,
				})
				index := -1
				var at, worst time.Duration
				for range 175 {
					v := next(t, s)
					if v.Frame.Index <= index || v.Frame.Time < at {
						t.Fatalf("frame %d at %v after frame %d at %v", v.Frame.Index, v.Frame.Time, index, at)
					}
					worst = max(worst, v.Frame.Time-at)
					index, at = v.Frame.Index, v.Frame.Time
					s.Release(v)
				}
				if n := tr.inits.Load(); n != 1 || tr.updates.Load() < 174 {
					t.Errorf("started %d times, want once; %d updates", n, tr.updates.Load())
				}
				if st := s.Status(); st.Reconnects != 3 || st.Lost() {
					t.Errorf("status %+v, want 3 reconnects and the source there", st)
				}
				if worst < c.silent || worst > c.silent+100*time.Millisecond {
					t.Errorf("the longest silence was %v, want %v", worst, c.silent)
				}
			})
		})
	}
}

func TestSessionShowsThatTheSourceIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := errors.New("no route to host")
		s := start(t, synth.StallAfter(synth.Paced(scene(t, 0, 25)), 10), &sluggish{}, session.Options{
			Live: true, Timeout: time.Second, Attempts: -1,
			Reopen: func(context.Context) (tracker.Source, error) { return nil, lost },
		})
		time.Sleep(time.Hour)
		st := s.Status()
		if age := time.Since(st.LastFrame); !st.Lost() || age < 59*time.Minute || !errors.Is(st.Problem, lost) {
			t.Errorf("after an hour without: lost %v, last frame %v ago, problem %v", st.Lost(), age, st.Problem)
		}
		if st.Attempt < 400 || st.Attempt > 460 {
			t.Errorf("%d attempts in an hour, want one about every 8 seconds", st.Attempt)
		}
		if st.CaptureFPS > 0.1 {
			t.Errorf("%v frames a second from a source that is gone", st.CaptureFPS)
		}
	})
}

func TestSessionEndsWithTheReason(t *testing.T) {
	reason := errors.New("the reason")
	failing := func(t *testing.T) tracker.Source { return synth.FailAfter(scene(t, 0, 30), 3, reason) }
	endless := func(t *testing.T) tracker.Source { return scene(t, 0, 30) }
	stalled := func(t *testing.T) tracker.Source { return synth.StallAfter(scene(t, 0, 30), 2) }
	outside := []tracker.Start{{Box: tracker.Box{X: 500, Y: 1, W: 9, H: 9}}}
	refuse := func(context.Context) (tracker.Source, error) { return nil, reason }
	for _, c := range []struct {
		name   string
		source func(*testing.T) tracker.Source
		err    error // of the tracker
		o      session.Options
		want   error
	}{
		{"the source fails", failing, nil, session.Options{}, reason},
		{"reconnecting is off", failing, nil, session.Options{Live: true, Reopen: refuse}, reason},
		{"it cannot be opened again", failing, nil, session.Options{Live: true, Reopen: refuse, Attempts: 4}, reason},
		{"it opens but gives nothing", failing, nil, session.Options{Live: true, Attempts: 4,
			Reopen: func(context.Context) (tracker.Source, error) { return synth.FailAfter(scene(t, 0, 30), 0, reason), nil },
		}, reason},
		{"it is silent and cannot be opened again", stalled, nil,
			session.Options{Live: true, Timeout: time.Second}, session.ErrSilent},
		{"the tracker fails", endless, reason, session.Options{Init: someStart}, reason},
		{"the first box is outside", endless, nil, session.Options{Init: outside}, tracker.ErrBox},
		{"recording fails", endless, nil, session.Options{Each: func(*session.View) error { return reason }}, reason},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t, c.source(t), &sluggish{err: c.err}, c.o)
				<-s.Done()
				if err := s.Err(); !errors.Is(err, c.want) {
					t.Errorf("ended with %v, want %v", err, c.want)
				}
			})
		})
	}
}

// TestSessionCloses closes a session at each point where it may wait; synctest fails where a goroutine is left.
func TestSessionCloses(t *testing.T) {
	for name, begin := range map[string]func(t *testing.T) *session.Session{
		"running": func(t *testing.T) *session.Session {
			return session.New(scene(t, 0, 30), only(&sluggish{delay: time.Millisecond}), session.Options{Init: someStart})
		},
		"paused": func(t *testing.T) *session.Session {
			s := session.New(scene(t, 0, 30), only(&sluggish{}), session.Options{})
			s.Pause(true)
			return s
		},
		"stalled": func(t *testing.T) *session.Session {
			return session.New(synth.StallAfter(scene(t, 0, 30), 1), only(&sluggish{}), session.Options{Live: true})
		},
		"reopening": func(t *testing.T) *session.Session {
			return session.New(scene(t, 1, 30), only(&sluggish{}), session.Options{Live: true, Attempts: -1,
				Reopen: func(ctx context.Context) (tracker.Source, error) {
					time.Sleep(2 * time.Second) // deaf to ctx, as native code is
					return scene(t, 0, 30), nil
				}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := begin(t)
				time.Sleep(time.Second)
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if err := s.Err(); err != nil {
					t.Errorf("closed, it says %v", err)
				}
			})
		})
	}
}

// TestAbsent: what was said of a target is no news while its source is lost or silent, and while it is paused it is.
func TestAbsent(t *testing.T) {
	now := time.Now()
	live := session.Status{Live: true, LastFrame: now}
	lost, silent, paused := live, live, live
	lost.Attempt = 2
	silent.LastFrame = now.Add(-2 * session.SilentAfter)
	paused.LastFrame, paused.Paused = silent.LastFrame, true
	for want, s := range map[string][]session.Status{
		"": {live, paused, {}}, session.Reconnecting: {lost}, session.SilentSource: {silent},
	} {
		for _, st := range s {
			if got := st.Absent(now); got != want {
				t.Errorf("%+v: %q, want %q", st, got, want)
			}
		}
	}
}
