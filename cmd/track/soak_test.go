//go:build soak && matprofile

package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"testing"
	"time"

	"siamtrack/capture"
	"siamtrack/internal/follow"
	"siamtrack/internal/live"
	"siamtrack/internal/record"
	"siamtrack/render"
	"siamtrack/session"
	"siamtrack/tracker"
)

// TestSoakLive sends an hour's worth of frames (30 a second) through a live session, as fast as they go: real decoding,
// the real model, a track to disk, drawing, and a source that is opened again each time the clip ends. Memory and
// goroutines must be as flat at the end as they were after the first tenth. The curve is written to out/soak.csv.
// SIAMTRACK_SOAK_FRAMES makes it shorter.
func TestSoakLive(t *testing.T) {
	frames := 30 * 3600
	if s := os.Getenv("SIAMTRACK_SOAK_FRAMES"); s != "" {
		var err error
		if frames, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	f := modelFlags{model: goodModel(t), threads: 1, provider: "cpu", precision: "auto"}
	model, err := f.open(newRoot())
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	begin := runtime.NumGoroutine()
	loop := &looped{}
	sink := follow.NewTracks(func(tracker.Step) (record.Recorder, error) {
		return record.Create(filepath.Join(t.TempDir(), "t.csv"), record.CSV, record.Options{})
	}, true)
	keeper := live.NewKeeper(live.Options{Tracks: []follow.Sink{sink}})
	screen, err := render.NewScreen()
	if err != nil {
		t.Fatal(err)
	}
	screen.Show = render.Show{HeatMap: true, Search: true, Panel: true, Figures: true}
	box := tracker.Box{X: 349, Y: 428, W: 50, H: 148}
	s := session.New(loop, model.model.Multi(),
		session.Options{Init: []tracker.Start{{Box: box}}, Live: true, Each: keeper.Each})
	s.ShowCrops(true)

	var canvas *image.RGBA
	curve := soak(t, s, frames, func(v *session.View) {
		screen.Observe(v.Step)
		canvas = screen.Draw(canvas, render.Moment{Step: v.Step, Live: &render.Live{Status: s.Status(), Now: time.Now()}})
	})
	st := s.Status()
	if err := s.Err(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := keeper.Close(); err != nil {
		t.Error(err)
	}
	t.Logf("%d frames captured, %d tracked, %d dropped, the clip opened %d times", st.Captured, st.Tracked, st.Dropped,
		loop.opened)
	writeCurve(t, curve)
	checkFlat(t, curve)
	for end := time.Now().Add(time.Minute); time.Now().Before(end) && // a read under way ends by itself
		(mats().Count() != 0 || runtime.NumGoroutine() > begin); {
		time.Sleep(10 * time.Millisecond)
	}
	if n := mats().Count(); n != 0 {
		var b bytes.Buffer
		_ = mats().WriteTo(&b, 1)
		t.Errorf("%d Mats left:\n%s", n, b.String())
	}
	if now := runtime.NumGoroutine(); now > begin {
		t.Errorf("%d goroutines at the end, %d at the beginning", now, begin)
	}
}

// looped is the clip without end: opened again each time, so that what opening and closing leave behind adds up.
type looped struct {
	base, next tracker.Frame
	opened     int

	mu     sync.Mutex // guards what follows: Close may come while Next waits
	src    *capture.Source
	closed bool
}

// Next implements tracker.Source.
func (l *looped) Next(dst *tracker.Frame) error {
	for {
		src, err := l.current()
		if err != nil {
			return err
		}
		err = src.Next(dst)
		if err == nil {
			dst.Index += l.base.Index
			dst.Time += l.base.Time
			l.next = tracker.Frame{Index: dst.Index + 1, Time: dst.Time + 100*time.Millisecond}
			return nil
		}
		if !errors.Is(err, io.EOF) {
			return err
		}
		l.mu.Lock()
		l.src = nil
		l.mu.Unlock()
		if err := src.Close(); err != nil {
			return err
		}
	}
}

// current returns the clip, opened again where it has ended.
func (l *looped) current() (*capture.Source, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, io.EOF
	}
	if l.src == nil {
		src, err := capture.Open(clip, capture.Options{})
		if err != nil {
			return nil, err
		}
		l.src, l.base = src, l.next
		l.opened++
	}
	return l.src, nil
}

// Close implements tracker.Source.
func (l *looped) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.src == nil {
		return nil
	}
	return l.src.Close()
}

// point is one measurement of the curve.
type point struct {
	frames, rss, heap, goroutines, mats int
}

// soak draws every view until so many frames were captured, and measures a hundred times meanwhile.
func soak(t *testing.T, s *session.Session, frames int, draw func(*session.View)) []point {
	t.Helper()
	var curve []point
	for {
		select {
		case v := <-s.Results():
			draw(v)
			s.Release(v)
		case <-s.Done():
			return curve
		}
		done := s.Status().Captured
		if done >= frames*(len(curve)+1)/100 {
			curve = append(curve, measure(t, done))
		}
		if done >= frames {
			return curve
		}
	}
}

func measure(t *testing.T, frames int) point {
	t.Helper()
	runtime.GC() // the garbage of the moment is not what is asked
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	var size, resident int
	data, err := os.ReadFile("/proc/self/statm")
	if err == nil {
		_, err = fmt.Sscan(string(data), &size, &resident)
	}
	if err != nil {
		t.Fatal(err)
	}
	return point{frames, resident * os.Getpagesize(), int(m.HeapAlloc), runtime.NumGoroutine(), mats().Count()}
}

func writeCurve(t *testing.T, curve []point) {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintln(&b, "frames,rss_mb,heap_mb,goroutines,mats")
	for _, p := range curve {
		fmt.Fprintf(&b, "%d,%.1f,%.2f,%d,%d\n", p.frames, float64(p.rss)/1e6, float64(p.heap)/1e6, p.goroutines, p.mats)
	}
	if err := os.MkdirAll("../../out", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("../../out/soak.csv", b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// checkFlat compares the last tenth of the curve with the second: what is needed has been allocated by then.
func checkFlat(t *testing.T, curve []point) {
	t.Helper()
	if len(curve) < 100 {
		t.Fatalf("%d points of 100", len(curve))
	}
	worst := func(part []point) (p point) {
		for _, q := range part {
			p.rss, p.heap = max(p.rss, q.rss), max(p.heap, q.heap)
			p.goroutines, p.mats = max(p.goroutines, q.goroutines), max(p.mats, q.mats)
		}
		return p
	}
	early, late := worst(curve[10:20]), worst(curve[90:])
	t.Logf("second tenth: %+v; last tenth: %+v", early, late)
	const slack = 12e6 // bytes: three frames of the clip, and the allocator's own
	if float64(late.rss) > float64(early.rss)+slack || float64(late.heap) > float64(early.heap)+slack {
		t.Error("memory grows")
	}
	if late.goroutines > early.goroutines+2 || late.mats > early.mats+1 {
		t.Error("goroutines or Mats grow")
	}
}

// mats is the profile of living Mats that gocv keeps with the tag matprofile; an empty one without it.
func mats() *pprof.Profile {
	if p := pprof.Lookup("gocv.io/x/gocv.Mat"); p != nil {
		return p
	}
	return new(pprof.Profile)
}
