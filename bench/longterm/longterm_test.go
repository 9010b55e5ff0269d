package longterm

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/bench/dataset"
	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

// synthetic writes sequences whose target is known, and returns them.
func synthetic(t *testing.T, scenes ...synth.Scene) []dataset.Sequence {
	t.Helper()
	root := t.TempDir()
	quick := png.Encoder{CompressionLevel: png.NoCompression}
	for i, scene := range scenes {
		folder := filepath.Join(root, fmt.Sprint("scene", i))
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		src, err := synth.New(scene)
		if err != nil {
			t.Fatal(err)
		}
		var rows strings.Builder
		var f tracker.Frame
		for {
			if err := src.Next(&f); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			file, err := os.Create(filepath.Join(folder, fmt.Sprintf("%04d.png", f.Index)))
			if err == nil {
				err = errors.Join(quick.Encode(file, f.Image), file.Close())
			}
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&rows, src.Truth(f.Index).Box)
		}
		if err := os.WriteFile(filepath.Join(folder, "groundtruth.txt"), []byte(rows.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	d, err := dataset.Open(root, dataset.Options{Format: dataset.Plain})
	if err != nil {
		t.Fatal(err)
	}
	return d.Sequences
}

// twoScenes are small, the second's target on another path.
var twoScenes = []synth.Scene{
	{Width: 160, Height: 120, Frames: 25, Seed: 3, TargetW: 12, TargetH: 16},
	{Width: 152, Height: 140, Frames: 25, Seed: 8, TargetW: 16, TargetH: 12},
}

// read decodes any picture of the tests.
func read(path string) (*image.RGBA, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	img, _, err := image.Decode(file)
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, out.Rect.Min, draw.Src)
	return out, nil
}

// made makes long sequences and reads them back.
func made(t *testing.T, sequences []dataset.Sequence, o Options) (string, *dataset.Dataset) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "long")
	told := 0
	kept := map[string]*image.RGBA{} // each is read some twenty times
	once := func(path string) (*image.RGBA, error) {
		if kept[path] != nil {
			return kept[path], nil
		}
		img, err := read(path)
		kept[path] = img
		return img, err
	}
	m := Maker{Options: o, Read: once, Progress: func(done, total int) { told = total - done }}
	if err := m.Make(t.Context(), sequences, folder); err != nil {
		t.Fatal(err)
	}
	if told != 0 {
		t.Errorf("%d frames are left", told)
	}
	d, err := dataset.Open(folder, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return folder, d
}

// TestMade: what is made is a long-term dataset of as many frames, gone as often, and where the truth says that the
// target is its pixels are.
func TestMade(t *testing.T) {
	o := Options{Frames: 500, Gaps: 3, Seed: 1}
	sequences := synthetic(t, twoScenes...)
	_, d := made(t, sequences, o)
	if d.Format != dataset.VOTLT || len(d.Sequences) != 2 {
		t.Fatalf("layout %s, %d sequences", d.Format, len(d.Sequences))
	}
	for i := range d.Sequences {
		s := &d.Sequences[i]
		files, err := s.Frames()
		if err != nil || len(files) != o.Frames || s.Len() != o.Frames {
			t.Fatalf("%s: %d pictures, %d boxes, %v", s.Name, len(files), s.Len(), err)
		}
		if w, h, err := s.Size(); err != nil || w != twoScenes[i].Width/2 || h != twoScenes[i].Height/2 {
			t.Errorf("%s: %dx%d, %v", s.Name, w, h, err)
		}
		gaps, absent := 0, 0
		for f, b := range s.Truth {
			if b.Empty() {
				absent++
				if f == 0 || !s.Truth[f-1].Empty() {
					gaps++
				}
			}
		}
		if gaps != o.Gaps || absent < o.Gaps*(minGap-2*turning) || absent > o.Gaps*maxGap || s.Truth[0].Empty() {
			t.Errorf("%s: gone %d times, in %d frames of %d", s.Name, gaps, absent, o.Frames)
		}
		for _, f := range []int{0, 20, o.Frames - 1} {
			lookAt(t, s, files[f], f, &sequences[i])
		}
	}
}

