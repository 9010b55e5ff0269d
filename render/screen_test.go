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

// view is a view of scene with a target in it.
func view() *session.View {
	box, area := target.Scale(1.5), search.Scale(1.5)
	whole := scene(640, 360, box)
	return &session.View{
		Frame:    tracker.Frame{Image: whole},
		Target:   true,
		Result:   tracker.Result{Box: box, Score: 0.87, Search: area, Response: bump(16, area, 255, 162)},
		Exemplar: whole.SubImage(image.Rect(165, 75, 345, 255)).(*image.RGBA),
		Search:   whole.SubImage(pixels(area)).(*image.RGBA),
	}
}

func TestScreenGoldens(t *testing.T) {
	running := session.Status{CaptureFPS: 30.04, TrackFPS: 28.6, Dropped: 12, LastFrame: noon}
	lost := running
	lost.Attempt, lost.Problem, lost.LastFrame = 3, errors.New("capture: open rtsp://camera/1: connection refused"), noon.Add(-7300*time.Millisecond)
	paused := running
	paused.Paused = true
	for _, c := range []struct {
		name string
		show Show
		m    Moment
	}{
		{"screen-all", Show{HeatMap: true, Search: true, Panel: true, Figures: true},
			Moment{Status: running, ShownFPS: 28.4, Latency: 41 * time.Millisecond, Recording: true}},
		{"screen-drag", Show{Scores: true}, Moment{Status: paused, Drag: tracker.Box{X: 300, Y: 90, W: 120, H: 170}}},
		{"screen-lost", Show{Figures: true}, Moment{Status: lost}},
		{"screen-help", Show{}, Moment{Status: paused, Help: []Key{{"Space", "pause or go on"}, {"Esc", "give up drawing"}, {"q", "quit"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := NewScreen()
			if err != nil {
				t.Fatal(err)
			}
			s.Show, c.m.View, c.m.Now = c.show, view(), noon
			clean := slices.Clone(c.m.View.Frame.Image.Pix)
			for range 90 {
				s.Observe(c.m.View)
			}
			got := s.Draw(c.m)
			if got.Rect.Size() != s.Size(image.Pt(640, 360)) {
				t.Errorf("size %v, announced %v", got.Rect.Size(), s.Size(image.Pt(640, 360)))
			}
			if !slices.Equal(clean, c.m.View.Frame.Image.Pix) {
				t.Error("the frame itself was drawn on")
			}
			golden.Image(t, "testdata/"+c.name+".png", got, 2)
		})
	}
}

func TestNotice(t *testing.T) {
	there := session.Status{LastFrame: noon}
	with := func(change func(*session.Status)) session.Status {
		st := there
		change(&st)
		return st
	}
	followed := view()
	for _, c := range []struct {
		name string
		m    Moment
		want string
	}{
		{"followed", Moment{View: followed, Status: there}, ""},
		{"no target", Moment{View: &session.View{}, Status: there}, "drag a box round what to follow"},
		{"silent", Moment{View: followed, Status: with(func(s *session.Status) { s.LastFrame = noon.Add(-1500 * time.Millisecond) })}, "no frame for 1.5 s"},
		{"lost and silent", Moment{View: followed, Notice: "x", Status: with(func(s *session.Status) {
			s.LastFrame, s.Attempt = noon.Add(-2*time.Second), 1
		})}, "source lost, last frame 2.0 s ago, attempt 1 to open it again"},
		{"just happened", Moment{View: followed, Status: there, Notice: "saved"}, "saved"},
		{"paused", Moment{View: followed, Status: with(func(s *session.Status) { s.Paused, s.LastFrame = true, noon.Add(-time.Hour) })}, "paused"},
		{"ended", Moment{View: followed, Status: with(func(s *session.Status) { s.Ended, s.Attempt = true, 3 })}, "end of the video"},
	} {
		c.m.Now = noon
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
		p.notice(dst, "a line that is too long for any of these pictures by far", paper)
	}
}
