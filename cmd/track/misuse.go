package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"siamtrack/internal/config"
	"siamtrack/internal/redact"
)

// explainMisuse has the commands from c on tell in whole words what cobra counts: which argument is missing, which is
// too many, and which flag was meant.
func explainMisuse(c *cobra.Command) {
	c.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if _, dashed, short := strings.Cut(err.Error(), "unknown shorthand flag: "); short {
			if _, dashed, _ = strings.Cut(dashed, " in "); fileThere(dashed) {
				return fmt.Errorf("%w; the file of that name is ./%s", err, dashed)
			}
		}
		name, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
		if !unknown {
			return plainValue(err)
		}
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if meant := config.Nearest(name, names); meant != "" {
			return fmt.Errorf("%w; did you mean --%s?", err, meant)
		}
		return err
	})
	explainArgs(c)
}

// fileThere reports whether there is something of a name.
func fileThere(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// plainValue says of a value that a flag does not take what Go's libraries say in their own words.
func plainValue(err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		why := invalid.Unwrap()
		if wanted := config.Wanted(invalid.GetFlag(), why); wanted != nil {
			return fmt.Errorf("%s: %w", strings.TrimSuffix(err.Error(), ": "+why.Error()), wanted)
		}
	}
	if before, _, ours := strings.Cut(err.Error(), ": slog: "); ours {
		return fmt.Errorf("%s: debug, info, warn or error is expected", before)
	}
	return err
}

// counted are cobra's errors about the number of arguments.
var counted = regexp.MustCompile(`^(accepts|requires) |^unknown command `)

// explainArgs does it for the arguments.
func explainArgs(c *cobra.Command) {
	for _, below := range c.Commands() {
		explainArgs(below)
	}
	_, takes, _ := strings.Cut(c.Use, " ")
	own := c.Args
	if own == nil || takes == "" && c.HasSubCommands() {
		return // arguments of its own kind, or names of commands
	}
	c.Args = func(cmd *cobra.Command, args []string) error {
		err := own(cmd, args)
		use := strings.TrimSpace(cmd.CommandPath() + " " + takes)
		switch {
		case err == nil || !counted.MatchString(err.Error()):
			return err // or the command's own words
		case len(args) == 0:
			first, _, _ := strings.Cut(takes, " ")
			return fmt.Errorf("%s is missing: %s", strings.TrimSuffix(first, "..."), use)
		case takes == "" || len(args) == 1:
			return fmt.Errorf("%q is an argument too many: %s", redact.Source(args[0]), use)
		}
		return fmt.Errorf("%d arguments, %q the second: %s (a glob or a name with blanks goes between quotes)", len(args),
			redact.Source(args[1]), use)
	}
}

// noEmpty refuses an argument and a flag's text that were typed and are empty, as of a variable that is not set: an
// output would be left away without a word. (A configuration says by it that a flag is as if it were not given.)
func noEmpty(cmd *cobra.Command, args []string) (err error) {
	if cmd.Name() == cobra.ShellCompRequestCmd || cmd.Name() == cobra.ShellCompNoDescRequestCmd {
		return nil // a shell asks what may stand where nothing is written yet
	}
	if i := slices.Index(args, ""); i >= 0 {
		return usagef("argument %d of %s is empty: is a variable not set?", i+1, cmd.CommandPath())
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && f.Value.String() == "" && err == nil {
			err = usagef("--%s \"\": it is empty: is a variable not set?", f.Name)
		}
	})
	return err
}