// lookAt compares the target's pixels in a made frame with those of the frame that it is of.
func lookAt(t *testing.T, s *dataset.Sequence, file string, f int, from *dataset.Sequence) {
	t.Helper()
	src, err := newSource(from)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := read(src.files[src.frame(f)])
	if err != nil {
		t.Fatal(err)
	}
	at, is := s.Truth[f], src.truth[src.frame(f)]
	if math.Abs(at.W-is.W) > 0.02 || math.Abs(at.H-is.H) > 0.02 {
		t.Fatalf("frame %d: %v is not whole, the target is %v", f, at, is)
	}
	dx, dy := int(math.Round(is.X-at.X)), int(math.Round(is.Y-at.Y))
	sum, n := 0.0, 0
	for y := int(at.Y); y < int(at.Y+at.H); y++ {
		for x := int(at.X); x < int(at.X+at.W); x++ {
			a, b := got.RGBAAt(x, y), want.RGBAAt(x+dx, y+dy)
			sum += math.Abs(float64(a.G) - float64(b.G))
			n++
		}
	}
	if mean := sum / float64(n); mean > 12 { // JPEG's own
		t.Errorf("%s, frame %d: the target's pixels are %.1f off", s.Name, f, mean)
	}
}

// TestSameSeedSameFrames compares every file of two runs, and of one with another seed.
func TestSameSeedSameFrames(t *testing.T) {
	sequences := synthetic(t, twoScenes...)
	sum := func(seed uint64) [32]byte {
		folder, _ := made(t, sequences, Options{Frames: 350, Gaps: 2, Seed: seed})
		h := sha256.New()
		err := fs.WalkDir(os.DirFS(folder), ".", func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			raw, err := os.ReadFile(filepath.Join(folder, path))
			fmt.Fprintln(h, path, len(raw))
			h.Write(raw)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return [32]byte(h.Sum(nil))
	}
	first := sum(7)
	if first != sum(7) {
		t.Error("the same seed made other files")
	}
	if first == sum(8) {
		t.Error("another seed made the same files")
	}
}

// TestPlan: over many seeds the window lies in the frame, the stays and gaps fill the frames, and both kinds of gap
// come.
func TestPlan(t *testing.T) {
	var sources []source
	for _, s := range synthetic(t, twoScenes...) {
		src, err := newSource(&s)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, src)
	}
	cuts, turns := 0, 0
	for seed := range uint64(60) {
		moments, err := plan(sources[0], sources[1], Options{Frames: 1000, Gaps: 5, Seed: seed}, 0)
		if err != nil || len(moments) != 1000 {
			t.Fatalf("seed %d: %d moments, %v", seed, len(moments), err)
		}
		frame := image.Rectangle{Max: sources[0].size}
		for i, m := range moments {
			if !m.other && !m.window.In(frame) {
				t.Fatalf("seed %d, frame %d: window %v of %v", seed, i, m.window, frame)
			}
			if i == 0 || !moments[i-1].truth.Empty() == !m.truth.Empty() || !m.truth.Empty() {
				continue
			}
			if m.other {
				cuts++
			} else {
				turns++
			}
		}
	}
	if cuts+turns != 300 || cuts < 60 || turns < 30 {
		t.Errorf("%d cuts and %d turns in 60 plans of 5 gaps", cuts, turns)
	}
}

func TestUnfit(t *testing.T) {
	good := synthetic(t, twoScenes...)
	large := synthetic(t, synth.Scene{Width: 120, Height: 90, Frames: 5, TargetW: 60, TargetH: 60}, twoScenes[0])
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "a"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		sequences []dataset.Sequence
		o         Options
		folder    string
		says      string
	}{
		"one sequence":     {good[:1], Options{Frames: 700, Gaps: 4}, "", "two sequences or more"},
		"no gaps":          {good, Options{Frames: 700}, "", "700 frames with 0 gaps, where each is at least 1"},
		"too many gaps":    {good, Options{Frames: 700, Gaps: 5}, "", "room for 4 gaps at most"},
		"far too many":     {good, Options{Frames: 700, Gaps: 26}, "", "room for 4 gaps at most"},
		"no frames":        {good, Options{Gaps: 5}, "", "0 frames"},
		"target too large": {large, Options{Frames: 700, Gaps: 4}, "", "fills the window"},
		"folder not empty": {good, Options{Frames: 700, Gaps: 4}, full, "an empty folder is needed"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.folder == "" {
				c.folder = filepath.Join(t.TempDir(), "new")
			}
			err := Maker{Options: c.o, Read: read}.Make(t.Context(), c.sequences, c.folder)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %s", err, c.says)
			}
			if _, err := os.Stat(filepath.Join(c.folder, "list.txt")); err == nil {
				t.Error("a dataset was made")
			}
		})
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	folder := filepath.Join(t.TempDir(), "stopped")
	if err := (Maker{Options: Options{Frames: 700, Gaps: 4}, Read: read}).Make(ctx, good, folder); !errors.Is(err,
		context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
