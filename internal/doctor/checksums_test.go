package doctor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestChecksums(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "bin", "track")
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("bin/track", "abc")
	write("models/m.onnx", "")
	if f, ok := Checksums(program); ok {
		t.Errorf("without a list: %+v", f)
	}
	const ( // FIPS 180-2, appendix B.1; and of nothing
		abc  = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
		none = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	)
	for list, want := range map[string]string{
		abc + "  bin/track\n" + none + " *models/m.onnx\n":   "2 files as in",
		abc + "  bin/track\n" + abc + "  models/m.onnx\n":    "1 of 2 files are not as released",
		abc + "  bin/track\n" + none + "  models/other\n":    "1 of 2 files are not as released",
		abc + "  ../etc/passwd\n":                            "no checksum",
		abc + "  /etc/passwd\n":                              "no checksum",
		"abc  bin/track\n":                                   "no checksum",
		"":                                                   "lists nothing",
		strings.Repeat("x", 70_000):                          "lists nothing",
		abc + "  bin\n":                                      "1 of 1 files are not as released",
		strings.ToUpper(abc) + "  bin/track\n":               "1 files as in",
		none + "  models/m.onnx\n" + abc + "  bin/track\n\n": "no checksum",
	} {
		write(SumsFile, list)
		f, ok := Checksums(program)
		if good := strings.Contains(want, "as in"); !ok || !strings.Contains(f.Found, want) || (f.Status == OK) != good ||
			(f.Advice == "") != good {
			t.Errorf("%.80q: %+v, want %q", list, f, want)
		}
	}
	// As it is installed, the list lies deeper, and its names are relative to the same folder.
	write("share/siamtrack/"+SumsFile, abc+"  bin/track\n")
	if f, ok := Checksums(program); !ok || f.Status != OK || !strings.HasSuffix(f.Found, "share/siamtrack/"+SumsFile) {
		t.Errorf("%+v", f)
	}
}
