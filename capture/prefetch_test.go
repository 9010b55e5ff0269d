package capture

import (
	"errors"
	"image"
	"io"
	"testing"
	"time"

	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

func scene(t *testing.T, frames int) *synth.Video {
	t.Helper()
	v, err := synth.New(synth.Scene{Width: 64, Height: 48, Frames: frames})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Every frame comes once, in order, with the pixels that the source gives without reading ahead.
func TestPrefetchLosesNothing(t *testing.T) {
	for _, ahead := range []int{0, 1, 4, 100} {
		plain := scene(t, 30)
		p := Prefetch(scene(t, 30), ahead)
		var got, want tracker.Frame
		for i := 0; ; i++ {
			err, wantErr := p.Next(&got), plain.Next(&want)
			if err != wantErr {
				t.Fatalf("ahead %d: frame %d: %v, the source says %v", ahead, i, err, wantErr)
			}
			if err != nil {
				break
			}
			if got.Index != want.Index || got.Time != want.Time || meanDifference(got.Image, want.Image) != 0 {
				t.Fatalf("ahead %d: frame %d differs", ahead, i)
			}
		}
		if err := p.Next(&got); err != io.EOF {
			t.Errorf("after the end: %v", err)
		}
		if err := errors.Join(p.Close(), p.Close()); err != nil {
			t.Error(err)
		}
	}
}

// The frames that were read before an error come before it.
func TestPrefetchKeepsTheErrorInItsPlace(t *testing.T) {
	broken := errors.New("broken")
	p := Prefetch(synth.FailAfter(scene(t, 30), 7, broken), 4)
	defer p.Close()
	frames, err := drain(p)
	if len(frames) != 7 || err != broken {
		t.Errorf("%d frames, then %v", len(frames), err)
	}
}

func TestPrefetchCloseEndsABlockedNext(t *testing.T) {
	p := Prefetch(synth.StallAfter(scene(t, 30), 3), 2)
	ended := make(chan error)
	go func() {
		_, err := drain(p)
		ended <- err
	}()
	time.Sleep(20 * time.Millisecond) // most often it waits by then
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	select {
	case err := <-ended:
		if err == nil || err == io.EOF {
			t.Errorf("the blocked Next says %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("Next is still blocked")
	}
}

// In the steady state reading ahead makes no new images.
func TestPrefetchReusesImages(t *testing.T) {
	p := Prefetch(scene(t, 60), 3)
	defer p.Close()
	seen := map[*image.RGBA]bool{}
	var f tracker.Frame
	for p.Next(&f) == nil {
		seen[f.Image] = true
	}
	if len(seen) > 5 {
		t.Errorf("%d images for 3 frames ahead", len(seen))
	}
}

// TestAhead: more frames of small size are read ahead than of large, and never so many that all the places for pictures
// without their pixels are taken.
func TestAhead(t *testing.T) {
	for _, c := range []struct{ width, height, want int }{
		{320, 240, 8}, {1280, 720, 8}, {1920, 1080, 8}, {2560, 1440, 4}, {3840, 2160, 3}, {1 << 20, 1 << 20, 3}, {0, 0, 3},
		{-1, 5, 3},
	} {
		if got := Ahead(c.width, c.height); got != c.want || got+2 > mostKept {
			t.Errorf("%d frames of %dx%d, not %d", got, c.width, c.height, c.want)
		}
	}
}
