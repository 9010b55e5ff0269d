package follow

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"siamtrack/internal/clock"
	"siamtrack/internal/record"
	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

// oracle is a tracker that knows the truth of a synthetic video, and says that it is lost where nothing can be seen.
type oracle struct {
	video    *synth.Video
	frame    int
	response tracker.Response
	crop     *image.RGBA
}

func (o *oracle) Init(*image.RGBA, tracker.Box) error { o.frame = 0; return nil }

func (o *oracle) Update(img *image.RGBA) (tracker.Result, error) {
	o.frame++
	truth := o.video.Truth(o.frame)
	r := tracker.Result{Box: truth.Box, Score: truth.Visible, Response: &o.response}
	if truth.Visible == 0 {
		r.State = tracker.Lost
	}
	x, y := truth.Box.Center()
	r.Search = tracker.FromCenter(x, y, 120, 120)
	o.response = tracker.Response{Values: []float32{0, .3, 0, .3, 1, .3, 0, .3, 0}, Width: 3, Height: 3, Area: r.Search}
	o.crop = img
	return r, nil
}

func (o *oracle) Crops() (exemplar, search *image.RGBA) { return o.crop, o.crop }

func (o *oracle) Stages() tracker.Stages {
	return tracker.Stages{Crop: time.Millisecond, Embed: 3 * time.Millisecond}
}

// scene returns a video whose object is hidden in some frames from 8 to 23, and a tracker that knows it.
func scene(t *testing.T) (*synth.Video, *oracle) {
	t.Helper()
	v, err := synth.New(synth.Scene{Width: 320, Height: 240, Frames: 30, Hidden: []synth.Span{{From: 8, To: 24}}})
	if err != nil {
		t.Fatal(err)
	}
	return v, &oracle{video: v}
}

// only follows one target, with tr.
func only(tr tracker.Tracker) *tracker.Multi {
	m := tracker.NewMulti(func() (tracker.Tracker, error) { return tr, nil })
	m.ShowCrops(true)
	return m
}

// start marks b in the first frame.
func start(b tracker.Box) []tracker.Start { return []tracker.Start{{Box: b}} }

func tracks(t *testing.T, f record.Format) (*Tracks, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "track."+string(f))
	return NewTracks(func(tracker.Step) (record.Recorder, error) { return record.Create(path, f, record.Options{}) },
		false), path
}

func rows(t *testing.T, path string) []record.Row {
	t.Helper()
	got, err := record.ReadFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestRunFillsEveryFile(t *testing.T) {
	v, o := scene(t)
	csv, path := tracks(t, record.CSV)
	sum, err := Run(t.Context(), v, only(o), start(v.Truth(0).Box), 0, csv)
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for i, r := range rows(t, path) {
		truth := v.Truth(i)
		if r.Frame != i || r.Box.IoU(truth.Box) < 0.99 || (r.State == tracker.Lost) != (truth.Visible == 0) {
			t.Errorf("row %d: %+v, the truth is %+v", i, r, truth)
		}
		if r.State == tracker.Lost {
			lost++
		}
	}
	if lost == 0 || sum.States() != [3]int{30 - lost, 0, lost} {
		t.Errorf("%d rows say lost, the summary %v", lost, sum.States())
	}
	if sum.Frames != 30 || sum.First != 0 || sum.Last != 29 || sum.Rate() <= 0 {
		t.Errorf("%+v", sum)
	}
}

func TestFromLeavesOutTheBeginning(t *testing.T) {
	v, o := scene(t)
	otb, path := tracks(t, record.OTB)
	if _, err := Run(t.Context(), v, only(o), start(v.Truth(0).Box), 6, From(4, otb)); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, path); len(got) != 3 || got[0].Box.IoU(v.Truth(4).Box) < 0.99 {
		t.Errorf("%v, want frames 4 to 6", got)
	}
}

func TestARunThatCannotBeginLeavesFilesAlone(t *testing.T) {
	v, o := scene(t)
	csv, path := tracks(t, record.CSV)
	if err := os.WriteFile(path, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	outside := tracker.Box{X: 999, W: 5, H: 5}
	if _, err := Run(t.Context(), v, only(o), start(outside), 0, csv); !errors.Is(err, tracker.ErrBox) {
		t.Errorf("%v, want one about the box", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "precious" {
		t.Errorf("the file holds %q, %v", data, err)
	}
}

// broken is a Sink that fails at one frame.
type broken struct{ at, puts, closes int }

var errBroken = errors.New("broken sink")

func (b *broken) Put(s tracker.Step) error {
	b.puts++
	if s.Frame.Index == b.at {
		return errBroken
	}
	return nil
}

func (b *broken) Close() error { b.closes++; return nil }

func TestRunKeepsWhatWasTracked(t *testing.T) {
	cause := errors.New("no more")
	cancelled, cancel := context.WithCancel(t.Context())
	whole := func(s tracker.Source) tracker.Source { return s }
	short := func(s tracker.Source) tracker.Source { return synth.FailAfter(s, 7, cause) }
	stopped := func(s tracker.Source) tracker.Source { return &cancelAt{s, 4, cancel} }
	for _, c := range []struct {
		name   string
		ctx    context.Context
		src    func(tracker.Source) tracker.Source
		breaks int
		want   error
		rows   int
	}{
		{"the source fails", t.Context(), short, -1, cause, 7},
		{"another sink fails", t.Context(), whole, 5, errBroken, 6},
		{"stopped", cancelled, stopped, -1, context.Canceled, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, o := scene(t)
			csv, path := tracks(t, record.CSV)
			bad := &broken{at: c.breaks}
			sum, err := Run(c.ctx, c.src(v), only(o), start(v.Truth(0).Box), 0, csv, bad)
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if n := len(rows(t, path)); n != c.rows || sum.Frames != c.rows || bad.puts != c.rows || bad.closes != 1 {
				t.Errorf("%d rows, %d in the summary, %d put, %d closed; want %d rows", n, sum.Frames, bad.puts, bad.closes, c.rows)
			}
		})
	}
}

// cancelAt cancels when frame at has been read.
type cancelAt struct {
	tracker.Source
	at     int
	cancel func()
}

func (c *cancelAt) Next(dst *tracker.Frame) error {
	err := c.Source.Next(dst)
	if dst.Index == c.at {
		c.cancel()
	}
	return err
}

func TestStagesAreMeasured(t *testing.T) {
	v, o := scene(t)
	src, m := clock.NewSource(v), &clock.Timer{}
	if _, err := Run(t.Context(), src, only(o), start(v.Truth(0).Box), 0, m); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range append(src.Stages(), m.Stages()...) {
		names = append(names, s.Name)
		if want := 30 - min(1, len(names)-1); s.Times.Len() != want || s.Times.Mean() <= 0 { // the start is no update
			t.Errorf("%s: %d times, want %d", s.Name, s.Times.Len(), want)
		}
	}
	if got, want := fmt.Sprint(names), "[decode update   crop   embed]"; got != want {
		t.Errorf("stages %s, want %s", got, want)
	}
	if got := m.Stages()[1].Times.Quantile(0.5); math.Abs(float64(got-time.Millisecond)) > 2e4 {
		t.Errorf("the median crop took %v, the tracker said 1ms", got)
	}
}
