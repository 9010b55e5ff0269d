package follow

import (
	"errors"
	"fmt"
	"image"
	"strings"
	"testing"
	"time"

	"siamtrack/internal/golden"
	"siamtrack/render"
	"siamtrack/tracker"
)

// shelf is a FrameWriter that keeps copies; it fails at one frame if asked.
type shelf struct {
	frames []*image.RGBA
	times  []time.Duration
	failAt int // counted from 1
	closes int
}

var errShelf = errors.New("no space left")

func (s *shelf) WriteAt(img *image.RGBA, at time.Duration) error {
	if len(s.frames)+1 == s.failAt {
		return errShelf
	}
	c := image.NewRGBA(img.Rect)
	copy(c.Pix, img.Pix)
	s.frames, s.times = append(s.frames, c), append(s.times, at)
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

// A video of frames that have not got their pixels is that of frames that have: panel, boxes and all.
func TestVideoCopies(t *testing.T) {
	record := func(copies bool) []*image.RGBA {
		v, o := scene(t)
		var out shelf
		video, err := NewVideo(&out, render.Show{Panel: true}, false)
		if err != nil {
			t.Fatal(err)
		}
		if copies {
			video.CopyWith(func(dst, frame *image.RGBA) error {
				tracker.CopyImage(dst, frame)
				return nil
			})
		}
		if _, err := Run(t.Context(), v, only(o), start(v.Truth(0).Box), 0, video); err != nil {
			t.Fatal(err)
		}
		return out.frames
	}
	got, want := record(true), record(false)
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d frames, want %d", len(got), len(want))
	}
	for i := range want {
		if err := golden.Compare(got[i], want[i], 0); err != nil {
			t.Fatalf("frame %d: %v", i, err)
		}
	}
	video, err := NewVideo(&shelf{}, render.Show{}, false)
	if err != nil {
		t.Fatal(err)
	}
	video.CopyWith(func(_, _ *image.RGBA) error { return errShelf })
	if err := video.Put(tracker.Step{Frame: tracker.Frame{Image: want[0]}}); !errors.Is(err, errShelf) {
		t.Errorf("a frame could not be copied, and Put says %v", err)
	}
	if err := video.Close(); err != nil {
		t.Error(err)
	}
}

// One video has one size and the frames' own times: a frame of another size is scaled into it.
func TestVideoHasOneSize(t *testing.T) {
	var out shelf
	video, err := NewVideo(&out, render.Show{}, false)
	if err != nil {
		t.Fatal(err)
	}
	for i, size := range []image.Point{{64, 48}, {128, 48}, {64, 48}} {
		img := image.NewRGBA(image.Rectangle{Max: size})
		for p := range img.Pix {
			img.Pix[p] = 255
		}
		at := time.Duration(i*i) * time.Second
		if err := video.Put(tracker.Step{Frame: tracker.Frame{Image: img, Index: i, Time: at}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := video.Close(); err != nil || len(out.frames) != 3 {
		t.Fatalf("%d frames, %v", len(out.frames), err)
	}
	for i, f := range out.frames {
		if f.Rect.Max != image.Pt(64, 48) || out.times[i] != time.Duration(i*i)*time.Second {
			t.Errorf("frame %d is %v at %v", i, f.Rect, out.times[i])
		}
	}
	// 128x48 fits as 64x24: bars of black above and below.
	if got := out.frames[1]; got.RGBAAt(5, 4).R != 0 || got.RGBAAt(5, 24).R != 255 || got.RGBAAt(5, 44).R != 0 {
		t.Error("the wide frame is not fitted in")
	}
}
