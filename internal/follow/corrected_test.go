package follow

import (
	"context"
	"errors"
	"image"
	"math"
	"slices"
	"testing"

	"siamtrack/internal/record"
	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

// drifting is a tracker whose box goes away from where it was marked, a pixel to the right with each frame.
type drifting struct {
	box   tracker.Box
	after int
	lost  int // it says so from this frame after the mark on, 0 for never
}

func (d *drifting) Init(_ *image.RGBA, b tracker.Box) error { d.box, d.after = b, 0; return nil }

func (d *drifting) Update(*image.RGBA) (tracker.Result, error) {
	d.after++
	d.box.X++
	r := tracker.Result{Box: d.box, Score: 0.5}
	if d.lost > 0 && d.after >= d.lost {
		r.State = tracker.Lost
	}
	return r, nil
}

func still(t *testing.T, frames int) *synth.Video {
	t.Helper()
	v, err := synth.New(synth.Scene{Width: 64, Height: 48, Frames: frames, Still: true})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// kept is a Sink that remembers the boxes.
type kept struct {
	frames []int
	boxes  []tracker.Box
	states []tracker.State
	red    []uint8
}

func (k *kept) Put(s tracker.Step) error {
	k.frames = append(k.frames, s.Frame.Index)
	k.boxes = append(k.boxes, s.Targets[0].Result.Box)
	k.states = append(k.states, s.Targets[0].Result.State)
	k.red = append(k.red, s.Frame.Image.Pix[0])
	return nil
}

func (k *kept) Close() error { return nil }

func marks(frames ...int) (out []tracker.Start) {
	for _, f := range frames {
		out = append(out, tracker.Start{ID: 1, Frame: f, Box: tracker.Box{X: 10, Y: 10, W: 8, H: 8}})
	}
	return out
}

// Between two marks the drift of both directions is weighed by how near they are; after the last one it is forward
// only.
func TestCorrectionsAreBlended(t *testing.T) {
	got := &kept{}
	open := func() *tracker.Multi {
		return tracker.NewMulti(func() (tracker.Tracker, error) { return &drifting{}, nil })
	}
	sum, err := RunCorrected(t.Context(), still(t, 16), open, marks(2, 10), 0, got)
	if err != nil || sum.Frames != 14 || sum.First != 2 || sum.Last != 15 {
		t.Fatalf("%+v, %v", sum, err)
	}
	for i, f := range got.frames {
		if f != i+2 {
			t.Fatalf("frames %v", got.frames)
		}
		want := 10.0
		switch {
		case f < 10: // forwards f-2 pixels, backwards 10-f, each weighed by the other's distance
			near := float64(10-f) / 8
			want += near*float64(f-2) + (1-near)*float64(10-f)
		default:
			want += float64(f - 10)
		}
		if math.Abs(got.boxes[i].X-want) > 1e-9 || got.boxes[i].Y != 10 {
			t.Errorf("frame %d: %v, want x %.2f", f, got.boxes[i], want)
		}
	}
}

// allKept is a Sink that remembers the boxes of all targets.
type allKept struct {
	kept
	ids   [][]int
	every [][]float64
}

func (k *allKept) Put(s tracker.Step) error {
	var ids []int
	var x []float64
	for _, t := range s.Targets {
		ids, x = append(ids, t.ID), append(x, t.Result.Box.X)
	}
	k.ids, k.every = append(k.ids, ids), append(k.every, x)
	return k.kept.Put(s)
}

// Several targets, each marked in frames of its own, which lie between those of the others: each is blended between its
// marks alone, in every frame, in the order in which they were first marked.
func TestCorrectionsOfSeveralTargets(t *testing.T) {
	got := &allKept{}
	open := func() *tracker.Multi {
		return tracker.NewMulti(func() (tracker.Tracker, error) { return &drifting{}, nil })
	}
	at := map[int][]int{7: {0, 6, 18}, 2: {3, 9, 12}, 5: {10}} // frames of marks
	var all []tracker.Start
	for _, id := range []int{5, 2, 7} {
		for _, f := range at[id] {
			all = append(all, tracker.Start{ID: id, Frame: f, Box: tracker.Box{X: float64(5 * id), Y: 10, W: 8, H: 8}})
		}
	}
	v := still(t, 22)
	plain := &kept{}
	if _, err := Run(t.Context(), still(t, 22), open(), marks(0), 0, plain); err != nil {
		t.Fatal(err)
	}
	sum, err := RunCorrected(t.Context(), v, open, all, 0, got)
	if err != nil || sum.Frames != 22 || !slices.Equal(got.frames, plain.frames) || !slices.Equal(got.red, plain.red) {
		t.Fatalf("%+v, %v; frames %v", sum, err, got.frames)
	}
	for f := range 22 {
		var ids []int
		var want []float64
		for _, id := range []int{7, 2, 5} {
			last, next := -1, -1
			for _, m := range at[id] {
				if m <= f {
					last = m
				} else if next < 0 {
					next = m
				}
			}
			if last < 0 {
				continue
			}
			x := float64(f - last)
			if next >= 0 && f > last {
				near := float64(next-f) / float64(next-last)
				x = near*x + (1-near)*float64(next-f)
			}
			ids, want = append(ids, id), append(want, float64(5*id)+x)
		}
		if !slices.Equal(got.ids[f], ids) || !slices.EqualFunc(got.every[f], want, func(a, b float64) bool {
			return math.Abs(a-b) < 1e-9
		}) {
			t.Errorf("frame %d: targets %v at %v, want %v at %v", f, got.ids[f], got.every[f], ids, want)
		}
	}
}

// Frames that would fill the disk are refused before the first of them is kept.
func TestCorrectionsAreBounded(t *testing.T) {
	const frame = 64 * 48 * 4
	video := still(t, 2)
	var f tracker.Frame
	if err := video.Next(&f); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		free  uint64
		known bool
		n     int
		fits  bool
	}{
		{20 * frame, true, 10, true}, {20*frame - 2, true, 10, false},
		{0, false, 1 << 40, true}, {1 << 40, true, 1 << 60, false},
	} {
		s := spool{free: func(string) (uint64, bool) { return c.free, c.known }}
		if err := s.room(f, c.n); (err == nil) != c.fits || err != nil && !errors.Is(err, errSpool) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	open := func() *tracker.Multi {
		return tracker.NewMulti(func() (tracker.Tracker, error) { return &drifting{}, nil })
	}
	sum, err := RunCorrected(t.Context(), still(t, 9), open, marks(0, 1<<50), 0, &kept{})
	if !errors.Is(err, errSpool) || sum.Frames != 0 {
		t.Errorf("%d frames, %v", sum.Frames, err)
	}
}

// Where one direction has lost the target the other one counts alone.
func TestCorrectionsLeaveOutWhatIsLost(t *testing.T) {
	got := &kept{}
	open := func() *tracker.Multi {
		return tracker.NewMulti(func() (tracker.Tracker, error) { return &drifting{lost: 3}, nil })
	}
	if _, err := RunCorrected(t.Context(), still(t, 11), open, marks(0, 10), 0, got); err != nil {
		t.Fatal(err)
	}
	want := []float64{10, 11, 12, 0, 0, 0, 0, 0, 12, 11, 10} // 0: lost by both
	for i, x := range want {
		if x == 0 && got.states[i] != tracker.Lost || x > 0 && (got.states[i] != tracker.Tracking || got.boxes[i].X != x) {
			t.Errorf("frame %d: %v %v", i, got.states[i], got.boxes[i])
		}
	}
}

// The frames that come out are those that went in, also where a run ends between two marks or is stopped.
func TestCorrectionsKeepEveryFrame(t *testing.T) {
	open := func() *tracker.Multi {
		return tracker.NewMulti(func() (tracker.Tracker, error) { return &drifting{}, nil })
	}
	plain, cut := &kept{}, &kept{}
	if _, err := Run(t.Context(), still(t, 9), open(), marks(0), 0, plain); err != nil {
		t.Fatal(err)
	}
	sum, err := RunCorrected(t.Context(), still(t, 9), open, marks(0, 4, 20), 0, cut)
	if !errors.Is(err, tracker.ErrNoFrame) || sum.Frames != 9 {
		t.Errorf("%d frames, %v", sum.Frames, err)
	}
	if !slices.Equal(plain.frames, cut.frames) || !slices.Equal(plain.red, cut.red) {
		t.Errorf("frames %v with pixels %v, plainly %v %v", cut.frames, cut.red, plain.frames, plain.red)
	}
	stopped := &kept{}
	ctx, cancel := context.WithCancel(t.Context())
	src := &cancelAt{still(t, 9), 3, cancel}
	_, err = RunCorrected(ctx, src, open, marks(0, 6), 0, stopped)
	if !errors.Is(err, context.Canceled) || len(stopped.frames) != 4 {
		t.Errorf("stopped: %d frames, %v", len(stopped.frames), err)
	}
	ended := &kept{}
	if _, err := RunCorrected(t.Context(), still(t, 9), open, marks(0), 5, ended); err != nil || len(ended.frames) != 6 {
		t.Errorf("--end: %d frames, %v", len(ended.frames), err)
	}
}

// Key frames are the first, every n-th, those where the target is lost or found, and the last.
func TestKeyframes(t *testing.T) {
	v, o := scene(t) // lost from somewhere in 8..24
	csv, path := tracks(t, record.CSV)
	all, allPath := tracks(t, record.CSV)
	if _, err := Run(t.Context(), v, only(o), start(v.Truth(0).Box), 0, Keyframes(10, csv), all); err != nil {
		t.Fatal(err)
	}
	var want []int
	was := tracker.Tracking
	every := rows(t, allPath)
	for i, r := range every {
		lost := r.State == tracker.Lost
		if i%10 == 0 || lost != (was == tracker.Lost) || i == len(every)-1 {
			want = append(want, r.Frame)
		}
		was = r.State
	}
	var got []int
	for _, r := range rows(t, path) {
		got = append(got, r.Frame)
	}
	if !slices.Equal(got, want) || len(want) < 5 {
		t.Errorf("rows of frames %v, want %v", got, want)
	}
}
