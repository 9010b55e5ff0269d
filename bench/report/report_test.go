package report

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/run"
	"siamtrack/bench/score"
	"siamtrack/internal/synth"
	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// world draws a small benchmark, runs two trackers on it and scores them.
func world(t testing.TB) (*dataset.Dataset, *score.Evaluation) {
	t.Helper()
	root, runs := t.TempDir(), t.TempDir()
	scenes := map[string]synth.Scene{
		"Calm":   {Width: 240, Height: 180, Frames: 40, Seed: 1},
		"Fast":   {Width: 240, Height: 180, Frames: 40, Seed: 6, Period: 40, Zoom: 0.3},
		"Hidden": {Width: 240, Height: 180, Frames: 40, Seed: 11, Distractor: true, Hidden: []synth.Span{{From: 10, To: 20}}},
	}
	for name, scene := range scenes {
		paint(t, filepath.Join(root, name), scene)
	}
	d, err := dataset.Open(root, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d.Name = "Synthetic"
	for i, step := range []float64{0.2, 0.6} {
		_, err := run.Run(context.Background(), d, run.Options{
			Out:     filepath.Join(runs, fmt.Sprintf("pixels-%d", i)),
			Tracker: folder.About{Tracker: fmt.Sprintf("pixels, window %.1f", step)},
			Timing:  true, // the plot of speeds is of timed runs
			Open:    openFiles, New: func(context.Context) (tracker.Tracker, io.Closer, error) {
				m := siamfc.PixelsManifest()
				m.Loop.WindowInfluence = step
				tr, err := siamfc.New(siamfc.NewCorrelator(siamfc.NewPixels(), m), m)
				return tr, nil, err
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	entries, err := score.Find(d, []string{runs})
	if err != nil {
		t.Fatal(err)
	}
	ev, err := score.Evaluate(context.Background(), d, entries, score.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d, ev
}

// paint writes one sequence in OTB's layout.
func paint(t testing.TB, dir string, scene synth.Scene) {
	t.Helper()
	v, err := synth.New(scene)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "img"), 0o777); err != nil {
		t.Fatal(err)
	}
	var truth strings.Builder
	var f tracker.Frame
	for i := range scene.Frames {
		if err := v.Next(&f); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, f.Image, nil); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "img", fmt.Sprintf("%04d.jpg", i+1)), b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&truth, v.Truth(i).Box)
	}
	for name, text := range map[string]string{
		"groundtruth_rect.txt": truth.String(), "attributes.txt": "SV, " + filepath.Base(dir),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// pictures is a source of JPEG files, decoded by the standard library.
type pictures struct {
	files []string
	next  int
}

func openFiles(files []string) (tracker.Source, error) { return &pictures{files: files}, nil }

func (p *pictures) Next(dst *tracker.Frame) error {
	if p.next == len(p.files) {
		return io.EOF
	}
	f, err := os.Open(p.files[p.next])
	if err != nil {
		return err
	}
	defer f.Close()
	img, err := jpeg.Decode(f)
	if err != nil {
		return err
	}
	dst.Image, dst.Index = rgba(img), p.next
	p.next++
	return nil
}

func (p *pictures) Close() error { return nil }

// TestPage: the page stands alone, holds both trackers, the frames and the maps; the plots are an XML document and a
// picture of the size meant.
func TestPage(t *testing.T) {
	_, ev := world(t)
	dir := t.TempDir()
	if err := WriteHTML(dir, ev, "test"); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	for _, want := range []string{"pixels, window 0.2", "pixels, window 0.6", "Hidden", "<svg", "data:image/jpeg;base64,",
		`class="heat"`, "By attribute"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, bad := range []string{`src="http`, `href="http`, "<link", "@import", "ZgotmplZ"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q: it must stand alone", bad)
		}
	}
	for _, name := range []string{"success", "precision", "norm_precision", "speed", "attributes"} {
		svg, err := os.ReadFile(filepath.Join(dir, name+".svg"))
		if err != nil {
			t.Fatal(err)
		}
		dec := xml.NewDecoder(bytes.NewReader(svg))
		for {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s.svg: %v", name, err)
			}
		}
		f, err := os.Open(filepath.Join(dir, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		c, err := png.DecodeConfig(f)
		f.Close()
		if err != nil || c.Width != 1024 || c.Height != 608 {
			t.Errorf("%s.png: %dx%d (%v), want 1024x608: 6.4 by 3.8 inches at 160 dots", name, c.Width, c.Height, err)
		}
	}
	namesAreNoMarkup(t, ev)
}

// namesAreNoMarkup: names come from files of others, and go into the page and into its plots. It changes ev.
func namesAreNoMarkup(t *testing.T, ev *score.Evaluation) {
	t.Helper()
	const evil = `<img src=x onerror=alert(1)>`
	ev.Dataset += evil
	for i := range ev.Trackers {
		ev.Trackers[i].Name += evil
	}
	dir := t.TempDir()
	if err := WriteHTML(dir, ev, "test"+evil); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("<img src=x")) {
			t.Errorf("%s holds a name as markup", filepath.Base(file))
		}
	}
}

// TestVOTPage: frames of the reset-based experiment are pictured too, though its files have codes among the boxes.
func TestVOTPage(t *testing.T) {
	root, out := t.TempDir(), t.TempDir()
	for i, name := range []string{"A", "B"} {
		paint(t, filepath.Join(root, name), synth.Scene{Width: 160, Height: 120, Frames: 12, Seed: uint64(3 + i)})
	}
	d, err := dataset.Open(root, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = run.Run(context.Background(), d, run.Options{
		Out: out, Tracker: folder.About{Tracker: "pixels"}, Experiment: folder.Supervised, Open: openFiles,
		New: func(context.Context) (tracker.Tracker, io.Closer, error) {
			m := siamfc.PixelsManifest()
			tr, err := siamfc.New(siamfc.NewCorrelator(siamfc.NewPixels(), m), m)
			return tr, nil, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ev, err := score.Evaluate(context.Background(), d, []score.Entry{{Name: "pixels", Dir: out}},
		score.Options{Experiment: "supervised"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := WriteHTML(dir, ev, "test"); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	if page := string(raw); strings.Count(page, `class="frame"`) != 2 || strings.Contains(page, "NaN") {
		t.Errorf("%d frames, want one of each sequence, with boxes", strings.Count(page, `class="frame"`))
	}
}

// TestPageWithoutPictures: what needs no picture is drawn, and the page says what was left out and why: pictures that
// are not there, and one that cannot be read.
func TestPageWithoutPictures(t *testing.T) {
	d, ev := world(t)
	for i := range d.Sequences {
		files, err := d.Sequences[i].Frames()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if i == 0 {
				err = os.WriteFile(f, []byte("no picture"), 0o666)
			} else {
				err = os.Remove(f)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := t.TempDir()
	if err := WriteHTML(dir, ev, "test"); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	if n := strings.Count(page, `class="frame"`); n != 0 {
		t.Errorf("%d frames of no picture", n)
	}
	for _, want := range []string{"pictures are not at hand: " + d.Sequences[1].Name, "Left out: " + d.Sequences[0].Name,
		"unknown format", "<figure"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
