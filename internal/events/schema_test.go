package events

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"siamtrack/internal/golden"
)

// schema is that of Message, made from its Go type; the document in docs/ is what the type says.
func schema(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	number := &jsonschema.Schema{Types: []string{"number", "null"}}
	return golden.Schema[Message](t, "../../docs/schemas/events-1.schema.json", golden.Shape{
		Title: Schema, Description: "A message of track --events: what is told of one target in one frame.",
		Types: map[reflect.Type]*jsonschema.Schema{reflect.TypeFor[Number](): number, reflect.TypeFor[Seconds](): number},
		Change: func(s *jsonschema.Schema) {
			one := any(Schema)
			s.Properties["schema"].Const = &one
			s.Properties["type"].Enum = []any{string(FrameType), string(StateType)}
			states := []any{"tracking", "uncertain", "lost", Ended}
			s.Properties["state"].Enum, s.Properties["previous"].Enum = states, states[:3]
		},
	})
}

// valid fails the test unless a payload is as the schema says.
func valid(t *testing.T, payload []byte) Message {
	t.Helper()
	golden.Valid(t, schema(t), payload)
	var m Message
	if err := json.Unmarshal(payload, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEncoding(t *testing.T) {
	m := Message{Schema: Schema, Type: StateType, Seq: 7, Source: "walk.mp4", Frame: 3, Time: 0.1000004, Width: 768,
		Height: 576, ID: 2, Name: "a", X: 1.00005, Y: -2, W: 30, H: Number(math.Inf(1)), Score: Number(math.NaN()),
		State: "lost", Previous: "uncertain"}
	got, err := m.encode()
	want := `{"schema":"siamtrack.events/1","type":"state","seq":7,"source":"walk.mp4","frame":3,"time_s":0.1,` +
		`"width":768,"height":576,"id":2,"name":"a","x":1.0001,"y":-2,"w":30,"h":null,"score":null,"state":"lost",` +
		`"previous":"uncertain"}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\n%s", err, got, want)
	}
	valid(t, got)
}
