package owner

import (
	"os"
	"path/filepath"
	"testing"
)

// TestTrusted: one's own and the administrator's, but no stranger's; only root can give files away to try it.
func TestTrusted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lib.so")
	if !Trusted(path) {
		t.Error("what is not there cannot be loaded: who looks for it says so")
	}
	if err := os.WriteFile(path, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if !Trusted(path) || !Trusted("/") {
		t.Error("one's own file, or the administrator's, is not trusted")
	}
	if err := os.Chown(path, 4711, -1); err != nil {
		t.Skip(err)
	}
	if Trusted(path) {
		t.Error("a stranger's file is trusted")
	}
}
