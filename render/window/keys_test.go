package window

import "testing"

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
