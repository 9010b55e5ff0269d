package onnx_test

import (
	"image"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/siamfc"
	"siamtrack/siamfc/onnx"
	"siamtrack/tracker"
)

// TestTheTargetsPlaceReachesTheGraph: the models answer with the width of the mark as a share of the exemplar's 64
// pixels, whether one graph is told it in both runs, or the exemplar graph alone, in the same file or beside it.
func TestTheTargetsPlaceReachesTheGraph(t *testing.T) {
	rt := start(t)
	dir := t.TempDir()
	named := filepath.Join(dir, "named.json")
	text := strings.ReplaceAll(`{'format':1,'name':'named','kind':'box','layout':'siamtrack',
		'exemplar':{'size':64,'context':0.5},'files':{'model':'two_beside.onnx','exemplar':'two_exemplar.onnx'},
		'search':{'size':128},'grid':{'size':8,'stride':16,'origin':-64},'input':{'mean':[0,0,0],'std':[1,1,1]},
		'correlation':{},'loop':{'window_influence':0.4},'state':{'uncertain':0.5,'lost':0.2}}`, "'", `"`)
	if err := os.WriteFile(named, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	copied(t, dir, "testdata/two_exemplar.onnx")
	beside := copied(t, dir, "testdata/two_beside.onnx")
	for _, path := range []string{"testdata/marked.onnx", "testdata/two.onnx", beside, named} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			net := network(t, rt, path)
			for _, w := range []float64{16, 40, 16} {
				if err := net.Exemplar(make([]float32, 3*64*64), tracker.FromCenter(32, 32, w, 20)); err != nil {
					t.Fatal(err)
				}
				maps, err := net.Search(make([]float32, 3*128*128), 128)
				if err != nil || len(maps.Response) != 64 || math.Abs(float64(maps.Response[9])-w/64) > 1e-6 {
					t.Errorf("width %v: %v, %v; want %v everywhere", w, maps.Response, err, w/64)
				}
			}
		})
	}
}

// TestTwoGraphsSearchWideCrops: what the exemplar graph gave serves both sizes.
func TestTwoGraphsSearchWideCrops(t *testing.T) {
	net := network(t, start(t), "testdata/two.onnx")
	if err := net.Exemplar(make([]float32, 3*64*64), tracker.FromCenter(32, 32, 32, 20)); err != nil {
		t.Fatal(err)
	}
	for size, cells := range map[int]int{128: 64, 160: 100} {
		maps, err := net.Search(make([]float32, 3*size*size), size)
		if err != nil || len(maps.Response) != cells || maps.Response[0] != 0.5 {
			t.Errorf("%d pixels: %d cells, %v", size, len(maps.Response), err)
		}
	}
	if _, err := net.Search(make([]float32, 3*144*144), 144); err == nil {
		t.Error("a size that the manifest does not have was searched")
	}
}

// TestTheMarkIsTheTargetInTheExemplar: of a target of 50 x 20 in a square of side s, the mark is 50 Z/s wide.
func TestTheMarkIsTheTargetInTheExemplar(t *testing.T) {
	tr := open(t, start(t), "testdata/two.onnx")
	if err := tr.Init(gray(320, 240), tracker.Box{X: 100, Y: 100, W: 50, H: 20}); err != nil {
		t.Fatal(err)
	}
	r, err := tr.Update(gray(320, 240))
	side := math.Sqrt((50 + 35) * (20 + 35))
	if want := 50 / side; err != nil || math.Abs(r.Score-want) > 1e-6 {
		t.Errorf("score %v, %v; want %v", r.Score, err, want)
	}
}

// TestTwoGraphsMatchToo: the search graph's features depend on the picture alone.
func TestTwoGraphsMatchToo(t *testing.T) {
	m, err := start(t).Open("testdata/two.onnx")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	e, err := m.Embedder()
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if f, err := e.Embed(make([]float32, 3*64*64), 1, 64); err != nil || f.C != 4 || f.H != 4 || f.W != 4 {
		t.Errorf("features of %dx%dx%d: %v", f.C, f.H, f.W, err)
	}
	if files := m.Files(); len(files) != 1 || m.Manifest().Kind != siamfc.Box {
		t.Errorf("files %v", files)
	}
}

// network returns a network over a model, closed with the test.
func network(t *testing.T, rt *onnx.Runtime, path string) onnx.Network {
	t.Helper()
	m, err := rt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	net, err := m.Network()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { net.Close() })
	return net
}

func gray(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 128
	}
	return img
}
