package window

import (
	"strings"
	"testing"
)

// TestKeysAreUnique: each key that is promised is there, and none twice.
func TestKeysAreUnique(t *testing.T) {
	seen := map[rune]bool{}
	for _, b := range bindings() {
		if seen[b.char] && b.char != 0 || b.do == nil || b.Name == "" || b.Does == "" {
			t.Errorf("key %q: twice, or without a line of help", b.char)
		}
		seen[b.char] = true
	}
	for _, char := range " .rcmkopgsvihfq" {
		if !seen[char] {
			t.Errorf("no key %q", char)
		}
	}
}

// TestNothingToRecord: where a window is for choosing or playing, its key for recording says so.
func TestNothingToRecord(t *testing.T) {
	g, err := newGame(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	g.waker.end() // there is no window
	if g.recorded() {
		t.Error("it records")
	}
	if err := g.press("v"); err != nil || !strings.Contains(g.notice, "nothing to record") || g.recorded() {
		t.Errorf("%v, %q", err, g.notice)
	}
}
