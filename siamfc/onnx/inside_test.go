package onnx

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/siamfc"
)

// TestMetadataIsWhatONNXRuntimeSays: under each key of all models' metadata, and under one that none has.
func TestMetadataIsWhatONNXRuntimeSays(t *testing.T) {
	r := started(t)
	found := 0
	for _, pattern := range []string{"../../models/siamtrack*.onnx", "testdata/*.onnx"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			g, err := r.load(path, data)
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range []string{exemplarKey, stepKey, siamfc.MetadataKey, "none"} {
				want, err := g.metadata(key)
				if got := string(metadataIn(data, key)); err != nil || got != want {
					t.Errorf("%s: %d bytes under %q, ONNX Runtime says %d, %v", path, len(got), key, len(want), err)
				}
				if key == exemplarKey && want != "" {
					found++
				}
			}
			if err := g.close(); err != nil {
				t.Error(err)
			}
		}
	}
	if found < 6 {
		t.Errorf("%d models have their exemplar graph inside", found)
	}
}

// TestWrongExemplarInside: a file whose exemplar graph, which is loaded beside its own, is none, is refused by name;
// what is wrong with the file's own comes first.
func TestWrongExemplarInside(t *testing.T) {
	r := started(t)
	good, err := os.ReadFile("testdata/two.onnx")
	if err != nil {
		t.Fatal(err)
	}
	cut, err := edit(good, func(graph []byte) []byte { return graph[:len(graph)/2] }, modelGraph)
	if err != nil {
		t.Fatal(err)
	}
	none := base64.StdEncoding.EncodeToString([]byte("no graph"))
	for _, c := range []struct {
		name     string
		file     []byte
		exemplar string
		want     string
	}{
		{"no base64", good, "*", "its exemplar graph: illegal base64"},
		{"no graph", good, none, "(its exemplar graph)"},
		{"empty graph", good, "AA==", "(its exemplar graph)"},
		{"both", cut, none, "two.onnx: not a usable model"},
	} {
		entry := appendText(appendText(nil, entryKey, exemplarKey), entryValue, c.exemplar)
		path := filepath.Join(t.TempDir(), "two.onnx") // the last entry of a key counts
		if err := os.WriteFile(path, appendField(c.file, modelMetadata, entry), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Open(path); !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
}
