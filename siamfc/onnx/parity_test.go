package onnx_test

import (
	"encoding/json"
	"image"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"siamtrack/siamfc"
	"siamtrack/tracker"
)

// parity is what PyTorch made of the frames beside it; `python -m siamtrain fixture` in models/training writes both.
type parity struct {
	Model    string       `json:"model"`
	SHA256   string       `json:"sha256"`
	Every    int          `json:"every"`
	Boxes    [][4]float64 `json:"boxes"`
	Scores   []float64    `json:"scores"`
	Features []float32    `json:"features"`
}

// TestParityWithPyTorch: the same crop gives the same embedding, the same frames the same boxes. The classic network
// is shown drawn pixels, the box network frames of samples/walk.mp4.
func TestParityWithPyTorch(t *testing.T) {
	for _, dir := range []string{"testdata/parity", "testdata/parity-box"} {
		t.Run(filepath.Base(dir), func(t *testing.T) { testParity(t, dir) })
	}
}

func testParity(t *testing.T, dir string) {
	data, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want parity
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	rt, path := start(t), filepath.Join("..", "..", "models", want.Model)
	if _, files, err := rt.ReadManifest(path); err != nil {
		t.Fatal(err)
	} else if files[0].SHA256 != want.SHA256 {
		t.Fatalf("%s has changed: write its fixture anew (python -m siamtrain fixture %s --out %s)", path, want.Model, dir)
	}
	t.Run("embedding", func(t *testing.T) {
		m, err := rt.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		e, err := m.Embedder()
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		crop := picture(t, filepath.Join(dir, "crop.png"))
		size := crop.Rect.Dx()
		c := siamfc.NewCropper(size, siamfc.InputSpec{})
		pixels := make([]float32, c.Len())
		c.Crop(pixels, crop, tracker.Box{W: float64(size), H: float64(size)}, siamfc.RGB{})
		got, err := e.Embed(pixels, 1, size)
		if err != nil {
			t.Fatal(err)
		}
		var largest float64
		for _, v := range want.Features {
			largest = max(largest, math.Abs(float64(v)))
		}
		for i, v := range want.Features {
			if d := math.Abs(float64(got.Data[i*want.Every] - v)); !(d <= 1e-4*largest) {
				t.Fatalf("feature %d: %v, PyTorch gives %v", i*want.Every, got.Data[i*want.Every], v)
			}
		}
	})
	t.Run("boxes", func(t *testing.T) {
		tr := open(t, rt, path)
		for i, b := range want.Boxes {
			frame := picture(t, filepath.Join(dir, strconv.Itoa(i)+".png"))
			box := tracker.Box{X: b[0], Y: b[1], W: b[2], H: b[3]}
			if i == 0 {
				if err := tr.Init(frame, box); err != nil {
					t.Fatal(err)
				}
				continue
			}
			got, err := tr.Update(frame)
			if err != nil {
				t.Fatal(err)
			}
			off := max(math.Abs(got.Box.X-box.X), math.Abs(got.Box.Y-box.Y), math.Abs(got.Box.W-box.W),
				math.Abs(got.Box.H-box.H))
			if !(off <= 0.1) || !(math.Abs(got.Score-want.Scores[i]) <= 1e-3) {
				t.Errorf("frame %d: %v with score %v, PyTorch gives %v with %v", i, got.Box, got.Score, box, want.Scores[i])
			}
		}
	})
}

func picture(t *testing.T, path string) *image.RGBA {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, image.Point{}, draw.Src)
	return out
}
