package main

import (
	"bytes"
	"context"
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
		{"completion", []string{"completion", "bash"}, exitDone, ""},
		{"nothing", nil, exitUsage, "Usage:"},
		{"unknown command", []string{"versoin"}, exitUsage, "did you mean version?"},
		{"unknown flag", []string{"version", "--nope"}, exitUsage, "unknown flag: --nope"},
		{"too many arguments", []string{"version", "x"}, exitUsage, "track version --help"},
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

func TestVersionNamesGo(t *testing.T) {
	_, stdout, stderr := track(t, "version")
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
			if code := report(c.ctx, cmd, c.err); code != c.code || !strings.HasPrefix(errs.String(), c.says) {
				t.Errorf("exit %d saying %q, want %d saying %q", code, errs.String(), c.code, c.says)
			}
		})
	}
}
