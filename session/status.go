package session

import "time"

// Status is how a session stands.
type Status struct {
	// Captured counts the frames read, Dropped those of them that gave way to a newer one before they were tracked,
	// Tracked those that were tracked or, without a target, passed on, and Unshown those of the tracked that gave way
	// before the consumer took them. Frames thrown away while paused are only in Captured.
	Captured, Dropped, Tracked, Unshown int
	// Targets is how many are followed.
	Targets int
	// CaptureFPS and TrackFPS are frames a second, averaged over about ten frames.
	CaptureFPS, TrackFPS float64
	// LastFrame is when the last good frame came; at first, when the session began.
	LastFrame time.Time
	// Reconnects counts how often the source was opened again. Attempt is the number of attempts to do so since it was
	// lost, 0 while it is there, and Problem why it was lost or could not be opened.
	Reconnects, Attempt int
	Problem             error
	Paused, Ended       bool
	// Live is Options.Live.
	Live bool
}

// Lost reports whether the source is gone and being opened again.
func (s Status) Lost() bool { return s.Attempt > 0 && !s.Ended }

// SilentAfter is how long a live source may give no frame before what was said of the last one is no news any more.
const SilentAfter = time.Second

// Silent reports whether there is no picture now though there should be one.
func (s Status) Silent(now time.Time) bool {
	return s.Live && !s.Paused && !s.Ended && now.Sub(s.LastFrame) > SilentAfter
}

// Why there is no picture now of which anything could be said, as Status.Absent says it.
const (
	Reconnecting = "reconnecting" // the source is lost
	SilentSource = "silent"       // no frame came for SilentAfter
)

// Absent returns why there is no picture at a time though there should be one, "" where there is: what was said of the
// targets then speaks of the last picture, and is no news.
func (s Status) Absent(now time.Time) string {
	switch {
	case s.Lost():
		return Reconnecting
	case s.Silent(now):
		return SilentSource
	}
	return ""
}

// Status returns how the session stands now.
func (s *Session) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.status
	st.CaptureFPS, st.TrackFPS = s.capturing.PerSecond(), s.tracking.PerSecond()
	st.Paused = s.gate.held()
	return st
}

// update changes the status.
func (s *Session) update(change func(*Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.status)
}
