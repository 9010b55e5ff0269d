package config

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// tree is a command line of every type of flag, with a command below a command.
func tree() *cobra.Command {
	root := &cobra.Command{Use: "track"}
	root.PersistentFlags().BoolP("quiet", "q", false, "quiet")
	root.PersistentFlags().String(FileFlag, "", "a `file`")
	run := func(*cobra.Command, []string) {}
	file := &cobra.Command{Use: "file", Run: run}
	file.Flags().String("model", "siamtrack", "`name` of a model")
	file.Flags().StringArray("init", nil, "boxes")
	file.Flags().StringSlice("parts", nil, "parts")
	file.Flags().Int("end", 0, "last frame `N`")
	file.Flags().Float64("fps", 0, "`rate`")
	file.Flags().Duration("timeout", time.Second, "`time`")
	file.Flags().String("out", "", "a `file`")
	file.Flags().String("init-file", "", "a `file`")
	bench := &cobra.Command{Use: "bench", Run: run}
	bench.Flags().String("model", "siamtrack", "`name` of a model")
	bench.Flags().String("out", "", "a `folder`")
	bench.Flags().String("token", "", "a `word`")
	bench.Flags().String("token-file", "", "a `file`")
	check := &cobra.Command{Use: "check", Run: run}
	check.Flags().String("format", "", "format")
	check.Flags().Int("token", 0, "not bench's")
	bench.AddCommand(check)
	root.AddCommand(file, bench, &cobra.Command{Use: "models", Run: run}, &cobra.Command{Use: "ends", Run: run})
	return root
}

const good = `# a comment
quiet: true
model: "mobile"
file:
  init: ["1,2,3,4", a=5]
  end: 0x10
  fps: 30
  timeout: 1m30s
bench:
  check:
    format: otb
  token: 1234
`

func TestParse(t *testing.T) {
	got, err := Parse("c.yaml", []byte(good), tree())
	if err != nil {
		t.Fatal(err)
	}
	want := []Value{
		{"", "quiet", []string{"true"}, "c.yaml:2", false}, {"", "model", []string{"mobile"}, "c.yaml:3", false},
		{"file", "init", []string{"1,2,3,4", "a=5"}, "c.yaml:5", false}, {"file", "end", []string{"0x10"}, "c.yaml:6", false},
		{"file", "fps", []string{"30"}, "c.yaml:7", false}, {"file", "timeout", []string{"1m30s"}, "c.yaml:8", false},
		{"bench check", "format", []string{"otb"}, "c.yaml:11", false}, {"bench", "token", []string{"1234"}, "c.yaml:12",
			true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, empty := range []string{"", "# nothing\n", "---\n", "file:\nbench:\n"} {
		if got, err := Parse("c.yaml", []byte(empty), tree()); len(got) > 0 || err != nil {
			t.Errorf("%q: %v, %v", empty, got, err)
		}
	}
}

func TestWrongFiles(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"modle: x", `c.yaml:1: no flag "modle"; did you mean model?`},
		{"file: {modle: x}", `no flag "modle" of track file; did you mean model?`},
		{"enda: {x: y}", `did you mean ends?`}, // of two as near that which holds keys
		{"enda: 1", `did you mean end?`},       // or that which has a value
		{"file:\n  token: x", `c.yaml:2: no flag "token" of track file; track bench has it`},
		{"fil: {end: 1}", `c.yaml:1: no flag "fil"; did you mean file?`},
		{"file: 3", "c.yaml:1: names of flags"},
		{"- a", "c.yaml:1: names of flags"},
		{"file: {end: two}", `c.yaml:1: end: "two": a whole number is expected`},
		{"file: {end: 1.5}", `end: "1.5": a whole number is expected`},
		{"file: {end: '1'}", `end: "1" is text here: write it without quotation marks`},
		{"file: {end: 99999999999999999999}", `end: "99999999999999999999": this number is too large`},
		{"file: {fps: fast}", `fps: "fast": a number is expected`},
		{"quiet: yes please", `quiet: "yes please": true or false is expected`},
		{"quiet:\n", "c.yaml:1: quiet: a value is missing"},
		{"\nquiet: [true]", "c.yaml:2: quiet takes one value, not a list"},
		{"quiet: {a: b}", "quiet is a flag: it takes a value"},
		{"file:\n  init:\n  - a\n  - [b]", "c.yaml:4: init: a value is missing"},
		{"file: {timeout: 3}", `timeout: "3": a time with its unit, such as 2s or 1m30s, is expected`},
		{"file: {fps: 1e999}", `fps: "1e999": this number is too large`},
		{"quiet: true\nquiet: false", "c.yaml:2: quiet is said twice, first in line 1"},
		{"out: x", "c.yaml:1: out is not the same in track bench and in track file: say it below one of them"},
		{"file: {model: !!str 1}", "no tag does"},
		{"config: other.yaml", `no flag "config"`},
		{"help: true", `no flag "help"`},
		{"a: b: c", "c.yaml:1: mapping values are not allowed"},
		{"file:\n\tend: 3", "c.yaml:2: found character that cannot start any token"},
		{"quiet: true\n---\nquiet: true", "one document is read"},
		{"quiet: &a true\nfile: *b", "unknown anchor"},
		{"file: &f\n  end: 1\nbench: *f", `c.yaml:2: no flag "end" of track bench`},
		{"<<: {quiet: true}", `no flag "<<"`},
		{"? [a]\n: b", `no flag ""`},
		{"\xff", "c.yaml:1: invalid leading UTF-8"},
	} {
		got, err := Parse("c.yaml", []byte(c.text), tree())
		if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, %v; want %q", c.text, got, err, c.says)
		}
	}
	_, err := Parse("c.yaml", []byte("a: 1\nb: 2\nfile: {end: x}"), tree())
	if err == nil || strings.Count(err.Error(), "c.yaml:") != 3 {
		t.Errorf("not all that is wrong: %v", err)
	}
}

