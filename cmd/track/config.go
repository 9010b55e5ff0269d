package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"siamtrack/internal/config"
	"siamtrack/internal/plural"
	"siamtrack/internal/zoo"
)

// newConfigCmd returns `track config`.
func newConfigCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show what the configuration file and the environment say, and what is wrong in them",
		Long: "Every flag of every command can be set in a file and in the environment. What is typed wins over the\n" +
			"environment, that over the files, and those over the defaults; the user's file wins over the machine's.\n\n" +
			"A file is YAML. A key is a flag, for every command that has it, or a command, with its flags below it:\n\n" +
			"  log-level: warn\n" +
			"  live:\n" +
			"    timeout: 3s\n" +
			"  bench:\n" +
			"    jobs: 2\n\n" +
			"In the environment these are SIAMTRACK_LOG_LEVEL, SIAMTRACK_LIVE_TIMEOUT and SIAMTRACK_BENCH_JOBS; a flag\n" +
			"that may be repeated has a value a line. SIAMTRACK_CONFIG and --config FILE name a file that is read alone.",
		Example: "  track config print > new.yaml\n" +
			"  track config print live --changed\n" +
			"  track config check new.yaml",
		Args: knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(cmd.ErrOrStderr()) // help that was not asked for is no data
			return errors.Join(cmd.Help(), errHelped)
		},
	}
	cmd.AddCommand(newConfigPrintCmd(), newConfigPathCmd(), newConfigCheckCmd())
	return cmd
}

// newConfigPrintCmd returns `track config print`.
func newConfigPrintCmd() *cobra.Command {
	var changed bool
	cmd := &cobra.Command{
		Use:   "print [COMMAND]",
		Short: "Print what all flags, or those of COMMAND, are set to, and where that is said",
		Long: "print writes a configuration file: what files and the environment say, each with its place, and the\n" +
			"defaults, commented out. Tokens and passwords are masked.",
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := settable()
			of, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return usagef("no command %q", strings.Join(args, " "))
			}
			settings, err := config.Load(cmd.Context(), settable(), configFile(cmd))
			if err != nil {
				return err
			}
			return settings.Print(cmd.OutOrStdout(), of, changed)
		},
	}
	cmd.Flags().BoolVar(&changed, "changed", false, "leave out the defaults")
	return cmd
}

// newConfigPathCmd returns `track config path`.
func newConfigPathCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "path",
		Short: "Print where configuration files are looked for, the strongest last, and which are there",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			paths := config.Paths()
			if file := configFile(cmd); file != "" {
				paths = []string{file}
			}
			for _, path := range paths {
				state := "read"
				if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
					state = "not there"
				} else if err != nil {
					state = err.Error()
				}
				if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\n", path, state); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// newConfigCheckCmd returns `track config check`.
func newConfigCheckCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "Say what is wrong in FILE, or in the files and the environment that are used",
		Long: "check names every key that is no flag, and every value that a flag does not take, with its line. What a\n" +
			"command makes of the values it says when it runs.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				values, err := config.ParseFile(cmd.Context(), args[0], settable())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: good, it sets %s\n", args[0], plural.Of(len(values), "flag"))
				return err
			}
			settings, err := config.Load(cmd.Context(), settable(), configFile(cmd))
			if err != nil {
				return err
			}
			if len(settings.Files()) == 0 {
				_, err := fmt.Fprintln(cmd.OutOrStdout(), "no file is there; track config path says where one is looked for")
				return err
			}
			for _, file := range settings.Files() {
				if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: good\n", file); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// configFile names the file that is read in place of those in the usual places, "" for none.
func configFile(cmd *cobra.Command) string {
	if f := cmd.Flag(config.FileFlag); f != nil && f.Changed {
		return f.Value.String()
	}
	return config.FileFromEnvironment()
}

// configFiles lists the files that a command may be configured by, which it must not write over.
func configFiles(cmd *cobra.Command) (files []given) {
	paths := config.Paths()
	if one := configFile(cmd); one != "" {
		paths = []string{one}
	}
	for _, path := range paths {
		files = append(files, given{path, "the configuration"})
	}
	return files
}

// settable returns the commands whose flags files and the environment can set.
func settable() *cobra.Command {
	root := newRoot()
	for _, c := range root.Commands() {
		if c.Name() == "config" || c.Name() == "completion" {
			root.RemoveCommand(c)
		}
	}
	return root
}

// configInputs lists the files that a command's flags are read from.
func configInputs(cmd *cobra.Command) (files []given) {
	paths := config.Paths()
	if file := configFile(cmd); file != "" {
		paths = []string{file}
	}
	for _, path := range paths {
		files = append(files, given{path, "the configuration"})
	}
	return files
}

// unconfigured are the commands that must run whatever is wrong in a file.
var unconfigured = []string{"config", "completion", "help", "version", cobra.ShellCompRequestCmd,
	cobra.ShellCompNoDescRequestCmd}

// configure sets the flags of a command that were not typed, as files and the environment say.
func configure(cmd *cobra.Command) error {
	top := cmd
	for top.HasParent() && top.Parent() != cmd.Root() {
		top = top.Parent()
	}
	if slices.Contains(unconfigured, top.Name()) {
		return nil
	}
	settings, err := config.Load(cmd.Context(), settable(), configFile(cmd))
	if err != nil {
		return err
	}
	if err := settings.Apply(cmd); err != nil {
		return err
	}
	for _, file := range settings.Files() {
		logger(cmd).Debug("configured by", "file", file)
	}
	for _, m := range settings.Misspelt(os.Environ(), []string{zoo.FolderEnv, tokenEnv}) {
		logger(cmd).Warn("a variable of the environment sets nothing", "variable", m.Name, "meant", m.Meant+"?")
	}
	return nil
}

// typed reports whether a flag was given on the command line: there it is refused where it has no meaning.
func typed(cmd *cobra.Command, name string) bool {
	f := cmd.Flag(name)
	return f != nil && f.Changed && config.Origin(f) == ""
}
