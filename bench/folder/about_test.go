package folder

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/internal/filename"
	"siamtrack/internal/readfile"
)

// TestDamagedAbout goes on with a run whose manifest is damaged: what can be understood is, what cannot is named, and
// nothing is written then.
func TestDamagedAbout(t *testing.T) {
	run := About{Tracker: "t", Dataset: "d", Experiment: OPE, Repeat: 1, Sequences: map[string]string{"one": "1"}}
	for text, want := range map[string]string{
		`{"tracker":"t","dataset":"d","experiment":"ope","repeat":1,"sequences":null}`: "",
		`{"tracker":"t","dataset":"d","experiment":"ope","repeat":1}`:                  "",
		`null`:                            "tracker is",
		``:                                "unexpected end",
		`{"tracker":`:                     "unexpected end",
		`[]`:                              "cannot unmarshal",
		"\x00\x00":                        "invalid character",
		`{"tracker":"../x"}`:              "another folder",
		`{"tracker":"\u001b[2J"}`:         "control",
		`{"sequences":{"../../x":"1"}}`:   "another folder",
		`{"differing":[".."]}`:            "dot",
		`{"shard":{"index":9,"count":2}}`: "shard",
		`{"shard":{"index":-1}}`:          "shard",
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, AboutFile)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := run.Claim(dir)
		if want == "" {
			if err != nil || got.Sequences["one"] != "1" {
				t.Errorf("%s: %+v, %v", text, got, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %q of %s", text, err, want, path)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != text {
			t.Errorf("%s: it is %q now, %v", text, after, err)
		}
	}
}

// TestAboutOfAnEndlessFile: a manifest that is a device is not read to its end.
func TestAboutOfAnEndlessFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("/dev/zero", filepath.Join(dir, AboutFile)); err != nil {
		t.Skip(err)
	}
	if _, err := ReadAbout(dir); !errors.Is(err, readfile.ErrKind) {
		t.Error(err)
	}
}

// TestNamesStayInside: a run writes below its folder only, whatever a sequence or the tracker is called.
func TestNamesStayInside(t *testing.T) {
	outer := t.TempDir()
	dir := filepath.Join(outer, "run")
	for _, e := range Experiments() {
		p, err := NewPaths(dir, "otb", e)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []File{p.Track("../../x", 0), p.Start("../../x", 1), p.Times("../../x"),
			p.Confidence("../../x"), p.Score("../../x"), p.Stages("../../x"), p.Response("../../x")} {
			if err := f.Write([]byte("x")); err == nil && filepath.Dir(f.Path()) != dir &&
				!strings.HasPrefix(f.Path(), dir+string(filepath.Separator)) {
				t.Errorf("%s was written", f.Path())
			}
		}
	}
	if items, err := os.ReadDir(outer); err != nil || len(items) != 1 {
		t.Errorf("outside the run's folder: %v, %v", items, err)
	}
	if err := os.Symlink(outer, filepath.Join(dir, "out")); err != nil {
		t.Skip(err)
	}
	if err := At(dir, "out/x").Write([]byte("x")); err == nil {
		t.Error("a link led out of the run's folder")
	}
	if _, err := (About{Tracker: "../x"}).Claim(dir); !errors.Is(err, filename.Err) {
		t.Errorf("a tracker's name with a path: %v", err)
	}
}

// FuzzParseAbout: whatever a manifest holds, what comes of it can be gone on with.
func FuzzParseAbout(f *testing.F) {
	for _, s := range []string{
		`{"tracker":"t","shard":{"index":1,"count":2},"sequences":{"a":"1"},"differing":["a"]}`, `{"sequences":null}`, `null`,
		`{"parameters":{"a":[1,2]},"versions":{"track":"1"},"machine":{"cores":2},"created":"2026-01-02T03:04:05Z"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := parseAbout(raw)
		if err != nil {
			return
		}
		a.Sequences["x"] = "1" // never nil
		_ = a.Differences(About{Sequences: map[string]string{"x": "2"}})
		for name := range a.Sequences {
			if filename.Check("sequence", name) != nil {
				t.Errorf("the name %q", name)
			}
		}
	})
}
