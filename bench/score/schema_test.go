package score

import (
	"path/filepath"
	"testing"

	"siamtrack/internal/golden"
	"siamtrack/internal/readfile"
)

// TestScoresSchema: what eval --json writes is as docs/ says.
func TestScoresSchema(t *testing.T) {
	schema := golden.Schema[Evaluation](t, "../../docs/schemas/scores.schema.json", golden.Shape{
		Title:       "siamtrack scores",
		Description: "What track eval --json and track report write: trackers' scores on a benchmark.",
	})
	d, dir := small(t)
	entries, err := Find(d, []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	ev, err := Evaluate(t.Context(), d, entries, Options{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "scores.json")
	if err := WriteJSON(path, ev); err != nil {
		t.Fatal(err)
	}
	raw, err := readfile.Plain(path, readfile.Small)
	if err != nil {
		t.Fatal(err)
	}
	golden.Valid(t, schema, raw)
}
