package filename

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	for _, good := range []string{
		"Jogging_1", "airplane-1", "-LqmkWoV1gw_0", "group 1 (b)", "GOT-10k_Val_000001", "歩く", "a..b", "x:y", "50%",
	} {
		if err := Check("sequence", good); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{
		"", ".", "..", "../x", "a/b", "/etc/passwd", `..\x`, `C:\x`, ".hidden", "a\x00b", "a\nb", "\x1b[2J", "a\xff",
		"\u202ex", strings.Repeat("x", 201),
	} {
		if err := Check("sequence", bad); !errors.Is(err, Err) || !strings.Contains(err.Error(), "sequence") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// FuzzCheck: what passes lies in the folder.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{"a", "..", "a/../b", "", "a\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if Check("sequence", name) != nil {
			return
		}
		if path := filepath.Join("run", name+".txt"); filepath.Dir(path) != "run" || !filepath.IsLocal(name) {
			t.Errorf("%q becomes %q", name, path)
		}
	})
}
