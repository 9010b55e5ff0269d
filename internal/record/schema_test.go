package record

import (
	"bytes"
	"testing"

	"siamtrack/internal/golden"
)

// jsonRow is what a line of JSONL holds; the encoder writes it without reflection, an allocation a row less.
type jsonRow struct {
	Frame int     `json:"frame" jsonschema:"number of the frame, from 0"`
	ID    any     `json:"id,omitempty" jsonschema:"the target's name, or its number, where there may be several"`
	Time  float64 `json:"time_s" jsonschema:"the frame's time since the start of the video, in seconds"`
	X     float64 `json:"x" jsonschema:"left edge of the box in pixels; while lost the box is a guess"`
	Y     float64 `json:"y" jsonschema:"top edge of the box in pixels"`
	W     float64 `json:"w" jsonschema:"width of the box in pixels"`
	H     float64 `json:"h" jsonschema:"height of the box in pixels"`
	Score float64 `json:"score" jsonschema:"how much the target looks like the exemplar, 0 to 1"`
	State string  `json:"state" jsonschema:"tracking, uncertain or lost"`
	MS    float64 `json:"ms,omitempty" jsonschema:"milliseconds that the tracker took, where it was timed"`
	Size  []int   `json:"size,omitempty" jsonschema:"width and height of the frames from here on, where they change"`
}

// TestJSONLSchema: the lines of --jsonl are as docs/ says.
func TestJSONLSchema(t *testing.T) {
	schema := golden.Schema[jsonRow](t, "../../docs/schemas/jsonl.schema.json", golden.Shape{
		Title: "siamtrack row", Description: "A line of track --jsonl: one target in one frame. Boxes in pixels, 0-based.",
	})
	var all bytes.Buffer
	r, err := New(&all, "rows", JSONL, Options{IDs: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := r.Record(row); err != nil {
			t.Fatal(err)
		}
	}
	for line := range bytes.Lines(all.Bytes()) {
		golden.Valid(t, schema, line)
	}
}
