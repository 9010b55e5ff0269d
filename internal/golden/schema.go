package golden

import (
	"encoding/json"
	"maps"
	"reflect"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
)

// A Shape is what a JSON schema says that a Go type does not.
type Shape struct {
	Title, Description string
	// Types are those of Go types that marshal themselves.
	Types map[reflect.Type]*jsonschema.Schema
	// Change is called with the schema that the type gives, nil for none.
	Change func(*jsonschema.Schema)
}

// Schema fails the test unless the JSON schema at path is that of T, and returns it to validate documents with (see
// Valid). Fields that it does not name are allowed: they may come without a new version.
func Schema[T any](t *testing.T, path string, shape Shape) *jsonschema.Resolved {
	t.Helper()
	types := map[reflect.Type]*jsonschema.Schema{reflect.TypeFor[json.RawMessage](): {}}
	maps.Copy(types, shape.Types)
	s, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: types})
	if err != nil {
		t.Fatal(err)
	}
	open(s)
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title, s.Description = shape.Title, shape.Description
	if shape.Change != nil {
		shape.Change(s)
	}
	raw, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	Bytes(t, path, append(raw, '\n'))
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

// open allows further fields, in what is inside too.
func open(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if len(s.Properties) > 0 {
		s.AdditionalProperties = nil
	}
	for _, p := range s.Properties {
		open(p)
	}
	open(s.Items)
	open(s.AdditionalProperties)
}

// Valid fails the test unless the document is as the schema says.
func Valid(t *testing.T, schema *jsonschema.Resolved, document []byte) {
	t.Helper()
	var value any
	if err := json.Unmarshal(document, &value); err != nil {
		t.Fatalf("%v: %s", err, document)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%v: %s", err, document)
	}
}
