package main

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/capture"
	"siamtrack/internal/golden"
	"siamtrack/tracker"
)

// The tiny networks with seeded weights of each kind that has a branch.
const (
	tinyEmbedding = "../../siamfc/onnx/testdata/embedding.onnx"
	tinyPeak      = "../../siamfc/onnx/testdata/peak.onnx"
)

// shades are the pictures of these tests, by name: each has its own pattern of colours.
func shades(t *testing.T, dir string, names ...string) {
	t.Helper()
	for i, name := range names {
		img := image.NewRGBA(image.Rect(0, 0, 40, 40))
		for p := range 1600 {
			x, y := p%40, p/40
			r, g, b := x*(i+1)*5, y*(3-i%3)*2, (x^y)*(1+2*i)
			img.SetRGBA(x, y, color.RGBA{R: uint8(r), G: uint8(g), B: uint8(b), A: 255})
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, img); err != nil {
			t.Fatal(err)
		}
	}
}

// copyModel puts a model into a folder of its own, where its thresholds may be written.
func copyModel(t *testing.T, from string) string {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMatchTwo(t *testing.T) {
	dir := t.TempDir()
	shades(t, dir, "a.png", "b.png")
	a, b := filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png")
	for _, model := range []string{tinyEmbedding, tinyPeak, tiny} { // embedding, peak and box kind
		for _, d := range []string{"euclidean", "cosine", "correlation"} {
			code, out, errs := track(t, "match", a, a, "-m", model, "--distance", d, "--threshold", "0.0001")
			if code != exitDone || !strings.HasPrefix(out, "same: similarity 1.0000") || !strings.Contains(out, d) {
				t.Errorf("%s, %s: a picture and itself: exit %d, %q, %q", model, d, code, out, errs)
			}
			code, out, errs = track(t, "match", a, b, "-m", model, "--distance", d, "--threshold", "0")
			if code != exitDifferent || !strings.HasPrefix(out, "different: ") || errs != "" {
				t.Errorf("%s, %s: two pictures: exit %d, %q, %q", model, d, code, out, errs)
			}
		}
	}
}

func TestMatchBoxesAndJSON(t *testing.T) {
	dir := t.TempDir()
	shades(t, dir, "a.png", "b.png")
	a, b := filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png")
	code, out, errs := track(t, "match", a, b, "-m", tinyEmbedding, "--threshold", "0.001", "--json",
		"--box-a", "4,4,12,12", "--box-b", "16,16,20,20")
	var v struct {
		A, B, Model, Comparison string
		Same                    bool
		Similarity, Distance    float64
		Threshold               struct{ Distance float64 }
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("exit %d, %q, %q: %v", code, out, errs, err)
	}
	golden.Valid(t, verdictSchema(t), []byte(out))
	if v.A != a || v.B != b || v.Model != "tiny-embedding" || v.Comparison != "cosine" || v.Threshold.Distance != 0.001 {
		t.Errorf("%+v", v)
	}
	if v.Same != (v.Distance <= 0.001) || v.Similarity != 1-v.Distance/2 || v.Same != (code == exitDone) {
		t.Errorf("exit %d, %+v", code, v)
	}
}

// TestMatchByDefault: where no model is named, each distance has a threshold, and the verdict says which was used.
func TestMatchByDefault(t *testing.T) {
	t.Setenv("SIAMTRACK_MODELS", "../../models")
	dir := t.TempDir()
	shades(t, dir, "a.png")
	a := filepath.Join(dir, "a.png")
	for _, d := range []string{"euclidean", "cosine", "correlation"} {
		code, out, errs := track(t, "match", a, a, "--distance", d, "--kind", "object")
		if code != exitDone || !strings.Contains(out, "(siammatch, calibrated on objects.csv") {
			t.Errorf("%s: exit %d, %q, %q", d, code, out, errs)
		}
		code, out, errs = track(t, "match", a, a, "--distance", d, "--kind", "face")
		if code != exitUndecided || !strings.HasPrefix(out, "not calibrated: ") ||
			!strings.Contains(out, "--kind face makes one") {
			t.Errorf("%s: of a kind without a threshold: exit %d, %q, %q", d, code, out, errs)
		}
		code, out, errs = track(t, "match", a, a, "--distance", d)
		if code != exitDone || !strings.HasPrefix(out, "same: ") || !strings.Contains(out, "too few to judge their kind by") {
			t.Errorf("%s: the same picture, of no known kind: exit %d, %q, %q", d, code, out, errs)
		}
	}
	if code, out, _ := track(t, "match", a, a, "--threshold", "0.5", "--json"); code != exitDone ||
		!strings.Contains(out, `"threshold":{"distance":0.5}`) {
		t.Errorf("exit %d, %q: nothing is known of the rates of a threshold that was given", code, out)
	}
}

// TestMatchSaysNothingItCannotKnow: two views of the walker are the same by the threshold of objects, which says
// nothing of faces, so where nobody says what is shown the answer is neither.
func TestMatchSaysNothingItCannotKnow(t *testing.T) {
	t.Setenv("SIAMTRACK_MODELS", "../../models")
	dir := t.TempDir()
	src, err := capture.Open(clip, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var f tracker.Frame
	for i := range 21 {
		if err := src.Next(&f); err != nil {
			t.Fatal(err)
		}
		if i == 0 || i == 20 {
			writePicture(t, filepath.Join(dir, fmt.Sprintf("%d.png", i)), f.Image)
		}
	}
	args := []string{"match", filepath.Join(dir, "0.png"), filepath.Join(dir, "20.png"), "--box-a", clipInit, "--box-b",
		"353,397,53,145", "--json"}
	for kind, want := range map[string]struct {
		code int
		says string
	}{
		"object": {exitDone, `"verdict":"same","same":true`},
		"face":   {exitUndecided, `"verdict":"not calibrated","distance"`},
		"any":    {exitUndecided, `"verdict":"not calibrated","distance"`},
	} {
		code, out, errs := track(t, append(args, "--kind", kind)...)
		if code != want.code || !strings.Contains(out, want.says) {
			t.Errorf("--kind %s: exit %d, %q, %q; want exit %d and %s", kind, code, out, errs, want.code, want.says)
		}
	}
	gallery := filepath.Join(dir, "gallery")
	if err := os.MkdirAll(gallery, 0o755); err != nil {
		t.Fatal(err)
	}
	writePicture(t, filepath.Join(gallery, "walk.png"), f.Image)
	query := filepath.Join(dir, "0.png")
	code, out, errs := track(t, "match", "--gallery", gallery, query, "--kind", "face")
	if code != exitUndecided || !strings.Contains(out, "not calibrated (") || !strings.Contains(out, "walk.png") {
		t.Errorf("a gallery of a kind without a threshold: exit %d, %q, %q", code, out, errs)
	}
}

func writePicture(t *testing.T, path string, img image.Image) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := stored(file, img); err != nil {
		t.Fatal(err)
	}
}

func TestMatchBadUse(t *testing.T) {
	dir := t.TempDir()
	shades(t, dir, "a.png", "g/anna.png", "twice/anna.png", "twice/anna.jpg")
	a := filepath.Join(dir, "a.png")
	text := filepath.Join(dir, "text.png")
	if err := os.WriteFile(text, []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"one picture", []string{a}, exitUsage, "two are compared"},
		{"not there", []string{a, filepath.Join(dir, "none.png")}, exitFailed, "none.png"},
		{"not an image", []string{a, text}, exitFailed, "text.png"},
		{"empty crop", []string{a, a, "--box-b", "3,3,0,5"}, exitUsage, "--box-b"},
		{"crop outside", []string{a, a, "--box-a", "300,3,9,5"}, exitUsage, "outside the frame"},
		{"three numbers", []string{a, a, "--box-a", "1,2,3"}, exitUsage, "3 numbers"},
		{"unknown distance", []string{a, a, "--distance", "manhattan"}, exitUsage, "euclidean, cosine, correlation expected"},
		{"no kind's name", []string{a, a, "--kind", "Face!"}, exitUsage, "--kind"},
		{"threshold without an end", []string{a, a, "--threshold", "Inf"}, exitUsage, "--threshold +Inf"},
		{"negative threshold", []string{a, a, "--threshold", "-1"}, exitUsage, "--threshold -1"},
		{"no query", []string{"--gallery", dir}, exitUsage, "no picture to look for"},
		{"box and gallery", []string{a, "--gallery", dir, "--box-a", "1,1,5,5"}, exitUsage, "gallery"},
		{"empty gallery", []string{a, "--gallery", filepath.Join(dir, "empty"), "--threshold", "1"}, exitFailed,
			"no pictures"},
		{"one name twice", []string{a, "--gallery", filepath.Join(dir, "twice"), "--threshold", "1"}, exitFailed,
			"two identities with one name"},
		{"no answers", []string{a, "--gallery", filepath.Join(dir, "g"), "--top", "0", "--threshold", "1"}, exitUsage,
			"--top 0"},
		{"query not an image", []string{text, "--gallery", filepath.Join(dir, "g"), "--threshold", "1"}, exitFailed,
			"text.png"},
		{"FAR above one", []string{"calibrate", a, "--far", "2"}, exitUsage, "--far 2"},
		{"pairs that are none", []string{"calibrate", a}, exitFailed, "not a usable file of pairs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, stderr := track(t, append([]string{"match", "-m", tinyEmbedding}, c.args...)...)
			if code != c.code || !strings.Contains(stderr, c.says) || out != "" {
				t.Errorf("exit %d, want %d; stdout %q, stderr %q, want %q in it", code, c.code, out, stderr, c.says)
			}
		})
	}
}
