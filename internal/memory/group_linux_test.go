package memory

import (
	"os"
	"path/filepath"
	"testing"
)

// TestGroupLeaves lays files as Linux shows groups: the tightest of those that hold the process counts.
func TestGroupLeaves(t *testing.T) {
	mount := t.TempDir()
	for name, text := range map[string]string{
		"a/memory.max": "max\n", "a/memory.current": "5\n",
		"a/b/memory.max": "1000\n", "a/b/memory.current": "400\n", "a/b/memory.stat": "anon 300\ninactive_file 90\n",
		"a/b/c/memory.max": "900\n", "a/b/c/memory.current": "100\n",
		"unified/u/memory.max": "70\n", "unified/u/memory.current": "30\n",
		"memory/memory.limit_in_bytes": "9223372036854771712\n", "memory/memory.usage_in_bytes": "12\n",
		"memory/d/memory.limit_in_bytes": "500\n", "memory/d/memory.usage_in_bytes": "450\n",
		"memory/d/memory.stat": "inactive_file 7\ntotal_inactive_file 20\n",
		"odd/memory.max":       "many\n", "odd/memory.current": "1\n",
	} {
		path := filepath.Join(mount, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		self    string
		want    int64
		limited bool
	}{
		{self: "0::/a\n"},
		{"0::/a/b\n", 690, true},
		{"0::/a/b/c\n", 690, true},
		{"0::/a/b/c/gone/deeper\n", 690, true},
		{"0::/u\n", 40, true},
		{"4:memory:/d\n0::/a\n", 70, true},
		{"4:cpu,memory:/d/e\n3:cpu:/a/b\n", 70, true},
		{"4:memory:/docker/0123\n", 9223372036854771712 - 12, true},
		{"0::/../../a/b\n", 690, true},
		{self: "0::/odd\n"}, {self: ""}, {self: "0:\nnonsense"},
	} {
		if got, limited := groupLeaves(mount, c.self); got != c.want || limited != c.limited {
			t.Errorf("%q: %d, %v, want %d, %v", c.self, got, limited, c.want, c.limited)
		}
	}
}
