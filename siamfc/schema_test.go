package siamfc

import (
	"path/filepath"
	"testing"

	"siamtrack/internal/golden"
	"siamtrack/internal/readfile"
)

// TestManifestSchema: a model's manifest is as docs/ says, those of other people's models too.
func TestManifestSchema(t *testing.T) {
	schema := golden.Schema[Manifest](t, "../docs/schemas/model.schema.json", golden.Shape{
		Title: "siamtrack model",
		Description: "What a model says of itself: the metadata siamtrack of its ONNX file, or a JSON file beside other " +
			"people's. siamfc/manifest.go says what each parameter does.",
	})
	files, err := filepath.Glob("../models/foreign/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no manifests to look at", err)
	}
	for _, f := range files {
		raw, err := readfile.Plain(f, readfile.Small)
		if err != nil {
			t.Fatal(err)
		}
		golden.Valid(t, schema, raw)
	}
}
