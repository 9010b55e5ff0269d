package live

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"siamtrack/internal/follow"
	"siamtrack/tracker"
)

func TestKeeperFilms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var files []*frames
		k := NewKeeper(Options{Path: "dir/out.mp4", Video: func(path string) (follow.Sink, error) {
			files = append(files, &frames{path: path})
			return files[len(files)-1], nil
		}})
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
		want := [][]int{{2, 3, 6, 7}, {9, 600, 601}, {602, 603}}
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
		k := NewKeeper(Options{Path: "a.mp4", Video: func(string) (follow.Sink, error) { return video, nil }})
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

// TestCadenceKeepsTime: frames have the times that they came at, but for long gaps, which are shorter where the encoder
// does not keep up.
func TestCadenceKeepsTime(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		behind   bool
		at, want []time.Duration
	}{
		{false, []time.Duration{5 * s, 6 * s, 6*s + 1, 7 * s}, []time.Duration{0, s, s + 1, 2 * s}},
		{false, []time.Duration{0, s, 61 * s, 62 * s}, []time.Duration{0, s, 3 * s, 4 * s}},
		{true, []time.Duration{0, s, 2 * s}, []time.Duration{0, s / 5, 2 * s / 5}},
	} {
		var p cadence
		for i, at := range c.at {
			if got := p.place(at, c.behind); got != c.want[i] {
				t.Errorf("%v behind %v: %v is placed at %v, not %v", c.at, c.behind, at, got, c.want[i])
			}
		}
	}
}

// TestSegments: a video ends after its time, each is named by its own start, and a file that is there is let alone.
func TestSegments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		var files []*frames
		k := NewKeeper(Options{
			Path: filepath.Join(dir, "out.mkv"), Segment: 2 * time.Second,
			Video: func(path string) (follow.Sink, error) {
				files = append(files, &frames{path: path})
				return files[len(files)-1], nil
			},
		})
		taken := filepath.Join(dir, "out-"+time.Now().Format(stamp)+".mkv")
		if err := os.WriteFile(taken, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		if name, err := k.Record(true); err != nil || name != strings.TrimSuffix(taken, ".mkv")+"-2.mkv" {
			t.Errorf("the first is %q, %v", name, err)
		}
		for i := range 50 {
			if err := k.Each(view(i, 10, 8)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if err := k.Close(); err != nil {
			t.Fatal(err)
		}
		if len(files) != 3 || len(files[0].got) != 20 || len(files[1].got) != 20 || len(files[2].got) != 10 {
			t.Fatalf("%d files", len(files))
		}
		if files[0].path == files[1].path || files[1].path == files[2].path {
			t.Errorf("two segments of one name: %s, %s, %s", files[0].path, files[1].path, files[2].path)
		}
	})
}

// TestSegmentsGoOn: where a segment fails, or cannot begin, the next one is tried after its time; what is finished is
// not kept in memory.
func TestSegmentsGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("disk full")
		var files []*frames
		k := NewKeeper(Options{Path: filepath.Join(t.TempDir(), "out.mkv"), Segment: 2 * time.Second,
			Video: func(path string) (follow.Sink, error) {
				files = append(files, &frames{path: path})
				switch len(files) {
				case 2:
					files[1].err = full
				case 3:
					return nil, full
				}
				return files[len(files)-1], nil
			}})
		if _, err := k.Record(true); err != nil {
			t.Fatal(err)
		}
		for i := range 200 {
			if err := k.Each(view(i, 10, 8)); err != nil {
				t.Fatal(err)
			}
			if time.Sleep(100 * time.Millisecond); len(k.ended) > 1 {
				t.Fatalf("%d videos are kept that have ended", len(k.ended))
			}
			if _, on, err := k.Recording(); on == (i >= 20 && i < 60) || (err != nil) == on {
				t.Fatalf("frame %d: recording %v, %v", i, on, err)
			}
		}
		if _, err := k.Record(false); err != nil {
			t.Fatal(err)
		}
		for i := 200; i < 230; i++ { // nobody wants any more
			if err := k.Each(view(i, 10, 8)); err != nil {
				t.Fatal(err)
			}
		}
		if err := k.Close(); !errors.Is(err, full) {
			t.Errorf("in the end: %v", err)
		}
		var got []int
		for _, f := range files {
			got = append(got, len(f.got))
		}
		if want := []int{20, 1, 0, 20, 20, 20, 20, 20, 20, 20}; !slices.Equal(got, want) {
			t.Errorf("segments of %v frames, want %v", got, want)
		}
	})
}
