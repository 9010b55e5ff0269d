package onnx

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"siamtrack/siamfc"
)

// TestWeightsWithoutSigns: whether or not the larger convolutions' weights have signs, both graphs of a model say the
// same, to the last bit.
func TestWeightsWithoutSigns(t *testing.T) {
	for _, name := range []string{"siamtrack", "siamtrack-s", "siamtrack-l"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("../../models", name+".onnx")
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Equal(unsigned(data), data) {
				t.Fatal("no weight has lost its sign")
			}
			var said []siamfc.Maps
			for _, tiles := range []bool{false, true} {
				r := started(t)
				r.tiles = tiles
				said = append(said, searched(t, r, path))
			}
			if !slices.Equal(said[0].Response, said[1].Response) || !slices.Equal(said[0].Sides, said[1].Sides) {
				t.Error("other results without signs")
			}
			if low, high := slices.Min(said[0].Response), slices.Max(said[0].Response); low == high {
				t.Errorf("a response of %g everywhere", low)
			}
		})
	}
}

// TestWithoutSignsLeavesOthersAlone: what has no large quantised convolutions, or is no model, stays as it is.
func TestWithoutSignsLeavesOthersAlone(t *testing.T) {
	data, err := os.ReadFile("testdata/marked.onnx")
	if err != nil {
		t.Fatal(err)
	}
	for _, model := range [][]byte{data, nil, []byte("no model"), data[:len(data)/2]} {
		if !bytes.Equal(unsigned(model), model) {
			t.Errorf("a model of %d bytes was changed", len(model))
		}
	}
}

// searched is what a model says of one search crop, opened by a library.
func searched(t *testing.T, r *Runtime, path string) siamfc.Maps {
	t.Helper()
	m, err := r.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	size := m.manifest.Search.Size
	maps, err := following(t, m, 1)[0].Search(pictures(5, 1, size)[0], size)
	if err != nil {
		t.Fatal(err)
	}
	return copies([]siamfc.Maps{maps})[0]
}
