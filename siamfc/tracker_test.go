package siamfc

import (
	"errors"
	"io"
	"math"
	"slices"
	"testing"

	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

func pixelTracker(t *testing.T) *Tracker {
	t.Helper()
	m := PixelsManifest()
	tr, err := New(NewCorrelator(NewPixels(), m), m)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestExemplarFindsItself: the exemplar embedded as itself inside a search region gives the peak where it lies.
func TestExemplarFindsItself(t *testing.T) {
	m := PixelsManifest()
	net := NewCorrelator(NewPixels(), m)
	img := noise(400, 400, 9)
	z, x := NewCropper(127, InputSpec{}), NewCropper(255, InputSpec{})
	exemplar, search := make([]float32, z.Len()), make([]float32, 3*x.Len())
	for _, shift := range [][2]int{{0, 0}, {24, -16}, {-64, 64}, {64, 8}} {
		z.Crop(exemplar, img, tracker.FromCenter(200.5+float64(shift[0]), 200.5+float64(shift[1]), 127, 127), RGB{})
		if err := net.Exemplar(exemplar, tracker.Box{}); err != nil {
			t.Fatal(err)
		}
		for s := range 3 {
			x.Crop(search[s*x.Len():(s+1)*x.Len()], img, tracker.FromCenter(200.5, 200.5, 255, 255), RGB{})
		}
		maps, err := net.Search(search, 255)
		if err != nil {
			t.Fatal(err)
		}
		at := argmax(maps.Response[:17*17])
		want := (8+shift[1]/8)*17 + 8 + shift[0]/8
		if at != want {
			t.Errorf("shift %v: peak in cell %d, %d; want %d, %d", shift, at%17, at/17, want%17, want/17)
		}
	}
}

func TestCorrelateByDefinition(t *testing.T) {
	const c, hx, wx, hz, wz = 5, 9, 8, 4, 3
	f := func(n int, k float32) []float32 {
		out := make([]float32, n)
		for i := range out {
			out[i] = float32(math.Sin(float64(i) * float64(k)))
		}
		return out
	}
	search, kernel := Features{f(c*hx*wx, 0.7), 1, c, hx, wx}, Features{f(c*hz*wz, 1.3), 1, c, hz, wz}
	h, w := hx-hz+1, wx-wz+1
	got := make([]float32, h*w)
	correlate(got, channelsLast(nil, search, 0), wx, channelsLast(nil, kernel, 0), hz, wz, c, h, w)
	want := make([]float32, h*w)
	plainCorrelate(want, search, kernel)
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1e-4 {
			t.Errorf("%d, %d: %v, by definition %v", i%w, i/w, got[i], want[i])
		}
	}
}

func scene(t *testing.T, s synth.Scene) *synth.Video {
	t.Helper()
	v, err := synth.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// follow runs a tracker over a synthetic scene and returns the mean IoU over the frames where the target is to be seen.
func follow(t *testing.T, tr tracker.Tracker, src *synth.Video) float64 {
	t.Helper()
	var sum, n float64
	err := tracker.Run(t.Context(), src, tr, tracker.RunOptions{Init: src.Truth(0).Box}, func(s tracker.Step) error {
		if truth := src.Truth(s.Frame.Index); truth.Visible > 0.5 {
			sum += s.Targets[0].Result.Box.IoU(truth.Box)
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum / n
}

// TestFollowsSyntheticVideo compares with the videos' own truth, and with a tracker that stays where it began.
func TestFollowsSyntheticVideo(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing for the race detector")
	}
	for name, c := range map[string]struct {
		scene synth.Scene
		least float64
	}{
		"plain":       {synth.Scene{Width: 320, Height: 240, Frames: 150, Seed: 1}, 0.75},
		"scale":       {synth.Scene{Width: 320, Height: 240, Frames: 150, Seed: 2, Zoom: 0.3}, 0.6},
		"look-alike":  {synth.Scene{Width: 320, Height: 240, Frames: 150, Seed: 3, Distractor: true}, 0.7},
		"still":       {synth.Scene{Width: 320, Height: 240, Frames: 30, Seed: 4, Still: true}, 0.9},
		"other shape": {synth.Scene{Width: 320, Height: 240, Frames: 150, Seed: 5, TargetW: 60, TargetH: 30}, 0.7},
	} {
		t.Run(name, func(t *testing.T) {
			mean := follow(t, pixelTracker(t), scene(t, c.scene))
			t.Logf("mean IoU %.3f", mean)
			if mean < c.least {
				t.Errorf("mean IoU %.3f, at least %.2f expected", mean, c.least)
			}
		})
	}
}

// TestSaysThatTheTargetIsLost: while the target is hidden the state must not be tracking; while it is seen, it must.
func TestSaysThatTheTargetIsLost(t *testing.T) {
	src := scene(t, synth.Scene{Width: 320, Height: 240, Frames: 120, Seed: 6, Hidden: []synth.Span{{From: 60, To: 110}}})
	var hiddenSure, hidden, seenSure, seen int
	err := tracker.Run(t.Context(), src, pixelTracker(t), tracker.RunOptions{Init: src.Truth(0).Box},
		func(s tracker.Step) error {
			sure := 0
			if s.Targets[0].Result.State == tracker.Tracking {
				sure = 1
			}
			switch truth := src.Truth(s.Frame.Index); {
			case truth.Visible < 0.05:
				hidden, hiddenSure = hidden+1, hiddenSure+sure
			case s.Frame.Index < 60:
				seen, seenSure = seen+1, seenSure+sure
			}
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("called tracking: %d of %d hidden frames, %d of %d seen ones", hiddenSure, hidden, seenSure, seen)
	if hidden == 0 || hiddenSure*5 > hidden || seenSure*5 < 4*seen {
		t.Error("the state does not say whether the target is there")
	}
}

// cut is a video with frames from, to, left out: the target jumps.
type cut struct {
	*synth.Video
	from, to int
}

func (c cut) Next(dst *tracker.Frame) error {
	for {
		if err := c.Video.Next(dst); err != nil || dst.Index < c.from || dst.Index >= c.to {
			return err
		}
	}
}

// TestFindsATargetAgain: a target that jumps across the frame is taken up again where the manifest asks for it.
func TestFindsATargetAgain(t *testing.T) {
	run := func(redetect bool) float64 {
		m := PixelsManifest()
		m.State.Redetect = redetect
		tr, err := New(NewCorrelator(NewPixels(), m), m)
		if err != nil {
			t.Fatal(err)
		}
		video := scene(t, synth.Scene{Width: 640, Height: 240, Frames: 200, Period: 200, Seed: 7})
		var last tracker.Result
		err = tracker.Run(t.Context(), cut{video, 30, 130}, tr, tracker.RunOptions{Init: video.Truth(0).Box},
			func(s tracker.Step) error {
				last = s.Targets[0].Result
				return nil
			})
		if err != nil {
			t.Fatal(err)
		}
		return last.Box.IoU(video.Truth(199).Box)
	}
	with, without := run(true), run(false)
	t.Logf("IoU of the last frame: with re-detection %.2f, without %.2f", with, without)
	if with < 0.6 || without > 0.3 {
		t.Errorf("IoU of the last frame: with re-detection %.2f, without %.2f", with, without)
	}
}

func TestUpdateBeforeInit(t *testing.T) {
	if _, err := pixelTracker(t).Update(noise(64, 64, 1)); !errors.Is(err, ErrNotStarted) {
		t.Errorf("error %v", err)
	}
}

func TestInitRefusesWhatCannotBeTracked(t *testing.T) {
	tr, img := pixelTracker(t), noise(64, 64, 1)
	for _, b := range []tracker.Box{{}, {X: math.NaN(), W: 5, H: 5}, {X: 100, Y: 100, W: 10, H: 10},
		{X: 1, Y: 1, W: 10, H: 1}} {
		if err := tr.Init(img, b); !errors.Is(err, tracker.ErrBox) {
			t.Errorf("%v: error %v", b, err)
		}
	}
}

// failing is a network that breaks after some frames.
type failing struct {
	Network
	after int
}

func (f *failing) Search(crops []float32, size int) (Maps, error) {
	if f.after--; f.after < 0 {
		return Maps{}, io.ErrUnexpectedEOF
	}
	return f.Network.Search(crops, size)
}

// TestUpdateKeepsItsStateOnError: after a frame that failed the tracker goes on as one that never saw it, while it
// follows, while it looks about for a target that is lost, and while it looks at what may be it.
func TestUpdateKeepsItsStateOnError(t *testing.T) {
	m := boxManifest(LoopSpec{Motion: 0.5})
	m.State.Redetect = true
	target, back := tracker.Box{X: 40, Y: 40, W: 30, H: 30}, tracker.Box{X: 270, Y: 180, W: 30, H: 30}
	img, other, moved := white(target), white(tracker.Box{}), white(back)
	// run fails once in a frame, in the search after some others of that frame.
	run := func(frame, after int) (results []tracker.Result) {
		net := &failing{&squares{m: m, factor: 1, score: 1}, 1 << 30}
		tr, err := New(net, m)
		if err != nil {
			t.Fatal(err)
		}
		if err := tr.Init(img, target); err != nil {
			t.Fatal(err)
		}
		for i := range 24 {
			shown := img
			if i > 1 {
				shown = other
			}
			if i > 5 {
				shown = moved
			}
			if i == frame {
				net.after = after
				if _, err := tr.Update(shown); !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("frame %d, search %d: error %v", frame, after, err)
				}
				net.after = 1 << 30
			}
			r, err := tr.Update(shown)
			if err != nil {
				t.Fatal(err)
			}
			r.Response = nil // the network's own memory
			results = append(results, r)
		}
		return results
	}
	want := run(-1, 0)
	var states []tracker.State
	for _, r := range want {
		states = append(states, r.State)
	}
	t.Log(states)
	perhaps := slices.Index(states[4:], tracker.Uncertain) + 4
	if states[0] != tracker.Tracking || states[4] != tracker.Lost || perhaps < 4 || states[23] != tracker.Tracking {
		t.Fatalf("%v: not followed, lost, found again and sure of that", states)
	}
	for _, c := range [][2]int{{1, 0}, {4, 0}, {4, 1}, {perhaps, 0}, {perhaps + 1, 0}} {
		got := run(c[0], c[1])
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("search %d of frame %d failed once: frame %d is %+v, otherwise %+v", c[1], c[0], i, got[i], want[i])
			}
		}
	}
}

func TestUpdateAllocatesNothing(t *testing.T) {
	tr, img := pixelTracker(t), noise(320, 240, 3)
	if err := tr.Init(img, tracker.Box{X: 100, Y: 80, W: 50, H: 40}); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(5, func() {
		if _, err := tr.Update(img); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations an update", n)
	}
}
