package serve

import (
	"net/http"
	"testing"

	"siamtrack/internal/golden"
)

// TestStateSchema: what /state answers is as docs/ says.
func TestStateSchema(t *testing.T) {
	schema := golden.Schema[stateJSON](t, "../../docs/schemas/state.schema.json", golden.Shape{
		Title: "siamtrack state",
		Description: "What GET /state of track live --http answers, and /events sends at each change. " +
			"Boxes in pixels of the frame, 0-based.",
	})
	w := open(t, nil)
	w.until("a frame is there", func(s stateJSON) bool { return s.Frame > 0 })
	code, body := w.do(http.MethodGet, "/state", "")
	if code != http.StatusOK {
		t.Fatal(code, body)
	}
	golden.Valid(t, schema, []byte(body))
}
