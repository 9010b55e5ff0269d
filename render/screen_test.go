package render

import (
	"errors"
	"image"
	"slices"
	"testing"
	"time"

	"siamtrack/internal/golden"
	"siamtrack/session"
	"siamtrack/tracker"
)

var noon = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)

// followed is a step of scene with a target in it.
func followed() tracker.Step {
	box, area := target.Scale(1.5), search.Scale(1.5)
	whole := scene(640, 360, box)
	return tracker.Step{Frame: tracker.Frame{Image: whole}, Targets: []tracker.Target{{
		ID:         1,
		Result:     tracker.Result{Box: box, Score: 0.87, Search: area, Response: bump(16, area, 255, 162)},
		Thresholds: levels,
		Exemplar:   whole.SubImage(image.Rect(165, 75, 345, 255)).(*image.RGBA),
		Search:     whole.SubImage(pixels(area)).(*image.RGBA),
	}}}
}

func TestScreenGoldens(t *testing.T) {
	running := session.Status{CaptureFPS: 30.04, TrackFPS: 28.6, Dropped: 12, LastFrame: noon}
	lost := running
	lost.Attempt, lost.LastFrame = 3, noon.Add(-7300*time.Millisecond)
	lost.Problem = errors.New("capture: open rtsp://camera/1: connection refused")
	paused := running
	paused.Paused = true
	for _, c := range []struct {
		name string
		show Show
		m    Moment
	}{
		{"screen-all", Show{HeatMap: true, Search: true, Panel: true, Figures: true},
			Moment{Live: &Live{Status: running, ShownFPS: 28.4, Latency: 41 * time.Millisecond}, Recording: true}},
		{"screen-drag", Show{Scores: true},
			Moment{Live: &Live{Status: paused}, Drag: tracker.Box{X: 300, Y: 90, W: 120, H: 170}}},
		{"screen-lost", Show{Figures: true}, Moment{Live: &Live{Status: lost}}},
		{"screen-help", Show{}, Moment{Live: &Live{Status: paused},
			Help: []Key{{Name: "Space", Does: "pause or go on"}, {Name: "Esc", Does: "give up drawing"},
				{Name: "q", Does: "quit"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := NewScreen()
			if err != nil {
				t.Fatal(err)
			}
			s.Show, c.m.Step, c.m.Live.Now = c.show, followed(), noon
			clean := slices.Clone(c.m.Frame.Image.Pix)
			for range 90 {
				s.Observe(c.m.Step)
			}
			got := s.Draw(nil, c.m)
			if got.Rect.Size() != s.Size(image.Pt(640, 360)) {
				t.Errorf("size %v, announced %v", got.Rect.Size(), s.Size(image.Pt(640, 360)))
			}
			if !slices.Equal(clean, c.m.Frame.Image.Pix) {
				t.Error("the frame itself was drawn on")
			}
			golden.Image(t, "testdata/"+c.name+".png", got, 2)
		})
	}
}

// TestScreenTellsTargetsApart draws three targets: one sure, one lost, one just marked, and the second selected.
func TestScreenTellsTargetsApart(t *testing.T) {
	s, err := NewScreen()
	if err != nil {
		t.Fatal(err)
	}
	s.Show = Show{Panel: true, Figures: true}
	step := followed()
	lost, given := step.Targets[0], step.Targets[0]
	lost.ID, lost.Result.Box.X, lost.Result.State = 2, 40, tracker.Lost
	given.ID, given.Name, given.Initial, given.Result.Box.X, given.Result.Score = 5, "goal keeper", true, 380, 1
	step.Targets = append(step.Targets, lost, given)
	s.Observe(step)
	live := &Live{Status: session.Status{CaptureFPS: 30, TrackFPS: 30, LastFrame: noon}, Now: noon}
	golden.Image(t, "testdata/screen-several.png", s.Draw(nil, Moment{Step: step, Selected: 2, Live: live}), 2)
	step.Targets = step.Targets[:1]
	s.Observe(step)
	if len(s.histories) != 1 || s.histories[1].Len() != 2 {
		t.Errorf("%d targets are remembered, want the one that is left", len(s.histories))
	}
}

func TestTargetAt(t *testing.T) {
	box := func(id int, x, y, w, h float64) tracker.Target {
		return tracker.Target{ID: id, Result: tracker.Result{Box: tracker.Box{X: x, Y: y, W: w, H: h}}}
	}
	step := tracker.Step{Targets: []tracker.Target{box(3, 10, 10, 100, 100), box(4, 50, 50, 20, 20), box(9, 300, 0, 5, 5)}}
	for want, points := range map[int][][2]float64{
		0: {{0, 0}, {110, 50}, {310, 2}}, 3: {{10, 10}, {45, 60}, {109, 109}}, 4: {{50, 50}, {69, 69}}, 9: {{302, 4}},
	} {
		for _, p := range points {
			if got := TargetAt(step, p[0], p[1]); got != want {
				t.Errorf("at %v: target %d, want %d", p, got, want)
			}
		}
	}
}

// TestTargetColoursDiffer: each of ten targets has a colour that no other of them has nearly.
func TestTargetColoursDiffer(t *testing.T) {
	for i := 1; i <= 10; i++ {
		for j := 1; j < i; j++ {
			a, b := TargetColor(i), TargetColor(j)
			d := 0.0
			for _, v := range [...]int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
				d += float64(v * v)
			}
			if d < 30*30 {
				t.Errorf("targets %d and %d are %v and %v", j, i, b, a)
			}
		}
	}
}

func TestNotice(t *testing.T) {
	at := func(change func(*session.Status)) *Live {
		l := &Live{Status: session.Status{LastFrame: noon}, Now: noon}
		change(&l.Status)
		return l
	}
	there := at(func(*session.Status) {})
	for _, c := range []struct {
		name string
		m    Moment
		want string
	}{
		{"followed", Moment{Step: followed(), Live: there}, ""},
		{"no target", Moment{Live: there}, "drag a box round what to follow"},
		{"a file without a target", Moment{}, ""},
		{"silent", Moment{Step: followed(), Live: at(func(s *session.Status) {
			s.LastFrame = noon.Add(-1500 * time.Millisecond)
		})}, "no frame for 1.5 s"},
		{"lost and silent", Moment{Step: followed(), Notice: "x", Live: at(func(s *session.Status) {
			s.LastFrame, s.Attempt = noon.Add(-2*time.Second), 1
		})}, "source lost, last frame 2.0 s ago, attempt 1 to open it again"},
		{"just happened", Moment{Step: followed(), Live: there, Notice: "saved"}, "saved"},
		{"paused", Moment{Step: followed(), Live: at(func(s *session.Status) {
			s.Paused, s.LastFrame = true, noon.Add(-time.Hour)
		})}, "paused"},
		{"ended", Moment{Step: followed(), Live: at(func(s *session.Status) { s.Ended, s.Attempt = true, 3 })},
			"end of the video"},
	} {
		if got, _ := notice(c.m); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestNoticeFits cuts lines to every width without leaving the picture.
func TestNoticeFits(t *testing.T) {
	p := painter(t)
	for w := 1; w < 300; w += 7 {
		dst := image.NewRGBA(image.Rect(0, 0, w, 60))
		p.fit(dst)
		p.notice(dst, "a line that is too long for any of these pictures by far", paper, 0)
	}
}
