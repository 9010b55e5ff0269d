package folder

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/bench/region"
	"siamtrack/internal/atomicfile"
	"siamtrack/tracker"
)

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := atomicfile.WriteWithFolders(path, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// TestReadTrack: the layouts of OTB, its spellings of names, and of GOT-10k with its repetitions.
func TestReadTrack(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Jogging-1.txt"), "1,2,3,4\n5\t6\t7\t8\n")
	write(t, filepath.Join(dir, "times", "Jogging-1_time.txt"), "0\n0.5\n")
	write(t, filepath.Join(dir, "G", "G_001.txt"), "1,2,3,4\n")
	write(t, filepath.Join(dir, "G", "G_002.txt"), "2,2,3,4\n")
	write(t, filepath.Join(dir, "G", "G_time.txt"), "0.25,0.5\n")
	a, err := ReadTrack(dir, "Jogging_1")
	if err != nil || len(a.Boxes) != 2 || a.Boxes[1] != (tracker.Box{X: 5, Y: 6, W: 7, H: 8}) || a.Seconds[1] != 0.5 {
		t.Errorf("%+v %v", a, err)
	}
	g, err := ReadTrack(dir, "G")
	if err != nil || len(g.Repeats) != 2 || g.Repeats[1][0].X != 2 || g.RepeatSeconds[1][0] != 0.5 {
		t.Errorf("%+v %v", g, err)
	}
	if _, err := ReadTrack(dir, "None"); !errors.Is(err, ErrMissing) {
		t.Error(err)
	}
}

// TestBadFiles: truncated and garbled files are named with the line.
func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string][2]string{
		"cut":   {"1,2,3,4\n5,6,7", "cut.txt:2:"},
		"words": {"1,2,3,4\n\x00\x01", "words.txt:2:"},
		"empty": {"", "empty.txt:1:"},
		"hole":  {"1,2,3,4\n\n1,2,3,4\n", "hole.txt:2:"},
	} {
		write(t, filepath.Join(dir, name+".txt"), c[0])
		if _, err := ReadTrack(dir, name); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %s", name, err, c[1])
		}
	}
	write(t, filepath.Join(dir, "v.txt"), "1\n1,2,3,4\n7,7\n")
	if _, err := ReadRegions(filepath.Join(dir, "v")); !errors.Is(err, region.ErrRegion) ||
		!strings.Contains(err.Error(), "v.txt:3:") {
		t.Error(err)
	}
	write(t, filepath.Join(dir, "w.bin"), "\x01\x00\xff\xff")
	if _, err := ReadRegions(filepath.Join(dir, "w")); !errors.Is(err, region.ErrRegion) {
		t.Error(err)
	}
	if _, err := ReadRegions(filepath.Join(dir, "nowhere")); !errors.Is(err, ErrMissing) {
		t.Error(err)
	}
}

// TestRoundTrips: what is written reads back, and nothing else is left in the folder.
func TestRoundTrips(t *testing.T) {
	dir := t.TempDir()
	boxes := []tracker.Box{{X: 1.25, Y: -2, W: 3, H: 4}, {X: math.NaN(), Y: math.NaN(), W: math.NaN(), H: math.NaN()}}
	if err := WriteBoxes(At(dir, "s.txt"), boxes); err != nil {
		t.Fatal(err)
	}
	got, err := ReadTrack(dir, "s")
	if err != nil || got.Boxes[0] != boxes[0] || !math.IsNaN(got.Boxes[1].X) {
		t.Errorf("%v %v", got, err)
	}
	confidence := At(dir, "c.value")
	if err := WriteConfidence(confidence, []float64{math.NaN(), 0.5, 1}); err != nil {
		t.Fatal(err)
	}
	if c, err := ReadConfidence(confidence.Path()); err != nil || len(c) != 3 || !math.IsNaN(c[0]) || c[1] != 0.5 {
		t.Errorf("%v %v", c, err)
	}
	regions := []region.Region{region.FromCode(1), region.FromBox(boxes[0]),
		{Kind: region.Polygon, Points: []region.Point{{X: 1, Y: 2}, {X: 3, Y: 4}, {X: 5, Y: 7}}}}
	if err := WriteRegions(At(dir, "r.txt"), regions); err != nil {
		t.Fatal(err)
	}
	back, err := ReadRegions(filepath.Join(dir, "r"))
	if err != nil || len(back) != 3 || !back[0].Is(region.Init) || back[2].Points[2].Y != 7 {
		t.Errorf("%v %v", back, err)
	}
	items, err := os.ReadDir(dir)
	if err != nil || len(items) != 3 {
		t.Errorf("%v %v: something was left behind", items, err)
	}
	if err := atomicfile.WriteWithFolders(filepath.Join(dir, "s.txt", "under"), nil); err == nil {
		t.Error("a file was written under a file")
	}
}

// TestBadTimes: times that are ragged, negative or not as many as boxes are named with the line.
func TestBadTimes(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "s.txt"), "1,2,3,4\n1,2,3,4\n1,2,3,4\n")
	for times, want := range map[string]string{
		"":                        "s_time.txt:1: 0 times for 3 frames",
		"0\n0.1\n":                "s_time.txt:2: 2 times for 3 frames",
		"0\n0.1\n0.1\n0.1\n0.1\n": "s_time.txt:4: 5 times for 3 frames",
		"0,0\n0.1\n0.1,0.1\n":     "s_time.txt:2: 1 times where the last line has 2",
		"0\n\n0.1,0.1\n":          "s_time.txt:1: 1 times where the last line has 2",
		"0\n0.1\n-1\n":            "s_time.txt:3: -1 is no time",
		"0\n0.1\nfast\n":          "s_time.txt:3: \"fast\" is not a number",
	} {
		write(t, filepath.Join(dir, "s_time.txt"), times)
		if _, err := ReadTrack(dir, "s"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", times, err, want)
		}
	}
}

// TestTimesOfSkippedFrames: the VOT toolkit leaves a line blank where a frame was skipped.
func TestTimesOfSkippedFrames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s_001_time.value")
	write(t, path, "\n0.5\n\n0.25\n\n")
	got, err := ReadTimes(path)
	if err != nil || len(got) != 1 || len(got[0]) != 4 || !math.IsNaN(got[0][0]) || got[0][1] != 0.5 ||
		!math.IsNaN(got[0][2]) {
		t.Errorf("%v %v", got, err)
	}
}

func FuzzTimes(f *testing.F) {
	f.Add("0,0\n0.1,0.2\n")
	f.Add("0\n\n-1")
	f.Fuzz(func(t *testing.T, text string) {
		times, err := parseTimes("t", strings.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "t:") {
				t.Errorf("%q: no line in %v", text, err)
			}
			return
		}
		for _, col := range times {
			if len(col) != len(times[0]) {
				t.Errorf("%q: columns of %d and %d", text, len(col), len(times[0]))
			}
		}
	})
}

func FuzzConfidence(f *testing.F) {
	f.Add([]byte("\n0.5\n1\n"))
	f.Add([]byte("nan\n1,2"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := parseConfidence("c", raw)
		if err == nil && len(v) > len(raw)+1 {
			t.Errorf("%q: %d values", raw, len(v))
		}
	})
}
