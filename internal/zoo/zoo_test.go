package zoo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"siamtrack/internal/readfile"
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
	if !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), "one, siammatch, siamtrack, three, two") {
		t.Errorf("an unknown name: %v", err)
	}
	_, err = Find(filepath.Join(a, "four.onnx"), folders)
	if !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), "four.onnx") != 1 {
		t.Errorf("a missing path: %v", err)
	}
}

// TestWorkingFolder: what lies in models/ of the folder in which the program is started takes no built-in model's
// place; in a folder that was asked for it does.
func TestWorkingFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("models", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{Default + ".onnx", "other.onnx"} {
		if err := os.WriteFile(filepath.Join("models", name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv(FolderEnv, "")
	if got, err := Find(Default, Folders()); err != nil || !BuiltIn(got) {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := Find("other", Folders()); err != nil || got != filepath.Join("models", "other.onnx") {
		t.Errorf("%q, %v", got, err)
	}
	if slices.Contains(List(Folders()), filepath.Join("models", Default+".onnx")) {
		t.Error("it is listed")
	}
	t.Setenv(FolderEnv, "models")
	if got, err := Find(Default, Folders()); err != nil || got != filepath.Join("models", Default+".onnx") {
		t.Errorf("asked for: %q, %v", got, err)
	}
}

func TestListIsSortedAndHasEachNameOnce(t *testing.T) {
	a, b := folder(t, "z.onnx", "m.json"), folder(t, "a.onnx", "z.json")
	var got []string
	for _, p := range List([]string{a, b}) {
		got = append(got, filepath.Base(p))
	}
	want := []string{"a.onnx", "m.json", "embedded:siammatch.onnx", "embedded:siamtrack.onnx", "z.onnx"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestDefaultsAreBuiltIn: the models that are used where none is named are had without any folder, with their
// thresholds, and a file of theirs in a folder goes before them.
func TestDefaultsAreBuiltIn(t *testing.T) {
	for _, name := range []string{Default, DefaultMatch} {
		path, err := Find(name, []string{t.TempDir()})
		if err != nil || !BuiltIn(path) {
			t.Fatalf("%s: %s, %v", name, path, err)
		}
		if again, err := Find(path, nil); err != nil || again != path {
			t.Errorf("%s by its path: %s, %v", name, again, err)
		}
		for _, file := range []string{name + ".onnx", name + ".thresholds"} {
			want, err := os.ReadFile(filepath.Join("..", "..", "models", file))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := Read("embedded:"+file, int64(len(want))); err != nil || string(got) != string(want) {
				t.Errorf("%s: %d bytes, %v; want the file's %d", file, len(got), err, len(want))
			}
			if _, err := Read("embedded:"+file, int64(len(want))-1); !errors.Is(err, readfile.ErrTooLarge) {
				t.Errorf("%s: beyond its limit: %v", file, err)
			}
		}
		dir := folder(t, name+".onnx")
		want := filepath.Join(dir, name+".onnx")
		if got, err := Find(name, []string{dir}); err != nil || got != want || BuiltIn(got) ||
			!slices.Contains(List([]string{dir}), want) {
			t.Errorf("Find(%q) = %q, %v; want %q", name, got, err, want)
		}
		if p, err := InPrecision(path, PrecisionAuto, PrecisionFP32); err != nil || p != path {
			t.Errorf("%s where fp32 is faster: %s, %v", name, p, err)
		}
	}
	for _, path := range []string{
		"embedded:", "embedded:none.onnx", "embedded:../embed.go", "embedded:siamtrack.thresholds",
	} {
		if BuiltIn(path) {
			t.Errorf("%s is no model that is built in", path)
		}
	}
	if _, err := Read("embedded:none.onnx", 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not built in: %v", err)
	}
}

// TestFoldersOfOthers: about the program no folder of models counts that another user of the machine has made.
func TestFoldersOfOthers(t *testing.T) {
	root := t.TempDir()
	bin, planted := filepath.Join(root, "bin"), filepath.Join(root, "models")
	for _, dir := range []string{bin, planted} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if got := about(bin); len(got) != 3 || got[1] != planted {
		t.Errorf("%v", got)
	}
	if err := os.Chown(planted, 4711, -1); err != nil {
		t.Skip(err)
	}
	if got := about(bin); slices.Contains(got, planted) {
		t.Errorf("%v: one of them is another user's", got)
	}
}