// TestPrint: what is printed can be read again and says the same, but for secrets, which are masked.
func TestPrint(t *testing.T) {
	s, err := load(t, good, "", "SIAMTRACK_OUT", "x", "SIAMTRACK_FILE_OUT", "rtsp://user:hunter2@host/x",
		"SIAMTRACK_FILE_QUIET", "false", "SIAMTRACK_BENCH_TOKEN_FILE", "secrets/token # 1")
	if err != nil {
		t.Fatal(err)
	}
	for _, changed := range []bool{false, true} {
		var out strings.Builder
		if err := s.Print(&out, tree(), changed); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		if strings.Contains(text, "1234") || strings.Contains(text, "hunter2") || !strings.Contains(text, "token: xxxxx #") {
			t.Errorf("a secret is shown, or not masked:\n%s", text)
		}
		if strings.Contains(text, "# parts: []") == changed || !strings.Contains(text, "end: 0x10 # "+s.files[0]+":6") {
			t.Errorf("changed %v:\n%s", changed, text)
		}
		again, err := Parse("printed", []byte(text), tree())
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, section := range []string{"file", "bench", "bench check"} {
			visit(tree(), func(c *cobra.Command, f *pflag.Flag) {
				if c.CommandPath() != "track "+section || f.Name == "token" || f.Name == "out" {
					return
				}
				was, _ := s.find(section, f.Name)
				is, _ := (&Settings{layers: [][]Value{again}}).find(section, f.Name)
				if !slices.Equal(was.Values, is.Values) {
					t.Errorf("%s %s: %q was printed as %q", section, f.Name, was.Values, is.Values)
				}
			})
		}
	}
	if s, err = load(t, "bench: {check: {token: 1234}}", ""); err != nil {
		t.Fatal(err)
	}
	var secret strings.Builder
	if err := s.Print(&secret, tree(), true); err != nil || !strings.Contains(secret.String(), "    # token: xxxxx #") {
		t.Errorf("a masked number, which cannot be read again, is no comment: %v\n%s", err, secret.String())
	}
}

// TestPrintOne: one command's part.
func TestPrintOne(t *testing.T) {
	s, err := load(t, good, "")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	bench, _, _ := tree().Find([]string{"bench", "check"})
	if err := s.Print(&out, bench, true); err != nil || !strings.Contains(out.String(),
		"bench:\n  check:\n    format: otb #") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// FuzzParse: whatever a file holds, it is read or refused with a line or the file's name, and what was read can be set.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		good, "file: {end: two}", "a: &a [*a]", "file: &f {init: [x]}\nbench: *f", "? {a: b}\n: c", "quiet: !!bool 1",
		"bench: {check: {token: 0}}",
		"file: {init: !!binary aGk=}", "%YAML 1.1\n---\nquiet: on\n", "file:\n  <<: {end: 1}\n", "\"\\u0000\": 1",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		values, err := Parse("c.yaml", raw, tree())
		if err != nil {
			if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), "c.yaml") {
				t.Errorf("%v", err)
			}
			return
		}
		s := &Settings{layers: [][]Value{values}}
		for _, name := range []string{"file", "bench", "bench check"} {
			cmd, _, _ := tree().Find(strings.Fields(name))
			if err := s.Apply(cmd); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		var out strings.Builder
		if err := s.Print(&out, tree(), false); err != nil {
			t.Fatal(err)
		}
		if _, err := Parse("printed", []byte(out.String()), tree()); err != nil {
			t.Errorf("%v in\n%s", err, out.String())
		}
	})
}
