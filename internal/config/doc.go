// Package config gives the flags of a command line values from files and from the environment: what is typed wins over
// the environment, that over the files, those over the defaults. It has no list of its own: what can be set are the
// flags of the commands.
//
// A file is YAML. A key is a flag's long name, or a command's, with what is said for that command alone below it:
//
//	log-level: warn            # every command that has the flag
//	file:
//	  model: mobile            # track file
//	  init: ["10,20,30,40"]
//	bench:
//	  check: {format: otb}     # track bench check
//
// In the environment the same is SIAMTRACK_LOG_LEVEL, SIAMTRACK_FILE_MODEL, SIAMTRACK_BENCH_CHECK_FORMAT; of a flag
// that takes several values each is a line. What is said nearer to a command wins.
package config

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// FileFlag is the name of the flag that names a file in place of those in the usual places.
const FileFlag = "config"

// Prefix is that of the environment's variables.
const Prefix = "SIAMTRACK_"

// maxFile bounds a file, in bytes.
const maxFile = 1 << 20

// Paths lists where files are looked for, the weakest first: the machine's and the user's.
func Paths() []string {
	var paths []string
	switch runtime.GOOS {
	case "windows":
		if dir := os.Getenv("ProgramData"); dir != "" {
			paths = append(paths, filepath.Join(dir, "siamtrack", "config.yaml"))
		}
	default:
		paths = append(paths, "/etc/siamtrack/config.yaml")
	}
	if dir, err := os.UserConfigDir(); err == nil { // a service may have no home
		paths = append(paths, filepath.Join(dir, "siamtrack", "config.yaml"))
	}
	return paths
}

// notSet are flags that say what is to be done, or where to read, and have no place in a file.
var notSet = []string{FileFlag, "help", "version"}

// flagOf returns a command's flag, its own or inherited, nil where it has none that can be set here.
func flagOf(c *cobra.Command, name string) *pflag.Flag {
	if slices.Contains(notSet, name) {
		return nil
	}
	return c.Flag(name)
}

// holders returns c and the commands below it that have a flag.
func holders(c *cobra.Command, name string) (found []*cobra.Command) {
	if flagOf(c, name) != nil {
		found = append(found, c)
	}
	for _, sub := range c.Commands() {
		found = append(found, holders(sub, name)...)
	}
	return found
}

// same reports whether two flags of one name mean the same: a type, and what help calls the value.
func same(a, b *pflag.Flag) bool {
	nameA, _ := pflag.UnquoteUsage(a)
	nameB, _ := pflag.UnquoteUsage(b)
	return a.Value.Type() == b.Value.Type() && nameA == nameB
}

// section names a command below the root: "" for the root, "bench check".
func section(c *cobra.Command) string {
	_, below, _ := strings.Cut(c.CommandPath(), " ")
	return below
}

// sub returns the command of a name below c, nil where there is none.
func sub(c *cobra.Command, name string) *cobra.Command {
	for _, s := range c.Commands() {
		if s.Name() == name {
			return s
		}
	}
	return nil
}

// variable names the variable of the environment that sets a flag below a section.
func variable(section, flag string) string {
	words := strings.TrimSpace(section + " " + flag)
	return Prefix + strings.ToUpper(strings.NewReplacer(" ", "_", "-", "_").Replace(words))
}
