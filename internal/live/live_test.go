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
	"time"

	"siamtrack/internal/follow"
	"siamtrack/internal/record"
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
func view(i int, fps float64, size int) *tracker.View {
	return &tracker.View{
		Frame: tracker.Frame{
			Image: image.NewRGBA(image.Rect(0, 0, size, size)), Index: i,
			Time: time.Duration(float64(i) / fps * float64(time.Second)),
		},
		Target: true, Result: tracker.Result{Box: tracker.Box{X: 1, Y: 2, W: 3, H: 4}, Score: 0.5},
	}
}

func TestKeeperKeepsRowsInOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.csv")
	create := func() (record.Recorder, error) { return record.Create(path, record.CSV) }
	k := NewKeeper([]follow.Sink{follow.NewTracks(create, false)}, nil, "", 30)
	for _, i := range []int{0, 1, 2, 1, 2, 7, 8} { // after 2 a target was chosen anew on frame 1
		v := view(i, 30, 8)
		v.Target = i != 7
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
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	want := [][]int{{2, 3, 6, 6, 6, 7}, append(append([]int{9}, slices.Repeat([]int{600}, 20)...), 601), {602, 603}}
	if len(files) != len(want) {
		t.Fatalf("%d files, want %d", len(files), len(want))
	}
	for i, f := range files {
		if !slices.Equal(f.got, want[i]) || f.closed != 1 {
			t.Errorf("%s has frames %v, want %v; closed %d times", f.path, f.got, want[i], f.closed)
		}
	}
}

// TestPacerKeepsTime: whatever the rate of a source, the video is as long as it was.
func TestPacerKeepsTime(t *testing.T) {
	for _, rate := range []float64{7, 29.97, 30, 60, 144} {
		p := pacer{fps: 30}
		n := 0
		for i := range int(10*rate) + 1 {
			n += p.copies(time.Duration(float64(i) / rate * float64(time.Second)))
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
	if err := k.Each(&tracker.View{Frame: view(1, 30, 8).Frame}); err != nil {
		t.Errorf("a video that did not begin: %v", err)
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
	if b, _ := got["box"].(map[string]any); b["w"] != 3.0 || got["state"] != "tracking" || got["frame"] != 7.0 || got["time_s"] != 0.7 {
		t.Errorf("%s", text)
	}
	if _, err := Snapshot(filepath.Join(dir, "none"), v, time.Now()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
}
