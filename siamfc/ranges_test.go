package siamfc

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"siamtrack/internal/golden"
)

// bounds are what a number may be, as an error about it says.
type bounds struct {
	Above *float64 `json:"above,omitempty"`
	Least *float64 `json:"least,omitempty"`
	Most  *float64 `json:"most,omitempty"`
}

// ruled is what a manifest's field may be; what is not said of a kind of model is not asked of it.
type ruled struct {
	Type string   `json:"type"`
	Box  *bounds  `json:"box,omitempty"`
	Peak *bounds  `json:"peak,omitempty"`
	Any  []string `json:"any,omitempty"` // words
	// Needed is a word that may not be "".
	Needed bool `json:"needed,omitempty"`
}

// TestManifestRanges writes down, for the exporters in Python, what Validate asks of each field alone, as its errors
// say it; and that is what it asks.
func TestManifestRanges(t *testing.T) {
	rules := map[string]*ruled{}
	for field, kind := range fieldsOf(reflect.TypeFor[Manifest](), "") {
		r := &ruled{Type: map[bool]string{true: "integer"}[kind == reflect.Int]}
		switch kind {
		case reflect.Float64:
			r.Type = "number"
		case reflect.Int:
		case reflect.Bool:
			r.Type = "boolean"
		case reflect.String:
			r.Type, r.Any = "string", words(refused(t, Box, field, "?"))
			r.Needed = refused(t, Box, field, "") != ""
		default:
			r.Type = kind.String()
		}
		if r.Type == "number" || r.Type == "integer" {
			r.Box, r.Peak = boundsOf(t, Box, field), boundsOf(t, Peak, field)
		}
		rules[field] = r
	}
	text, err := json.MarshalIndent(rules, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Bytes(t, "../models/training/siamtrain/file/ranges.json", append(text, '\n'))
}

// fieldsOf lists the fields of a struct by their names in JSON.
func fieldsOf(s reflect.Type, under string) map[string]reflect.Kind {
	all := map[string]reflect.Kind{}
	for i := range s.NumField() {
		f := s.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Type.Kind() != reflect.Struct {
			all[under+name] = f.Type.Kind()
			continue
		}
		for inside, kind := range fieldsOf(f.Type, under+name+".") {
			all[inside] = kind
		}
	}
	return all
}

// refused is what Validate says of a field that has a value in a manifest which is good otherwise, "" for nothing.
func refused(t *testing.T, kind Kind, field string, value any) string {
	t.Helper()
	m := map[string]any{"format": Format, "name": "x", "kind": kind, "layout": LayoutSiamtrack,
		"exemplar": map[string]any{"size": 16, "context": 0.5}, "search": map[string]any{"size": 256},
		"grid":  map[string]any{"size": 16, "stride": 16, "origin": -128},
		"input": map[string]any{"mean": [3]int{}, "std": [3]int{1, 1, 1}}, "correlation": map[string]any{},
		"loop": map[string]any{"window_influence": 0.4}, "state": map[string]any{"uncertain": 1, "lost": 0}}
	if kind == Peak {
		m["correlation"] = map[string]any{"scale": 1}
		m["loop"] = map[string]any{"window_influence": 0.4, "scales": 3, "scale_step": 1.04}
	}
	inside, way := m, strings.Split(field, ".")
	for _, step := range way[:len(way)-1] {
		inside = inside[step].(map[string]any)
	}
	inside[way[len(way)-1]] = value
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	_, err = ParseManifest(text)
	for line := range strings.Lines(fmt.Sprint(err)) {
		if _, said, ok := strings.Cut(line, field+": "); ok {
			return strings.TrimSpace(said)
		}
	}
	return ""
}

// words are those of an error that names them all.
func words(said string) []string {
	list, ok := strings.CutSuffix(said, " expected")
	if !ok {
		return nil
	}
	_, list, _ = strings.Cut(list, " found, ")
	return strings.Split(strings.Replace(list, " or ", ", ", 1), ", ")
}

var saidBounds = regexp.MustCompile(
	`found, (?:odd, )?(above )?(-?[\d.]+)(?: \([a-z.]+\))?(?: to (-?[\d.]+))?.* (?:expected|version)`)

// boundsOf finds what a number may be in what is said of one that is far too small or too large, and tries the bounds.
func boundsOf(t *testing.T, kind Kind, field string) *bounds {
	t.Helper()
	said := refused(t, kind, field, -1<<20)
	if said == "" {
		said = refused(t, kind, field, 1<<20)
	}
	if said == "" || field == "search.sweep" || field == "search.calm" { // whose values hang by other fields
		return nil
	}
	part := saidBounds.FindStringSubmatch(said)
	if part == nil {
		t.Fatalf("%s: nobody can tell what is expected from %q", field, said)
	}
	number := func(s string) *float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil
		}
		return &v
	}
	b := &bounds{Most: number(part[3])}
	if b.Least = number(part[2]); part[1] != "" {
		b.Above, b.Least = b.Least, nil
	}
	if strings.Contains(said, "is read by this version") {
		b.Most = b.Least
	}
	b.try(t, kind, field)
	return b
}

// try has a field have its bounds, and values beyond them.
func (b *bounds) try(t *testing.T, kind Kind, field string) {
	t.Helper()
	says := func(value float64) bool {
		said := refused(t, kind, field, value)
		return said != "" && !strings.HasPrefix(said, "only a box model") // whatever the value
	}
	for _, c := range []struct {
		bound  *float64
		beyond float64
		in     bool
	}{{b.Least, -1, true}, {b.Above, -1, false}, {b.Most, 1, true}} {
		if c.bound == nil {
			continue
		}
		if says(*c.bound) == c.in || !says(*c.bound+c.beyond) {
			t.Errorf("%s of a %s model: %v is refused: %v, %v: %v", field, kind, *c.bound, says(*c.bound),
				*c.bound+c.beyond, says(*c.bound+c.beyond))
		}
	}
}
