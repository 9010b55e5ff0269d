package live

import (
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
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
	k := NewKeeper([]follow.Sink{follow.NewTracks(create, false)}, nil, "", 30)
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
	rows, err := record.ReadFile(path)
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

func TestKeeperFilms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var files []*frames
		k := NewKeeper(nil, func(path string) (follow.Sink, error) {
			files = append(files, &frames{path: path})
			return files[len(files)-1], nil
		}, "dir/out.mp4", 10)
		put := func(size int, indices ...int) {
			for _, i := range indices {
				if err := k.Each(view(i, 10, size)); err != nil {
					t.Fatal(err)
				}
				synctest.Wait() // the encoder is fast enough
			}
		}
		record := func(on bool, name string) {
			if got, err := k.Record(on); err != nil || got != name {
				t.Errorf("Record(%v) = %q, %v; want %q", on, got, err, name)
			}
		}
		put(8, 0, 1)
		record(true, "dir/out.mp4")
		record(true, "dir/out.mp4")
		put(8, 2, 3, 6, 7) // 4 and 5 were dropped
		record(false, "dir/out.mp4")
		put(8, 8)
		record(true, "dir/out-2.mp4")
		put(8, 9, 600, 601) // the source was away for a minute, the video stands still for two seconds
		put(16, 602, 603)   // and came back with another size
		if err := errors.Join(k.Close(), k.Close()); err != nil {
			t.Fatal(err)
		}
		want := [][]int{{2, 3, 6, 6, 6, 7}, append(append([]int{9}, slices.Repeat([]int{600}, 20)...), 601), {602, 603}}
		if len(files) != len(want) || k.Late() != 0 {
			t.Fatalf("%d files, want %d; %d frames came too early", len(files), len(want), k.Late())
		}
		for i, f := range files {
			if !slices.Equal(f.got, want[i]) || f.closed != 1 {
				t.Errorf("%s has frames %v, want %v; closed %d times", f.path, f.got, want[i], f.closed)
			}
		}
	})
}

// slow is a video whose encoder takes delay for a frame, and again to finish the file.
type slow struct {
	frames
	delay time.Duration
	red   []uint8 // the first sample of each picture
}

func (s *slow) Put(step tracker.Step) error {
	time.Sleep(s.delay)
	s.red = append(s.red, step.Frame.Image.Pix[0])
	return s.frames.Put(step)
}

func (s *slow) Close() error {
	time.Sleep(s.delay)
	return s.frames.Close()
}

// TestKeeperNeverWaitsForTheEncoder films with an encoder that is ten times too slow, in a tracker whose view is used
// again at once: the tracker does not feel it, the video has other frames all the time, and the file is whole.
func TestKeeperNeverWaitsForTheEncoder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		video := &slow{delay: time.Second}
		k := NewKeeper(nil, func(string) (follow.Sink, error) { return video, nil }, "a.mp4", 10)
		if _, err := k.Record(true); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		for i := range 601 {
			v := view(i, 10, 8)
			v.Frame.Image.Pix[0] = uint8(i % 251)
			if err := k.Each(v); err != nil {
				t.Fatal(err)
			}
			v.Frame.Image.Pix[0] = 255 // it is the tracker's again
			time.Sleep(100 * time.Millisecond)
		}
		if _, err := k.Record(false); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d != 601*100*time.Millisecond {
			t.Errorf("a minute of tracking took %v beside the encoder", d)
		}
		if err := k.Close(); err != nil {
			t.Fatal(err)
		}
		distinct := slices.Compact(slices.Clone(video.got))
		if len(distinct) < 25 || !slices.IsSorted(video.got) || video.got[len(video.got)-1] != 600 || video.closed != 1 {
			t.Errorf("%d frames, %d of them different, want half; the last is %d; closed %d times",
				len(video.got), len(distinct), video.got[len(video.got)-1], video.closed)
		}
		for i, f := range video.got {
			if video.red[i] != uint8(f%251) {
				t.Fatalf("the picture of frame %d was changed before it was encoded", f)
			}
		}
		if want := 601 - len(distinct); k.Late() != want {
			t.Errorf("%d frames said to be left out, %d are", k.Late(), want)
		}
	})
}

// TestCadenceKeepsTime: whatever the rate of a source, the video is as long as it was.
func TestCadenceKeepsTime(t *testing.T) {
	for _, rate := range []float64{7, 29.97, 30, 60, 144} {
		p := cadence{fps: 30}
		n := 0
		for i := range int(10*rate) + 1 {
			n += p.copies(time.Duration(float64(i)/rate*float64(time.Second)), false)
		}
		if n < 299 || n > 302 {
			t.Errorf("10 s of a source of %v frames/s gave %d frames at 30", rate, n)
		}
	}
}

func TestKeeperPassesErrorsOn(t *testing.T) {
	full := errors.New("disk full")
	k := NewKeeper([]follow.Sink{&frames{err: full}}, func(string) (follow.Sink, error) { return nil, full }, "a.mp4", 30)
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

// TestKeeperSaysOnceThatAVideoFails: with the next frame, or where none comes, in the end.
func TestKeeperSaysOnceThatAVideoFails(t *testing.T) {
	full := errors.New("disk full")
	for _, more := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			video := &frames{err: full}
			k := NewKeeper(nil, func(string) (follow.Sink, error) { return video, nil }, "a.mp4", 30)
			if _, err := k.Record(true); err != nil {
				t.Fatal(err)
			}
			if err := k.Each(view(0, 30, 8)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if more {
				if err := k.Each(view(1, 30, 8)); !errors.Is(err, full) {
					t.Errorf("the next frame: %v", err)
				}
			}
			if err := k.Close(); errors.Is(err, full) == more {
				t.Errorf("said before: %v, and in the end %v", more, err)
			}
			if len(video.got) != 1 || video.closed != 1 {
				t.Errorf("given %v after the failure, closed %d times", video.got, video.closed)
			}
		})
	}
}

func TestSnapshot(t *testing.T) {
	dir := t.TempDir()
	v := view(7, 10, 16)
	for i := range v.Frame.Image.Pix {
		v.Frame.Image.Pix[i] = 255
	}
	v.Frame.Image.SetRGBA(3, 4, color.RGBA{1, 2, 3, 255})
	path, err := Snapshot(dir, v, time.Date(2024, 5, 1, 12, 30, 15, 250e6, time.UTC))
	if err != nil || path != filepath.Join(dir, "snapshot-20240501-123015.250.png") {
		t.Fatalf("%q, %v", path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil || img.At(3, 4) != (color.RGBA{1, 2, 3, 255}) {
		t.Errorf("pixel %v, %v", img.At(3, 4), err)
	}
	text, err := os.ReadFile(strings.TrimSuffix(path, "png") + "json")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	b, _ := got["box"].(map[string]any)
	if b["w"] != 3.0 || got["state"] != "tracking" || got["frame"] != 7.0 || got["time_s"] != 0.7 {
		t.Errorf("%s", text)
	}
	if _, err := Snapshot(filepath.Join(dir, "none"), v, time.Now()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
}
