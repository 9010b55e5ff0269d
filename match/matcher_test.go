package match_test

import (
	"errors"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/match"
	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// coarse is the plainest branch there is: each colour's mean over the cells of a grid, as a feature map.
type coarse struct {
	cells int
	data  []float32
}

func (c *coarse) Embed(crops []float32, n, size int) (siamfc.Features, error) {
	c.data = make([]float32, n*3*c.cells*c.cells)
	per := size / c.cells
	for p := range n * 3 {
		for y := range c.cells * per {
			for x := range c.cells * per {
				c.data[(p*c.cells+y/per)*c.cells+x/per] += crops[p*size*size+y*size+x] / float32(per*per)
			}
		}
	}
	return siamfc.Features{Data: c.data, N: n, C: 3, H: c.cells, W: c.cells}, nil
}

func network(cells int) match.Network {
	m := siamfc.Manifest{Format: siamfc.Format, Name: "coarse", Kind: siamfc.Peak, Layout: siamfc.LayoutSiamtrack,
		Exemplar: siamfc.ExemplarSpec{Size: 64, Context: 0.5}, Search: siamfc.SearchSpec{Size: 64},
		Grid: siamfc.GridSpec{Size: 3, Stride: 8}, Correlation: siamfc.CorrelationSpec{Scale: 1},
		Loop: siamfc.LoopSpec{Scales: 1, ScaleStep: 1}}
	if cells == 1 {
		m.Kind = siamfc.Embedding
	}
	return match.Network{Embedder: &coarse{cells: cells}, Manifest: m, Hash: strings.Repeat("ab", 32)}
}

func matcher(t *testing.T, cells int, d match.Distance) *match.Matcher {
	t.Helper()
	m, err := match.New(network(cells), d)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// halves is a picture with one colour on the left and another on the right.
func halves(w, h int, left, right color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := left
			if x >= w/2 {
				c = right
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

var (
	red  = color.RGBA{R: 200, A: 255}
	blue = color.RGBA{B: 100, A: 255}
)

func TestEmbedPoolsTheMap(t *testing.T) {
	e, err := matcher(t, 4, match.Cosine).Embed(match.Picture{Image: halves(64, 64, red, blue)})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float32{100, 0, 50} {
		if math.Abs(float64(e[i]-want)) > 0.01 {
			t.Errorf("channel %d: %v, want %v", i, e[i], want)
		}
	}
	e, err = matcher(t, 4, match.Correlation).Embed(match.Picture{Image: halves(64, 64, red, blue)})
	if err != nil || len(e) != 3*4*4 || e[0] != 200 || e[3] != 0 {
		t.Errorf("%d numbers, %v; the map is 48", len(e), err)
	}
}

// A map knows where things are, a pooled vector does not.
func TestCorrelationSeesPlaces(t *testing.T) {
	a := match.Picture{Image: halves(64, 64, red, blue)}
	b := match.Picture{Image: halves(64, 64, blue, red)}
	pooled, err := matcher(t, 4, match.Cosine).Score(a, b)
	if err != nil || pooled.Distance > 1e-6 {
		t.Errorf("pooled: %v, %v", pooled, err)
	}
	mapped, err := matcher(t, 4, match.Correlation).Score(a, b)
	if err != nil || mapped.Distance < 0.5 {
		t.Errorf("mapped: %v, %v", mapped, err)
	}
}

// A whole picture is not cut off: what lies beside it is its mean, which leaves the mean alone.
func TestWholePictureIsLetterboxed(t *testing.T) {
	e, err := matcher(t, 1, match.Euclidean).Embed(match.Picture{Image: halves(200, 40, red, blue)})
	if err != nil || math.Abs(float64(e[0])-100) > 1 || math.Abs(float64(e[2])-50) > 1 {
		t.Errorf("%v, %v: want 100, 0, 50", e, err)
	}
}

// A box looks at its own surroundings, by the manifest's context: 16x16 with context 0.5 is a square of 32.
func TestBoxUsesContext(t *testing.T) {
	img := halves(200, 100, red, blue)
	e, err := matcher(t, 1, match.Euclidean).Embed(match.Picture{Image: img, Box: tracker.Box{X: 84, Y: 42, W: 16, H: 16}})
	if err != nil || math.Abs(float64(e[0])-150) > 1 || math.Abs(float64(e[2])-25) > 1 {
		t.Errorf("%v, %v: want three quarters red, one blue", e, err)
	}
}

func TestScoreOfBadPictures(t *testing.T) {
	m, good := matcher(t, 4, match.Cosine), match.Picture{Image: halves(20, 20, red, blue)}
	for name, c := range map[string]struct {
		bad  match.Picture
		want error
	}{
		"no image":    {match.Picture{}, match.ErrPicture},
		"no pixels":   {match.Picture{Image: image.NewRGBA(image.Rect(0, 0, 0, 5))}, match.ErrPicture},
		"one pixel":   {match.Picture{Image: image.NewRGBA(image.Rect(0, 0, 1, 1))}, tracker.ErrBox},
		"empty crop":  {match.Picture{Image: good.Image, Box: tracker.Box{X: 3, Y: 3, W: 0, H: 4}}, tracker.ErrBox},
		"outside":     {match.Picture{Image: good.Image, Box: tracker.Box{X: 50, Y: 3, W: 5, H: 4}}, tracker.ErrBox},
		"not numbers": {match.Picture{Image: good.Image, Box: tracker.Box{X: math.NaN(), Y: 3, W: 5, H: 4}}, tracker.ErrBox},
	} {
		if _, err := m.Score(good, c.bad); !errors.Is(err, c.want) || !errors.Is(err, match.ErrPicture) ||
			!strings.HasPrefix(err.Error(), "second picture") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := match.New(match.Network{}, match.Cosine); err == nil {
		t.Error("a network without embedder is taken")
	}
	if _, err := match.New(network(4), "manhattan"); err == nil {
		t.Error("an unknown distance is taken")
	}
	n := network(4)
	n.Manifest.Exemplar.Size = 0
	if _, err := match.New(n, match.Cosine); !errors.Is(err, siamfc.ErrManifest) {
		t.Errorf("a manifest without size: %v", err)
	}
}

func TestCompareRefusesOtherLengths(t *testing.T) {
	if _, err := matcher(t, 4, match.Cosine).Compare(make([]float32, 3), make([]float32, 4)); err == nil {
		t.Error("3 and 4 numbers are compared")
	}
}

func TestThresholdsRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.thresholds")
	n := network(4)
	empty, err := match.LoadThresholds(path, n)
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := empty.Judge(match.KindAny, match.Cosine).Of(0); v != match.NotCalibrated {
		t.Errorf("no threshold: %v", v)
	}
	want := match.Threshold{Distance: 0.25, Wanted: 0.01, Same: 3, Different: 4, Pairs: "pairs.csv"}
	empty.Set(match.KindFace, match.Cosine, want)
	if err := empty.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := match.LoadThresholds(path, n)
	if err != nil {
		t.Fatal(err)
	}
	j := got.Judge(match.KindFace, match.Cosine)
	if v, by := j.Of(0.25); v != match.Same || by != want {
		t.Errorf("the threshold itself: %v by %+v; it is the last distance that is the same", v, by)
	}
	if v, by := j.Of(0.2500001); v != match.Different || by != want {
		t.Errorf("beyond the threshold: %v by %+v", v, by)
	}
	n.Hash = strings.Repeat("cd", 32)
	if _, err := match.LoadThresholds(path, n); !errors.Is(err, match.ErrThreshold) ||
		!strings.Contains(err.Error(), "abababababab") {
		t.Errorf("another model's thresholds: %v", err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%v left behind, %v", left, err)
	}
}

func FuzzParseThresholds(f *testing.F) {
	f.Add([]byte(`{"format":1,"model":"m","sha256":"ab","thresholds":{"cosine":{"distance":0.5}}}`))
	f.Add([]byte(`{"format":1,"thresholds":{"cosine":{"distance":-1}}}`))
	f.Add([]byte(`{"format":2,"sha256":"ab","thresholds":{"face":{"cosine":{"distance":0.1,"bound":true}}}}`))
	f.Add([]byte(`{"format":2}`))
	f.Add([]byte(`{"format":1} x`))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := match.ParseThresholds(data)
		if err != nil {
			if !errors.Is(err, match.ErrThreshold) {
				t.Errorf("%v does not wrap ErrThreshold", err)
			}
			return
		}
		for k, of := range v.Kinds {
			for d, x := range of {
				_, err := match.ParseDistance(string(d))
				if _, wrong := match.ParseKind(string(k)); err != nil || wrong != nil || !x.Accepts(-1) {
					t.Errorf("%s, %s: %+v is taken", k, d, x)
				}
			}
		}
	})
}
