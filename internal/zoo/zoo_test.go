package zoo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func folder(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, n := range names {
		if err := os.WriteFile(filepath.Join(dir, n), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFind(t *testing.T) {
	a, b := folder(t, "one.onnx", "two.json", "notes.md"), folder(t, "one.json", "three.onnx")
	folders := []string{a, b, filepath.Join(a, "missing")}
	for name, want := range map[string]string{
		"one":                        filepath.Join(a, "one.onnx"),
		"two":                        filepath.Join(a, "two.json"),
		"three":                      filepath.Join(b, "three.onnx"),
		filepath.Join(b, "one.json"): filepath.Join(b, "one.json"),
		filepath.Join(a, "notes.md"): filepath.Join(a, "notes.md"), // a path is taken as it is
	} {
		if got, err := Find(name, folders); err != nil || got != want {
			t.Errorf("Find(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
	_, err := Find("four", folders)
	if !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), "one, three, two") {
		t.Errorf("an unknown name: %v", err)
	}
	if _, err := Find(filepath.Join(a, "four.onnx"), folders); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing path: %v", err)
	}
}

func TestListIsSortedAndHasEachNameOnce(t *testing.T) {
	a, b := folder(t, "z.onnx", "m.json"), folder(t, "a.onnx", "z.json")
	var got []string
	for _, p := range List([]string{a, b}) {
		got = append(got, filepath.Base(p))
	}
	if want := []string{"a.onnx", "m.json", "z.onnx"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
