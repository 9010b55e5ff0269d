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

// TestLessIsBetter: of two trackers' failures the fewer are marked, of shares before failure the larger.
func TestLessIsBetter(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	for _, lost := range []*float64{v(1), nil} {
		ev := &score.Evaluation{}
		for i, r := range []float64{0.75, 0.25} {
			m := score.Measures{Accuracy: v(0.5), Robustness: v(r), Lost: lost}
			ev.Trackers = append(ev.Trackers, score.Tracker{Name: string(rune('a' + i)), Measures: m,
				Sequences: []score.Sequence{{Name: "s", Measures: m}}})
		}
		want := 0
		if lost != nil {
			want = 1
		}
		if row := sequenceTables(ev)[1].Rows[0]; !row.Cells[want].Best || row.Cells[1-want].Best {
			t.Errorf("failures: %v: sequence's cells %+v", lost != nil, row.Cells)
		}
		if rows := mainTable(ev).Rows; !rows[want].Cells[1].Best {
			t.Errorf("failures: %v: rows %+v", lost != nil, rows)
		}
	}
}

// TestLeads: fewer than five shared sequences have no interval, and none is no error.
func TestLeads(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	seq := func(name string, auc float64) score.Sequence {
		return score.Sequence{Name: name, Measures: score.Measures{SuccessAUC: v(auc)}}
	}
	track := func(name string, auc float64, sequences string) score.Tracker {
		t := score.Tracker{Name: name}
		for i, r := range sequences {
			t.Sequences = append(t.Sequences, seq(string(r), auc+0.01*float64(i)))
		}
		return t
	}
	ev := &score.Evaluation{Trackers: []score.Tracker{
		track("best", 0.9, "abcde"), track("four", 0.5, "abcd"), track("none", 0.5, "vwxyz"), track("all", 0.5, "abcdef"),
		track("near", 0.9, "edcba"),
	}}
	leads, err := Leads(ev)
	if err != nil || len(leads) != 2 || leads[0].B != "all" || leads[0].Sequences != 5 || leads[1].B != "near" {
		t.Fatalf("%+v %v", leads, err)
	}
	var b bytes.Buffer
	if err := Lead(&b, ev); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"best - all: +0.400 AUC, 95% interval +0.400 to +0.400 over 5 sequences (bootstrap): it leaves out zero\n",
		"best - near: +0.000 AUC", "over 5 sequences (bootstrap): it holds zero, so other sequences may turn",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

// TestTables: each format of the same numbers.
func TestTables(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	ev := &score.Evaluation{Attributes: map[string]int{"OCC": 2}, Trackers: []score.Tracker{
		{Name: "a_b", Measures: score.Measures{SuccessAUC: v(0.5), FPS: v(30)},
			Sequences:  []score.Sequence{{Name: "s1", Measures: score.Measures{SuccessAUC: v(0.25)}}},
			Attributes: map[string]*score.Measures{"OCC": {SuccessAUC: v(0.125)}}},
		{Name: "c|d", Measures: score.Measures{SuccessAUC: v(0.25)}},
	}}
	for f, want := range map[TableFormat]string{
		Console:  "tracker    AUC   FPS\na_b      0.500  30.0\nc|d      0.250     -\n",
		Markdown: "| tracker | AUC | FPS |\n|---|---:|---:|\n| a_b | 0.500 | 30.0 |\n| c\\|d | 0.250 | - |\n",
		LaTeX: "\\begin{tabular}{lrr}\n\\toprule\ntracker & AUC & FPS \\\\\n\\midrule\na\\_b & 0.500 & 30.0 \\\\\n" +
			"c|d & 0.250 & - \\\\\n\\bottomrule\n\\end{tabular}\n",
	} {
		var b bytes.Buffer
		if err := Trackers(&b, ev, f); err != nil || b.String() != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", f, err, b.String(), want)
		}
	}
	var b bytes.Buffer
	if err := Sequences(&b, ev, "success_auc", Console); err != nil ||
		b.String() != "sequence (AUC)    a_b  c|d\ns1              0.250    -\n" {
		t.Errorf("%v\n%s", err, b.String())
	}
	b.Reset()
	if err := Attributes(&b, ev, "", Console); err != nil ||
		b.String() != "attribute (AUC)    a_b  c|d\nOCC (2)          0.125    -\n" {
		t.Errorf("%v\n%s", err, b.String())
	}
	if err := Sequences(&b, ev, "eao", Console); err == nil {
		t.Error("a measure that is not there gave no error")
	}
}
