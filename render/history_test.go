package render

import (
	"testing"

	"siamtrack/tracker"
)

// TestPerhaps: what was lost and is uncertain is only perhaps found again, until it is tracked.
func TestPerhaps(t *testing.T) {
	const sure, unsure, lost = tracker.Tracking, tracker.Uncertain, tracker.Lost
	h := NewHistory(4)
	for i, c := range []struct {
		state tracker.State
		want  bool
		word  string
	}{
		{sure, false, "tracking"}, {unsure, false, "uncertain"}, {lost, false, "lost"}, {unsure, true, "perhaps"},
		{unsure, true, "perhaps"}, {sure, false, "tracking"}, {unsure, false, "uncertain"},
	} {
		h.Add(tracker.Result{State: c.state})
		if h.Perhaps() != c.want || h.word() != c.word {
			t.Errorf("frame %d: %v, %q; want %v, %q", i, h.Perhaps(), h.word(), c.want, c.word)
		}
	}
	var none *History
	if none.Perhaps() {
		t.Error("of nothing")
	}
	s, err := NewScreen()
	if err != nil {
		t.Fatal(err)
	}
	step := followed()
	for _, state := range []tracker.State{lost, unsure} {
		step.Targets[0].Result.State = state
		s.Observe(step)
	}
	if got := string(s.painter.describe(nil, &step.Targets[0])); got != "perhaps 0.87" || s.Perhaps(7) {
		t.Errorf("described as %q", got)
	}
}
