package main

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// track runs the program in this process.
func track(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		name   string
		args   []string
		code   int
		stderr string // must be part of stderr
	}{
		{"help", []string{"--help"}, exitDone, ""},
		{"version", []string{"version"}, exitDone, ""},
		{"version, as a flag", []string{"--version"}, exitDone, ""},
		{"completion", []string{"completion", "bash"}, exitDone, ""},
		{"completion of another shell", []string{"completion", "tcsh"}, exitUsage, `no command "tcsh"`},
		{"a word that a shell asks for", []string{"__complete", "config", ""}, exitDone, ""},
		{"a word that a shell asks for, without descriptions", []string{"__completeNoDesc", "file", "--csv", ""}, exitDone,
			""},
		{"a command behind --", []string{"--", "file"}, exitUsage, `no command "file"`},
		{"nothing", []string{}, exitUsage, "Usage:"}, // nil is to cobra what the test binary was called with,
		{"unknown command", []string{"versoin"}, exitUsage, "did you mean version?"},
		{"help for an unknown command", []string{"help", "flie"}, exitUsage, "did you mean file"},
		{"help for a command below another", []string{"help", "bench", "merge"}, exitDone, ""},
		{"unknown flag", []string{"version", "--nope"}, exitUsage, "unknown flag: --nope"},
		{"too many arguments", []string{"version", "x"}, exitUsage, "track version --help"},
		{"an argument where none is", []string{"models", "x"}, exitUsage, `"x" is an argument too many: track models`},
		{"no argument", []string{"bench", "check"}, exitUsage, "DATASET is missing: track bench check DATASET..."},
		{"a glob without quotes", []string{"file", "a", "b"}, exitUsage, `2 arguments, "b" the second: track file INPUT`},
		{"a command's own words", []string{"match", "a"}, exitUsage, "1 picture given, two are compared"},
		{"misspelt flag", []string{"file", "a", "--modle", "x"}, exitUsage, "--modle; did you mean --model?"},
		{"no command, but a file", []string{"main.go"}, exitUsage, "track file follows objects"},
		{"misspelt command below", []string{"config", "chek"}, exitUsage, "did you mean check?"},
		{"a word for a number", []string{"file", "a", "--fps", "fast"}, exitUsage,
			`invalid argument "fast" for "--fps" flag: a number is expected`},
		{"half a thread", []string{"file", "a", "--threads", "1.5"}, exitUsage, `flag: a whole number is expected`},
		{"a number too large", []string{"file", "a", "--end", "99999999999999999999"}, exitUsage, "this number is too large"},
		{"a time without a unit", []string{"live", "a", "--timeout", "3"}, exitUsage, "such as 2s or 1m30s, is expected"},
		{"perhaps", []string{"version", "--quiet=perhaps"}, exitUsage, "true or false is expected"},
		{"bad level", []string{"version", "--log-level", "loud"}, exitUsage, "log-level"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, stderr := track(t, c.args...)
			if code != c.code || !strings.Contains(stderr, c.stderr) {
				t.Errorf("exit %d, want %d; stderr %q, want %q in it", code, c.code, stderr, c.stderr)
			}
		})
	}
}

// TestProviderAndPrecision: a provider that was asked for is had or refused, left to choose it is the CPU with a line
// that says why, and a model comes in the precision that is asked for, or is refused.
func TestProviderAndPrecision(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs one after the other, of what other tests run: left out with -short")
	}
	t.Setenv("SIAMTRACK_MODELS", "../../models")
	base := []string{"file", clip, "--init", clipInit, "--end", "1", "--csv", "-", "--quiet"}
	loud := append(slices.Clone(base[:len(base)-1]), "--log-level", "debug")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{slices.Concat(loud, []string{"--provider", "auto"}), exitDone, "why="},
		{slices.Concat(loud, []string{"--precision", "fp32"}), exitDone, "siamtrack-fp32.onnx"},
		{slices.Concat(loud, []string{"--precision", "int8"}), exitDone, "siamtrack.onnx"},
		{slices.Concat(base, []string{"--provider", "directml"}), exitFailed, "track doctor"},
		{slices.Concat(base, []string{"--provider", "gpu"}), exitUsage, "--provider"},
		{slices.Concat(base, []string{"--precision", "fp16"}), exitUsage, "--precision"},
		{slices.Concat(base, []string{"--precision", "int8", "-m", "siamfc"}), exitUsage, "siamfc.onnx is fp32"},
	} {
		code, _, stderr := track(t, c.args...)
		if code != c.code || !strings.Contains(stderr, c.says) {
			t.Errorf("%v: exit %d, want %d; %q, want %q in it", c.args[8:], code, c.code, stderr, c.says)
		}
	}
}

// TestCompletion: a shell that completes a word of which nothing is written yet is told what may stand there.
func TestCompletion(t *testing.T) {
	code, stdout, stderr := track(t, "__complete", "config", "")
	if code != exitDone || !strings.Contains(stdout, "check\tSay what is wrong") || !strings.Contains(stdout, "print\t") {
		t.Errorf("exit %d: %q, %q", code, stdout, stderr)
	}
}

func TestVersionNamesGo(t *testing.T) {
	_, stdout, stderr := track(t, "version")
	if code, flag, _ := track(t, "--version"); code != exitDone || flag != stdout {
		t.Errorf("--version: exit %d, %q; the command says %q", code, flag, stdout)
	}
	if !strings.HasPrefix(stdout, "track ") || !strings.Contains(stdout, "go1.") || stderr != "" {
		t.Errorf("stdout %q, stderr %q", stdout, stderr)
	}
}

// TestReport covers the ends that a command's own code can come to.
func TestReport(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		err  error
		code int
		says string
	}{
		{"done", t.Context(), nil, exitDone, ""},
		{"failed", t.Context(), context.DeadlineExceeded, exitFailed, "track: context deadline exceeded\n"},
		{"usage", t.Context(), usagef("--init: %d numbers", 3), exitUsage, "track: --init: 3 numbers\n"},
		{"different", t.Context(), errDifferent, exitDifferent, ""},
		{"stopped", cancelled, context.Canceled, exitInterrupted, "track: stopped\n"},
		{"done though stopped late", cancelled, nil, exitDone, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var errs bytes.Buffer
			cmd := &cobra.Command{Use: "track"}
			cmd.SetErr(&errs)
			if code := report(c.ctx, cmd, nil, c.err); code != c.code || !strings.HasPrefix(errs.String(), c.says) {
				t.Errorf("exit %d saying %q, want %d saying %q", code, errs.String(), c.code, c.says)
			}
		})
	}
}
