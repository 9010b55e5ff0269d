package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"siamtrack/internal/config"
	"siamtrack/internal/printable"
	"siamtrack/internal/redact"
)

// The exit codes of the program.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitDifferent   = 3
	exitUndecided   = 4
	exitInterrupted = 130 // 128 + SIGINT, as a shell reports it
)

// errUsage is wrapped by every error that says the program was called wrongly; it ends with exit code 2.
var errUsage = errors.New("wrong use")

// errDifferent ends a comparison whose answer, already given, is that the pictures are different: exit code 3.
var errDifferent = errors.New("different")

// errUndecided ends a comparison whose answer, already given, is that nothing was calibrated to judge by: exit code 4.
var errUndecided = errors.New("not calibrated")

// usageError is an error in how the program was called. Its text is the cause's alone: the advice is added by report.
type usageError struct{ cause error }

func (e usageError) Error() string   { return e.cause.Error() }
func (e usageError) Unwrap() []error { return []error{e.cause, errUsage} }

// errHelped ends the program with exit code 2 and without a word: help was shown where nothing else could be done.
var errHelped = errors.New("help was shown")

// wrongUse marks err as an error in how the program was called.
func wrongUse(err error) error { return usageError{err} }

// usagef returns an error in how the program was called.
func usagef(format string, args ...any) error { return wrongUse(fmt.Errorf(format, args...)) }

// markStart makes every command below root set the returned flag when its own code begins. An error that comes
// before that is cobra's: an unknown flag, a missing argument, flags that exclude each other; all of them wrong use.
func markStart(root *cobra.Command) *bool {
	began := new(bool)
	var mark func(*cobra.Command)
	mark = func(c *cobra.Command) {
		if own := c.RunE; own != nil {
			c.RunE = func(cmd *cobra.Command, args []string) error {
				*began = true
				return own(cmd, args)
			}
		}
		for _, sub := range c.Commands() {
			mark(sub)
		}
	}
	mark(root)
	return began
}

// report says on cmd's stderr what went wrong, if anything did, and returns the exit code. args are the command line.
func report(ctx context.Context, cmd *cobra.Command, args []string, err error) int {
	stderr := cmd.ErrOrStderr()
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		text := err.Error()
		if beside, ok := strings.CutPrefix(text, context.Canceled.Error()); ok {
			text = "stopped" + beside // nothing, or what else went wrong
		}
		fmt.Fprintf(stderr, "track: %s\n", clean(text, args))
		return exitInterrupted
	case errors.Is(err, errDifferent):
		return exitDifferent
	case errors.Is(err, errUndecided):
		return exitUndecided
	case errors.Is(err, errHelped):
		return exitUsage
	}
	text := clean(strings.TrimPrefix(err.Error(), "track: "), args) // package tracker's own
	if errors.Is(err, errUsage) {
		if used := config.Used(cmd); len(used) > 0 {
			text += "\nThe configuration sets " + clean(strings.Join(used, ", "), args) + "; see track config print."
		}
		fmt.Fprintf(stderr, "track: %s\nRun '%s --help' for how to use it.\n", text, cmd.CommandPath())
		return exitUsage
	}
	fmt.Fprintf(stderr, "track: %s\n", text)
	return exitFailed
}

// clean makes an error fit to be shown: it may hold names from files, and what was typed.
func clean(text string, args []string) string { return printable.Text(redact.Typed(text, args)) }
