package run_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/run"
	"siamtrack/internal/atomicfile"
	"siamtrack/internal/synth"
	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// scenes are the videos of the tests, by sequence.
var scenes = map[string]synth.Scene{
	"Long":  {Width: 160, Height: 120, Frames: 30, Seed: 2},
	"Mid":   {Width: 160, Height: 120, Frames: 20, Seed: 5, Zoom: 0.2},
	"Short": {Width: 160, Height: 120, Frames: 12, Seed: 9},
	"Tiny":  {Width: 160, Height: 120, Frames: 8, Seed: 12},
}

// world writes the truth of the scenes, with empty files for pictures: they are drawn when opened. extra adds files to
// each sequence's folder.
func world(t *testing.T, truth string, extra func(dir string, s synth.Scene)) *dataset.Dataset {
	t.Helper()
	root := t.TempDir()
	for name, s := range scenes {
		v, err := synth.New(s)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for i := range s.Frames {
			fmt.Fprintln(&text, v.Truth(i).Box)
			put(t, filepath.Join(root, name, "img", fmt.Sprintf("%04d.jpg", i+1)), "")
		}
		put(t, filepath.Join(root, name, truth), text.String())
		if extra != nil {
			extra(filepath.Join(root, name), s)
		}
	}
	d, err := dataset.Open(root, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := atomicfile.WriteWithFolders(path, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// film draws the frames that file names ask for, in the order asked.
type film struct {
	frames []*image.RGBA
	next   int
}

// open reads SEQUENCE/img/0001.jpg as frame 0 of that sequence's scene.
func open(files []string) (tracker.Source, error) {
	name := filepath.Base(filepath.Dir(filepath.Dir(files[0])))
	v, err := synth.New(scenes[name])
	if err != nil {
		return nil, err
	}
	var all []*image.RGBA
	for range scenes[name].Frames {
		var f tracker.Frame
		if err := v.Next(&f); err != nil {
			return nil, err
		}
		all = append(all, f.Image)
	}
	out := &film{}
	for _, f := range files {
		var n int
		if _, err := fmt.Sscanf(filepath.Base(f), "%d.jpg", &n); err != nil {
			return nil, err
		}
		out.frames = append(out.frames, all[n-1])
	}
	return out, nil
}

func (f *film) Next(dst *tracker.Frame) error {
	if f.next == len(f.frames) {
		return io.EOF
	}
	dst.Image, dst.Index = f.frames[f.next], f.next
	f.next++
	return nil
}

func (f *film) Close() error { return nil }

// pixels makes the project's tracker on plain pixels, with crops of half the usual size and one of them a frame: what
// is tested is what is made of its boxes.
func pixels(context.Context) (tracker.Tracker, io.Closer, error) {
	m := siamfc.PixelsManifest()
	m.Exemplar.Size, m.Search.Size, m.Loop.Scales = 63, 127, 1
	m.Grid.Size, m.Grid.Origin = 9, -32
	m.Correlation.Scale = 16. / (7 * 7)
	t, err := siamfc.New(siamfc.NewCorrelator(siamfc.NewPixels(), m), m)
	return t, nil, err
}

// options are those of a plain run.
func options(out string) run.Options {
	return run.Options{Out: out, Open: open, New: pixels, Tracker: folder.About{
		Tracker: "pixels", SHA256: "abc", Parameters: []byte(`{"a": 1}`), Versions: map[string]string{"track": "test"}}}
}

// read is a file's text, empty where there is none.
func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(raw)
}

// TestRunAndResume: a run that is cancelled leaves only whole sequences, and going on gives the files of a run that was
// never stopped, without doing anything twice.
func TestRunAndResume(t *testing.T) {
	d := world(t, "groundtruth_rect.txt", nil)
	whole, cut := t.TempDir(), t.TempDir()
	sum, err := run.Run(context.Background(), d, options(whole))
	if err != nil || sum.Done != 4 || sum.Frames != 70 {
		t.Fatalf("%+v %v", sum, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	o := options(cut)
	o.Progress = func(p run.Progress) {
		if p.Frames == 35 { // in the midst of the second sequence
			cancel()
		}
	}
	if _, err := run.Run(ctx, d, o); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(cut, "*.txt"))
	if err != nil || len(files) != 1 {
		t.Fatalf("after the stop: %v %v", files, err)
	}
	o.Progress = nil
	o.Jobs = 3
	if sum, err = run.Run(context.Background(), d, o); err != nil || sum.Skipped != 1 || sum.Done != 3 {
		t.Fatalf("%+v %v", sum, err)
	}
	for name := range scenes {
		for _, f := range []string{name + ".txt", "confidence/" + name + "_confidence.value"} {
			if a := read(t, filepath.Join(whole, f)); a == "" || a != read(t, filepath.Join(cut, f)) {
				t.Errorf("%s differs from the run that was not stopped", f)
			}
		}
		times := read(t, filepath.Join(cut, "times", name+"_time.txt"))
		if strings.Count(times, "\n") != scenes[name].Frames {
			t.Errorf("%s: times\n%s", name, times)
		}
	}
	if sum, err = run.Run(context.Background(), d, o); err != nil || sum.Skipped != 4 || sum.Frames != 0 {
		t.Errorf("%+v %v", sum, err)
	}
	if err := os.Truncate(files[0], 0); err != nil {
		t.Fatal(err)
	}
	if sum, err = run.Run(context.Background(), d, o); err != nil || sum.Skipped != 3 || sum.Done != 1 {
		t.Errorf("with an empty file: %+v %v", sum, err)
	}
	if name := filepath.Base(files[0]); read(t, files[0]) != read(t, filepath.Join(whole, name)) {
		t.Errorf("%s was not done again", name)
	}
}

// TestManifestRefusesOthers: another model, other parameters, another version or experiment do not mix into a folder.
func TestManifestRefusesOthers(t *testing.T) {
	d := world(t, "groundtruth_rect.txt", nil)
	out := t.TempDir()
	if _, err := run.Run(context.Background(), d, options(out)); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*run.Options){
		"model":      func(o *run.Options) { o.Tracker.SHA256 = "def" },
		"parameters": func(o *run.Options) { o.Tracker.Parameters = []byte(`{"a": 2}`) },
		"version":    func(o *run.Options) { o.Tracker.Versions = map[string]string{"track": "other"} },
		"experiment": func(o *run.Options) { o.Experiment = folder.Unsupervised },
		"shard":      func(o *run.Options) { o.Shard = folder.Shard{Index: 0, Count: 2} },
	} {
		o := options(out)
		change(&o)
		if _, err := run.Run(context.Background(), d, o); !errors.Is(err, folder.ErrOtherRun) {
			t.Errorf("another %s: %v", what, err)
		}
	}
	o := options(out)
	o.Tracker.Parameters = []byte("{\"a\":1}\n")
	if _, err := run.Run(context.Background(), d, o); err != nil {
		t.Errorf("the same parameters, spaced otherwise: %v", err)
	}
	d.Sequences[0].Truth[1].X++
	if _, err := run.Run(context.Background(), d, o); !errors.Is(err, folder.ErrOtherRun) {
		t.Errorf("another truth: %v", err)
	}
}

// TestShards: shares are apart, even, and joined they are the whole run; a share that is missing or there twice is
// refused.
func TestShards(t *testing.T) {
	d := world(t, "groundtruth_rect.txt", nil)
	whole := t.TempDir()
	if _, err := run.Run(context.Background(), d, options(whole)); err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for i := range 2 {
		o := options(t.TempDir())
		o.Shard = folder.Shard{Index: i, Count: 2}
		sum, err := run.Run(context.Background(), d, o)
		if err != nil {
			t.Fatal(err)
		}
		if sum.Frames < 32 || sum.Frames > 38 { // 30+8 and 20+12
			t.Errorf("share %d has %d of 70 frames", i, sum.Frames)
		}
		dirs = append(dirs, o.Out)
	}
	out := t.TempDir()
	if _, err := run.Merge(dirs, out); err != nil {
		t.Fatal(err)
	}
	for name := range scenes {
		if a := read(t, filepath.Join(whole, name+".txt")); a == "" || a != read(t, filepath.Join(out, name+".txt")) {
			t.Errorf("%s differs from the whole run", name)
		}
	}
	if sum, err := run.Run(context.Background(), d, options(out)); err != nil || sum.Skipped != 4 {
		t.Errorf("the joined run is not the whole one: %+v %v", sum, err)
	}
	for _, bad := range [][]string{dirs[:1], {dirs[0], dirs[0]}, {whole}} {
		if _, err := run.Merge(bad, t.TempDir()); !errors.Is(err, folder.ErrOtherRun) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if err := os.Remove(filepath.Join(dirs[0], "Long.txt")); err != nil {
		t.Fatal(err)
	}
	if _, err := run.Merge(dirs, t.TempDir()); err == nil || !strings.Contains(err.Error(), "Long") {
		t.Errorf("a share without Long: %v", err)
	}
	for _, bad := range []string{"1", "2/2", "-1/2", "a/b", "0/0"} {
		if _, err := folder.ParseShard(bad); !errors.Is(err, folder.ErrUse) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestOneBadSequence: a sequence whose frames and truth do not match is named, the others are run.
func TestOneBadSequence(t *testing.T) {
	d := world(t, "groundtruth_rect.txt", nil)
	mid, _ := d.Find("Mid")
	mid.Truth = mid.Truth[:10]
	sum, err := run.Run(context.Background(), d, options(t.TempDir()))
	if err == nil || !strings.Contains(err.Error(), "Mid: 20 frames, 10 lines of truth") || sum.Done != 3 {
		t.Errorf("%+v %v", sum, err)
	}
	o := options(t.TempDir())
	o.New = func(context.Context) (tracker.Tracker, io.Closer, error) { return nil, nil, errors.New("no model") }
	if _, err := run.Run(context.Background(), d, o); err == nil || !strings.Contains(err.Error(), "no model") {
		t.Error(err)
	}
}
