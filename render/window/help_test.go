package window

import (
	"image"
	"testing"

	"siamtrack/internal/golden"
	"siamtrack/render"
	"siamtrack/tracker"
)

// TestHelpGoldens draws the help into windows of several sizes: every key is to be seen in the smallest.
func TestHelpGoldens(t *testing.T) {
	for _, c := range []struct {
		name string
		room image.Point
	}{{"help-320x240", image.Pt(320, 240)}, {"help-640x480", image.Pt(640, 480)}} {
		t.Run(c.name, func(t *testing.T) {
			screen, err := render.NewScreen()
			if err != nil {
				t.Fatal(err)
			}
			screen.Room = c.room
			m := render.Moment{Step: tracker.Step{Frame: tracker.Frame{Image: image.NewRGBA(image.Rect(0, 0, 320, 240))}}}
			m.Help = Keys()
			golden.Image(t, "testdata/"+c.name+".png", screen.Draw(nil, m), 2)
		})
	}
}
