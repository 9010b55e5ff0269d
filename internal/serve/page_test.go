package serve

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestControlsNameTheirKeys: each control of the page has a tip that begins with its key, a key that the page knows and
// the documentation names.
func TestControlsNameTheirKeys(t *testing.T) {
	read := func(path string) string {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	footer := regexp.MustCompile(`(?s)<footer>.*</footer>`).FindString(read("page/index.html"))
	script, docs := read("page/page.js"), read("../../docs/live.md")
	controls := regexp.MustCompile(`<(?:button|select)[^>]*>`).FindAllString(footer, -1)
	if len(controls) < 13 {
		t.Fatalf("%d controls are found", len(controls))
	}
	title := regexp.MustCompile(`title="(\w+|\.): [^"]+"`)
	for _, control := range controls {
		m := title.FindStringSubmatch(control)
		if m == nil {
			t.Errorf("%s: no tip that begins with a key", control)
			continue
		}
		if !strings.Contains(script, `", "`+m[1]+`", "`) {
			t.Errorf("%s: the page has no key %s", control, m[1])
		}
		if !strings.Contains(docs, "| `"+m[1]+"` |") && !strings.Contains(docs, "| "+m[1]+" |") {
			t.Errorf("%s: docs/live.md has no key %s", control, m[1])
		}
	}
}
