package folder

import (
	"encoding/json"
	"testing"
	"time"

	"siamtrack/internal/golden"
)

// TestAboutSchema: what a run's folder says of itself is as docs/ says.
func TestAboutSchema(t *testing.T) {
	schema := golden.Schema[About](t, "../../docs/schemas/run.schema.json", golden.Shape{
		Title: "siamtrack run", Description: "manifest.json in the folder of a run of track bench.",
	})
	raw, err := json.Marshal(About{Tracker: "t", Dataset: "d", Parameters: json.RawMessage(`{"format":1}`),
		Sequences: map[string]string{"a": "00"}, Created: time.Unix(0, 0).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	golden.Valid(t, schema, raw)
}
