package main

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"siamtrack/internal/config"
	"siamtrack/internal/redact"
)

// newRoot returns the command `track` with everything below it.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "track",
		Short: "Follow one object through a video with a Siamese network",
		Long: "track follows one object, or several, through a video: you show it each once, with a box, and it\n" +
			"finds it in every frame after that.\n\n" +
			"Exit codes: 0 done, 1 failed, 2 wrong use, 3 different and 4 not calibrated (track match),\n" +
			"130 stopped by Ctrl-C (what was tracked is on disk).",
		SilenceErrors: true,
		SilenceUsage:  true,

		SuggestionsMinimumDistance: 2, // cobra's own, which it sets only where it looks for the command itself
		Args:                       knownCommand,
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			return cmp.Or(noEmpty(cmd, args), configure(cmd))
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(cmd.ErrOrStderr()) // help that was not asked for is no data
			return errors.Join(cmd.Help(), errHelped)
		},
	}
	root.Flags().Bool("version", false, "print the version, as track version does")
	root.Version = versionLine()
	root.SetVersionTemplate("{{.Version}}\n")
	flags := root.PersistentFlags()
	flags.TextVar(new(slog.Level), "log-level", slog.LevelInfo,
		"least `level` of the log on stderr: debug, info, warn or error")
	flags.BoolP("quiet", "q", false, "nothing on stderr but errors: no progress, no summary, no log")
	flags.String(config.FileFlag, "", "read the flags that are not given from this `file` alone (see track config)")
	root.AddCommand(newFileCmd())
	root.AddCommand(newBenchCmd())
	root.AddCommand(newLiveCmd(), newCamerasCmd())
	root.AddCommand(newEvalCmd())
	root.AddCommand(newMatchCmd())
	root.AddCommand(newModelsCmd())
	root.AddCommand(newDoctorCmd())
	root.AddCommand(newVersionCmd(), newConfigCmd())
	root.AddCommand(newReportCmd())
	root.AddCommand(newPlayCmd(), newTuneCmd())
	root.AddCommand(newTraxCmd())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Args = knownTopic
		case "completion": // which takes any word for a wish for help
			c.Args, c.RunE = knownCommand, root.RunE
		}
	}
	explainMisuse(root)
	return root
}

// knownTopic refuses what help has nothing to say of; cobra's own looks for what newRoot does not leave to it.
func knownTopic(cmd *cobra.Command, args []string) error {
	found, rest, err := cmd.Root().Find(args)
	if err != nil {
		return err
	}
	return knownCommand(found, rest)
}

// knownCommand refuses what is left over where a command's name should stand, and suggests what was meant.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.SuggestionsMinimumDistance == 0 { // the root's, which cobra does not hand down
		cmd.SuggestionsMinimumDistance = cmd.Root().SuggestionsMinimumDistance
	}
	msg := fmt.Sprintf("no command %q", redact.Source(args[0])) // a URL, where live was forgotten
	itself := func(name string) bool { return name == args[0] } // behind --
	if s := slices.DeleteFunc(cmd.SuggestionsFor(args[0]), itself); len(s) > 0 {
		msg += fmt.Sprintf("; did you mean %s?", strings.Join(s, " or "))
	} else if _, err := os.Stat(args[0]); err == nil && !cmd.HasParent() {
		msg += "; track file follows objects through a video into files, track live shows it"
	}
	return fmt.Errorf("%s", msg)
}

// logger returns the log of cmd, on its stderr, at the level that --log-level and --quiet ask for.
func logger(cmd *cobra.Command) *slog.Logger {
	var level slog.Level
	if err := cmd.Flags().GetText("log-level", &level); err != nil {
		level = slog.LevelInfo // only a command outside newRoot's tree lacks the flag
	}
	if quiet(cmd) {
		level = slog.LevelError
	}
	return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{} // a person reads it as it comes; a service's log has times of its own
			}
			return a
		},
	}))
}

// quiet reports whether --quiet was given.
func quiet(cmd *cobra.Command) bool {
	q, err := cmd.Flags().GetBool("quiet")
	return err == nil && q
}
