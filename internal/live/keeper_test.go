package live

import (
	"errors"
	"image"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"siamtrack/internal/follow"
	"siamtrack/internal/record"
	"siamtrack/session"
	"siamtrack/tracker"
)

// frames is a sink that remembers the indices of what it was given.
type frames struct {
	path   string
	got    []int
	closed int
	err    error
}

func (f *frames) Put(s tracker.Step) error {
	f.got = append(f.got, s.Frame.Index)
	return f.err
}

func (f *frames) Close() error {
	f.closed++
	return nil
}

// view is frame i of a source of the given rate.
func view(i int, fps float64, size int) *session.View {
	return &session.View{Step: tracker.Step{
		Frame: tracker.Frame{
			Image: image.NewRGBA(image.Rect(0, 0, size, size)), Index: i,
			Time: time.Duration(float64(i) / fps * float64(time.Second)),
		},
		Targets: []tracker.Target{{ID: 1, Result: tracker.Result{Box: tracker.Box{X: 1, Y: 2, W: 3, H: 4}, Score: 0.5}}},
	}}
}

func TestKeeperKeepsRowsInOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.csv")
	create := func(tracker.Step) (record.Recorder, error) { return record.Create(path, record.CSV, record.Options{}) }
	k := NewKeeper(Options{Tracks: []follow.Sink{follow.NewTracks(create, false)}})
	for _, i := range []int{0, 1, 2, 1, 2, 7, 8} { // after 2 a target was chosen anew on frame 1
		v := view(i, 30, 8)
		if i == 7 {
			v.Targets = nil
		}
		if err := k.Each(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(k.Close(), k.Close()); err != nil {
		t.Fatal(err)
	}
	rows, err := record.ReadFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, r := range rows {
		got = append(got, r.Frame)
	}
	if want := []int{0, 1, 2, 8}; !slices.Equal(got, want) {
		t.Errorf("rows of frames %v, want %v", got, want)
	}
}

func TestKeeperPassesErrorsOn(t *testing.T) {
	full := errors.New("disk full")
	k := NewKeeper(Options{
		Tracks: []follow.Sink{&frames{err: full}}, Path: "a.mp4",
		Video: func(string) (follow.Sink, error) { return nil, full },
	})
	if err := k.Each(view(0, 30, 8)); !errors.Is(err, full) {
		t.Errorf("tracks: %v", err)
	}
	if _, err := k.Record(true); !errors.Is(err, full) {
		t.Errorf("video: %v", err)
	}
	if err := k.Each(&session.View{Step: tracker.Step{Frame: view(1, 30, 8).Frame}}); err != nil {
		t.Errorf("a video that did not begin: %v", err)
	}
}

// TestKeeperGoesOnWithoutAVideo: a video that cannot be written on, as on a full disk, ends at once, which is said in
// the log, by Recording and in the end; the session goes on, and a person may begin another video.
func TestKeeperGoesOnWithoutAVideo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("disk full")
		var log strings.Builder
		var files []*frames
		k := NewKeeper(Options{Path: "a.mp4", Log: slog.New(slog.NewTextHandler(&log, nil)),
			Video: func(path string) (follow.Sink, error) {
				files = append(files, &frames{path: path})
				if len(files) == 1 {
					files[0].err = full
				}
				return files[len(files)-1], nil
			}})
		put := func(i int) {
			t.Helper()
			if err := k.Each(view(i, 30, 8)); err != nil {
				t.Fatalf("the session ends with the video: %v", err)
			}
			synctest.Wait()
		}
		state := func(on, failed bool) {
			t.Helper()
			if _, is, err := k.Recording(); is != on || errors.Is(err, full) != failed {
				t.Errorf("recording %v, %v", is, err)
			}
		}
		record := func(on bool) {
			t.Helper()
			if _, err := k.Record(on); err != nil {
				t.Fatal(err)
			}
		}
		record(true)
		state(true, false)
		put(0)
		state(false, true)
		if files[0].closed != 1 {
			t.Error("the video is not made whole at once")
		}
		if n := strings.Count(log.String(), "disk full"); n != 1 {
			t.Errorf("said %d times in the log: %s", n, &log)
		}
		put(1)
		put(2)
		record(true)
		state(true, false)
		put(3)
		record(false)
		synctest.Wait()
		state(false, false)
		if err := errors.Join(k.Close(), k.Close()); !errors.Is(err, full) {
			t.Errorf("in the end: %v", err)
		}
		if len(files) != 2 || len(files[0].got) != 1 || !slices.Equal(files[1].got, []int{3}) || files[1].path != "a-2.mp4" {
			t.Errorf("files %+v", files)
		}
	})
}
