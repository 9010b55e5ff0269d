package live

import (
	"reflect"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"siamtrack/internal/golden"
	"siamtrack/tracker"
)

// snapshotSchema is that of the JSON beside a snapshot's picture.
func snapshotSchema(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	states := &jsonschema.Schema{Type: "string", Enum: []any{"tracking", "uncertain", "lost"}}
	return golden.Schema[snapshot](t, "../../docs/schemas/snapshot.schema.json", golden.Shape{
		Title:       "siamtrack snapshot",
		Description: "The JSON beside a snapshot of track live; track file --init-file reads it. Boxes in pixels, 0-based.",
		Types:       map[reflect.Type]*jsonschema.Schema{reflect.TypeFor[tracker.State](): states},
		Change: func(s *jsonschema.Schema) { // the first target's fields are there only where there is one
			s.Required = []string{"image", "width", "height", "frame", "time_s", "target"}
		},
	})
}
