package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// load puts a machine's and a user's file where they are looked for, or one file elsewhere, and loads.
func load(t *testing.T, user, named string, env ...string) (*Settings, error) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	for i := 0; i < len(env); i += 2 {
		t.Setenv(env[i], env[i+1])
	}
	put := func(path, text string) string {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if paths := Paths(); user != "" {
		put(paths[len(paths)-1], user)
	}
	if named != "" {
		named = put(filepath.Join(home, "named.yaml"), named)
	}
	return Load(t.Context(), tree(), named)
}

// applied is a command's flags after Apply, as NAME=VALUE.
func applied(t *testing.T, s *Settings, args ...string) (string, *cobra.Command) {
	t.Helper()
	root := tree()
	cmd, rest, err := root.Find(args)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(cmd.ParseFlags(rest), s.Apply(cmd)); err != nil {
		t.Fatal(err)
	}
	var out []string
	own(cmd, func(f *pflag.Flag, _ bool) {
		if f.Changed {
			out = append(out, fmt.Sprintf("%s=%s", f.Name, f.Value))
		}
	})
	return strings.Join(out, " "), cmd
}

func TestWhatWins(t *testing.T) {
	const user = "quiet: true\nmodel: general\nfile: {model: own, init: [a, b], end: 3}\n"
	for _, c := range []struct {
		named string
		env   []string
		args  string
		want  string
	}{
		{args: "file", want: "end=3 init=[a,b] model=own quiet=true"},
		{args: "bench", want: "model=general quiet=true"},
		{args: "file --end 5 --init c --quiet=false", want: "end=5 init=[c] model=own quiet=false"},
		{args: "file", env: []string{"SIAMTRACK_MODEL", "env"}, want: "end=3 init=[a,b] model=env quiet=true"},
		{args: "file -q", env: []string{"SIAMTRACK_MODEL", "env", "SIAMTRACK_FILE_MODEL", "near", "SIAMTRACK_END", "7"},
			want: "end=7 init=[a,b] model=near quiet=true"},
		{args: "file", env: []string{"SIAMTRACK_INIT", "1,2\n3,4\n", "SIAMTRACK_QUIET", "false"},
			want: `end=3 init=["1,2","3,4"] model=own quiet=false`},
		{args: "file", named: "model: alone", want: "model=alone"},
		{args: "bench check", named: "bench: {check: {format: otb}, model: x}", want: "format=otb"},
		{args: "bench check", env: []string{"SIAMTRACK_BENCH_CHECK_FORMAT", "got"}, want: "format=got quiet=true"},
		{args: "bench", env: []string{"SIAMTRACK_OUT", "no, of two kinds", "SIAMTRACK_BENCH_OUT", "d"},
			want: "model=general out=d quiet=true"},
		{args: "file", named: "file: {init: []}", want: ""},
		{args: "bench", named: "bench: {token: x, check: {token: 3}}", want: "token=x"},
		{args: "bench check", named: "bench: {token: x}", want: ""},
		{args: "bench check", named: "bench: {token: x}", env: []string{"SIAMTRACK_BENCH_TOKEN", "y"}, want: ""},
		{args: "bench", named: "bench: {token: x}", env: []string{"SIAMTRACK_BENCH_TOKEN", "y"}, want: "token=y"},
	} {
		t.Run(c.want, func(t *testing.T) {
			s, err := load(t, user, c.named, c.env...)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := applied(t, s, strings.Fields(c.args)...); got != c.want {
				t.Errorf("%s: %s, want %s", c.args, got, c.want)
			}
		})
	}
}

func TestWrongEnvironmentAndPlaces(t *testing.T) {
	_, err := load(t, "nope: 1", "", "SIAMTRACK_FILE_END", "x", "SIAMTRACK_QUIET", "maybe")
	for _, want := range []string{`config.yaml:1: no flag "nope"`, `$SIAMTRACK_FILE_END: "x": a whole number is expected`,
		"$SIAMTRACK_QUIET"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	none := filepath.Join(t.TempDir(), "none.yaml")
	if _, err := Load(t.Context(), tree(), none); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a named file that is not there: %v", err)
	}
	if _, err := Load(t.Context(), tree(), t.TempDir()); err == nil {
		t.Error("a folder was read")
	}
}

// TestSomebodyElsesHome: a file that this user may not read is no reason to guess, and what to do is said.
func TestSomebodyElsesHome(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	if err := os.Chmod(home, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadDir(home); err == nil {
		t.Skip("root may read everything")
	}
	if _, err := Load(t.Context(), tree(), ""); err == nil || !strings.Contains(err.Error(), "set HOME") {
		t.Error(err)
	}
}

// TestPrefer: of flags that exclude each other the one said nearest to the command line stays.
func TestPrefer(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"file", "init=[a,b]"}, {"file --init-file f", "init-file=f"}, {"file --init c --init-file f",
			"init=[c] init-file=f"},
	} {
		s, err := load(t, "", "file: {init: [a, b]}")
		if err != nil {
			t.Fatal(err)
		}
		_, cmd := applied(t, s, strings.Fields(c.args)...)
		if err := Prefer(cmd, "init", "init-file"); err != nil {
			t.Fatal(err)
		}
		var got []string
		own(cmd, func(f *pflag.Flag, _ bool) {
			if f.Changed {
				got = append(got, f.Name+"="+f.Value.String())
			}
		})
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %s, want %s", c.args, text, c.want)
		}
	}
	s, _ := load(t, "", "file: {init-file: f}", "SIAMTRACK_FILE_INIT", "x")
	_, cmd := applied(t, s, "file")
	if err := Prefer(cmd, "init", "init-file"); err != nil || cmd.Flag("init-file").Changed ||
		Origin(cmd.Flag("init")) == "" {
		t.Errorf("%v: a file wins over the environment", err)
	}
	if used := Used(cmd); !slices.Equal(used, []string{"init ($SIAMTRACK_FILE_INIT)"}) {
		t.Error(used)
	}
}
