package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"siamtrack/internal/config"
)

// configFileWith writes a configuration file.
func configFileWith(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestEveryFlagIsConfigured: a file that gives every flag of every command its default is good.
func TestEveryFlagIsConfigured(t *testing.T) {
	var text strings.Builder
	flags := 0
	var write func(c *cobra.Command, indent string)
	write = func(c *cobra.Command, indent string) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name == config.FileFlag || f.Name == "version" { // they say what is to be done
				return
			}
			flags++
			if _, list := f.Value.(pflag.SliceValue); list {
				fmt.Fprintf(&text, "%s%s: []\n", indent, f.Name)
				return
			}
			value := f.DefValue
			if f.Value.Type() == "string" || value == "" {
				value = fmt.Sprintf("%q", value)
			}
			fmt.Fprintf(&text, "%s%s: %s\n", indent, f.Name, value)
		})
		for _, sub := range c.Commands() {
			fmt.Fprintf(&text, "%s%s:\n", indent, sub.Name())
			write(sub, indent+"  ")
		}
	}
	write(settable(), "")
	values, err := config.Parse("all", []byte(text.String()), settable())
	if err != nil || len(values) != flags || flags < 100 {
		t.Errorf("%d of %d flags, %v", len(values), flags, err)
	}
}

// TestConfiguredRun: what files and the environment say is done, and what is typed wins.
func TestConfiguredRun(t *testing.T) {
	dir := t.TempDir()
	out := func(name string) string { return filepath.Join(dir, name) }
	path := configFileWith(t, "model: "+tiny+"\nfile:\n  init: ['"+clipInit+"']\n  end: 3\n  heatmap: true\n  audio: "+
		"copy\n"+
		"  csv: "+out("file.csv")+"\nlive:\n  token: hunter2\n")
	t.Setenv("SIAMTRACK_CONFIG", path)
	t.Setenv("SIAMTRACK_FILE_END", "5")
	if code, _, stderr := track(t, "file", clip, "--csv", out("typed.csv")); code != exitDone {
		t.Fatal(stderr)
	}
	if _, err := os.Stat(out("file.csv")); err == nil {
		t.Error("the file won over what was typed")
	}
	if rows := readTrack(t, out("typed.csv")); len(rows) != 6 {
		t.Errorf("%d rows, want those of frames 0 to 5, as the environment says", len(rows))
	}
	if code, _, stderr := track(t, "file", clip, "--init-file", clipTruth, "--end", "2", "-q"); code != exitDone {
		t.Errorf("--init-file against a file's init: %s", stderr)
	}
	code, stdout, stderr := track(t, "config", "print", "--changed")
	if code != exitDone || strings.Contains(stdout+stderr, "hunter2") ||
		!strings.Contains(stdout, "token: xxxxx # "+path+":") ||
		!strings.Contains(stdout, "end: 5 # $SIAMTRACK_FILE_END") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	if code, stdout, _ := track(t, "config", "path"); code != exitDone || stdout != path+"\tread\n" {
		t.Errorf("exit %d: %q", code, stdout)
	}
	if code, stdout, _ := track(t, "config", "check"); code != exitDone || stdout != path+": good\n" {
		t.Errorf("exit %d: %q", code, stdout)
	}
	before := read(t, path)
	if code, _, stderr := track(t, "file", clip, "--csv", path); code != exitUsage || read(t, path) != before ||
		!strings.Contains(stderr, "is the configuration") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	code, _, stderr = track(t, "file", clip, "--threads", "0")
	if code != exitUsage || !strings.Contains(stderr, "csv ("+path+":7)") {
		t.Errorf("exit %d: wrong use does not say what was configured: %s", code, stderr)
	}
}

// TestNoConfiguration: who checks what is not there is told so.
func TestNoConfiguration(t *testing.T) {
	t.Setenv("SIAMTRACK_CONFIG", "")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	if _, paths, _ := track(t, "config", "path"); strings.Contains(paths, "\tread\n") {
		t.Skip("this machine has one for all its users")
	}
	if code, stdout, _ := track(t, "config", "check"); code != exitDone || !strings.HasPrefix(stdout, "no file is there") {
		t.Errorf("exit %d: %q", code, stdout)
	}
}

func TestWrongConfiguration(t *testing.T) {
	path := configFileWith(t, "file:\n  ennd: 3\n  threads: two\n")
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"--config", path, "file", clip, "--init", clipInit}, exitUsage},
		{[]string{"models", "--config", path}, exitUsage},
		{[]string{"config", "check", path}, exitFailed},
		{[]string{"config", "print", "--config", path}, exitFailed},
	} {
		code, stdout, stderr := track(t, c.args...)
		if code != c.code || stdout != "" || !strings.Contains(stderr,
			path+`:2: no flag "ennd" of track file; did you mean end?`) ||
			!strings.Contains(stderr, path+`:3: threads: "two": a whole number is expected`) {
			t.Errorf("%v: exit %d, want %d: %s%s", c.args, code, c.code, stdout, stderr)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"version", "--config", path}, exitDone, ""},
		{[]string{"file", clip, "--config", path + "x"}, exitUsage, "no such file"},
		{[]string{"config", "check", path + "x"}, exitFailed, "no such file"},
		{[]string{"config", "print", "fle"}, exitUsage, `no command "fle"`},
		{[]string{"config", "nope"}, exitUsage, `no command "nope"`},
		{[]string{"config"}, exitUsage, "Every flag of every command"},
	} {
		if code, _, stderr := track(t, c.args...); code != c.code || !strings.Contains(stderr, c.says) {
			t.Errorf("%v: exit %d, want %d: %s", c.args, code, c.code, stderr)
		}
	}
}
