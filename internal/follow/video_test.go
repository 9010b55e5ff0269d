package follow

import (
	"errors"
	"fmt"
	"image"
	"strings"
	"testing"

	"siamtrack/internal/golden"
	"siamtrack/render"
	"siamtrack/tracker"
)

// shelf is a FrameWriter that keeps copies; it fails at one frame if asked.
type shelf struct {
	frames []*image.RGBA
	failAt int // counted from 1
	closes int
}

var errShelf = errors.New("no space left")

func (s *shelf) Write(img *image.RGBA) error {
	if len(s.frames)+1 == s.failAt {
		return errShelf
	}
	c := image.NewRGBA(img.Rect)
	copy(c.Pix, img.Pix)
	s.frames = append(s.frames, c)
	return nil
}

func (s *shelf) Close() error { s.closes++; return nil }

func TestVideoIsAnnotated(t *testing.T) {
	v, o := scene(t)
	var out shelf
	video, err := NewVideo(&out, render.Show{HeatMap: true, Search: true, Panel: true}, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), v, only(o), start(v.Truth(0).Box), 0, video); err != nil {
		t.Fatal(err)
	}
	if err := video.Close(); err != nil || out.closes != 1 {
		t.Errorf("closed %d times, %v", out.closes, err)
	}
	if want := image.Pt(320, 240+render.PanelHeight(320, 240)); len(out.frames) != 30 || out.frames[29].Rect.Max != want {
		t.Fatalf("%d frames, want 30 of %v", len(out.frames), want)
	}
	for name, i := range map[string]int{"given": 0, "tracking": 5, "lost": 16} {
		golden.Image(t, "testdata/"+name+".png", out.frames[i], 2)
	}
	for _, s := range video.Stages() {
		if s.Times.Len() != 30 {
			t.Errorf("%s: %d times for 30 frames", s.Name, s.Times.Len())
		}
	}
}

func TestVideoWithoutExtrasHasTheFramesSize(t *testing.T) {
	v, o := scene(t)
	var out shelf
	video, err := NewVideo(&out, render.Show{}, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), v, only(o), start(v.Truth(0).Box), 3, video); err != nil {
		t.Fatal(err)
	}
	if len(out.frames) != 4 || out.frames[3].Rect.Max != image.Pt(320, 240) {
		t.Errorf("%d frames, want 4 of 320x240", len(out.frames))
	}
}

func TestVideoSaysWhatWentWrong(t *testing.T) {
	v, o := scene(t)
	out := shelf{failAt: 4}
	video, err := NewVideo(&out, render.Show{}, false)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Run(t.Context(), v, only(o), start(v.Truth(0).Box), 0, video)
	if said := strings.Count(fmt.Sprint(err), errShelf.Error()); said != 1 || len(out.frames) != 3 || out.closes != 1 {
		t.Errorf("%v after %d frames, closed %d times", err, len(out.frames), out.closes)
	}
	if video, err = NewVideo(&shelf{failAt: 1}, render.Show{}, false); err != nil {
		t.Fatal(err)
	}
	if err := video.Put(tracker.Step{Frame: tracker.Frame{Image: out.frames[0]}}); err != nil {
		t.Fatal(err)
	}
	if err := video.Close(); !errors.Is(err, errShelf) {
		t.Errorf("the last frame was not written, and Close says %v", err)
	}
}

func TestVideoHasOneSize(t *testing.T) {
	var out shelf
	video, err := NewVideo(&out, render.Show{}, false)
	if err != nil {
		t.Fatal(err)
	}
	step := func(i, w, h int) tracker.Step {
		return tracker.Step{Frame: tracker.Frame{Image: image.NewRGBA(image.Rect(0, 0, w, h)), Index: i}}
	}
	if err := video.Put(step(0, 64, 48)); err != nil {
		t.Fatal(err)
	}
	if err := video.Put(step(1, 48, 64)); err == nil {
		t.Error("a frame of another size was taken")
	}
	if err := video.Close(); err != nil || len(out.frames) != 1 {
		t.Errorf("%d frames, %v", len(out.frames), err)
	}
}
