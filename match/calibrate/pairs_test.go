package calibrate_test

import (
	"context"
	"errors"
	"image"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"siamtrack/match"
	"siamtrack/match/calibrate"
	"siamtrack/siamfc"
	"siamtrack/tracker"
)

func TestReadPairs(t *testing.T) {
	got, err := calibrate.ReadPairs(strings.NewReader("same,a,b,box_b,box_a\n"+
		"1,x.png,y/z.png,\"1,2,3.5,4\",\n0, x.png ,/abs.png,,\nSame,a,b,,\"0,0,5,5\"\n"), "dir")
	if err != nil {
		t.Fatal(err)
	}
	want := []calibrate.Pair{
		{A: calibrate.Side{Path: "dir/x.png"},
			B: calibrate.Side{Path: "dir/y/z.png", Box: tracker.Box{X: 1, Y: 2, W: 3.5, H: 4}}, Same: true},
		{A: calibrate.Side{Path: "dir/x.png"}, B: calibrate.Side{Path: "/abs.png"}},
		{A: calibrate.Side{Path: "dir/a", Box: tracker.Box{W: 5, H: 5}}, B: calibrate.Side{Path: "dir/b"}, Same: true},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestReadPairsErrors(t *testing.T) {
	for text, says := range map[string]string{
		"":                                      "header",
		"a,b\nx,y\n":                            "a, b and same are needed",
		"a,b,same,colour\n":                     `"colour"`,
		"a,a,b,same\n":                          "twice",
		"a,b,same\nx,y,1\nx,y\n":                "line 3",
		"a,b,same\nx,y,maybe\n":                 "line 2",
		"a,b,same\nx,,1\n":                      "empty",
		"a,b,same,box_a\nx,y,1,\"1,2,3\"\n":     "four",
		"a,b,same\nx,y,\"1\n":                   "line 2",
		"a,b,same,box_a\nx,y,1,\"1,2,3,NaN\"\n": "finite",
		"a,b,same,box_a\nx,y,1,\"0,0,0,0\"\n":   "no area",
		"a,b,same,box_b\nx,y,1,\"5,5,-2,4\"\n":  "no area",
	} {
		if _, err := calibrate.ReadPairs(strings.NewReader(text), ""); !errors.Is(err, calibrate.ErrPairs) ||
			!strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q in it", text, err, says)
		}
	}
}

func FuzzReadPairs(f *testing.F) {
	f.Add("a,b,same\nx,y,1\n")
	f.Add("a,b,same,box_a,box_b\nx,y,0,\"1,2,3,4\",\n")
	f.Add("a,b,same\nx,y,maybe\n")
	f.Fuzz(func(t *testing.T, text string) {
		pairs, err := calibrate.ReadPairs(strings.NewReader(text), "d")
		if err != nil && !errors.Is(err, calibrate.ErrPairs) {
			t.Errorf("%v does not wrap ErrPairs", err)
		}
		for _, p := range pairs {
			if p.A.Path == "" || p.B.Path == "" || !p.A.Box.Finite() || !p.B.Box.Finite() {
				t.Errorf("%+v is taken", p)
			}
		}
	})
}

// meanColour is the plainest branch there is: the mean of each colour.
type meanColour struct{ calls int }

func (m *meanColour) Embed(crops []float32, n, size int) (siamfc.Features, error) {
	m.calls++
	data := make([]float32, 3*n)
	for i := range data {
		for _, v := range crops[i*size*size : (i+1)*size*size] {
			data[i] += v / float32(size*size)
		}
	}
	return siamfc.Features{Data: data, N: n, C: 3, H: 1, W: 1}, nil
}

func TestMeasure(t *testing.T) {
	e := &meanColour{}
	m, err := match.New(match.Network{Embedder: e, Manifest: siamfc.Manifest{Format: siamfc.Format, Name: "mean",
		Kind: siamfc.Embedding, Layout: siamfc.LayoutSiamtrack, Exemplar: siamfc.ExemplarSpec{Size: 16}}}, match.Euclidean)
	if err != nil {
		t.Fatal(err)
	}
	read := func(path string) (*image.RGBA, error) { // a grey picture, as bright as its name is long
		img := image.NewRGBA(image.Rect(0, 0, 8, 8))
		for i := range img.Pix {
			img.Pix[i] = uint8(len(path))
		}
		if filepath.Base(path) == "none" {
			return nil, errors.New("none: not a picture")
		}
		return img, nil
	}
	side := func(path string) calibrate.Side { return calibrate.Side{Path: path} }
	pairs := []calibrate.Pair{{A: side("aaaa"), B: side("bbbb"), Same: true}, {A: side("aaaa"), B: side("ccccccc")}}
	got, err := calibrate.Measure(t.Context(), m, pairs, read, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !got[0].Same || got[0].Distance > 1e-3 || got[1].Same || got[1].Distance < 5.19 || got[1].Distance > 5.2 {
		t.Errorf("%+v; want 0 and 3*sqrt(3)", got)
	}
	if e.calls != 3 {
		t.Errorf("%d embeddings of 3 pictures", e.calls)
	}
	pairs = append(pairs, calibrate.Pair{A: side("aaaa"), B: side("none")})
	if _, err := calibrate.Measure(t.Context(), m, pairs, read, nil); err == nil ||
		!strings.Contains(err.Error(), "pair 3") {
		t.Errorf("not a picture: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := calibrate.Measure(ctx, m, pairs, read, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
