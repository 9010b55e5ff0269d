package config

import (
	"slices"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// suggestion says what may have been meant: by what holds keys a command sooner than a flag, else a flag.
func suggestion(c *cobra.Command, name string, mapping bool) string {
	var flags, commands []string
	visit(c, func(_ *cobra.Command, f *pflag.Flag) { flags = append(flags, f.Name) })
	for _, s := range c.Commands() {
		commands = append(commands, s.Name())
	}
	if mapping {
		flags, commands = commands, flags
	}
	best := Nearest(name, append(flags, commands...))
	switch {
	case best != "":
		return "; did you mean " + best + "?"
	case section(c) != "" && len(holders(c.Root(), name)) > 0 && len(name) <= maxName:
		return "; track " + section(holders(c.Root(), name)[0]) + " has it"
	}
	return ""
}

// Nearest returns the first of the candidates from which a misspelt name differs least, "" where it differs from each
// in three letters or more.
func Nearest(name string, candidates []string) string {
	best, at := "", 3
	if len(name) > maxName {
		return ""
	}
	for _, candidate := range candidates {
		if d := distance(name, candidate); d < at {
			best, at = candidate, d
		}
	}
	return best
}

// distance is how many letters of a name differ from another's, two neighbours that have changed places counting as
// one.
func distance(name, other string) int {
	least := levenshtein.ComputeDistance(name, other)
	for letters, i := []rune(name), 1; i < len(letters); i++ {
		swapped := slices.Clone(letters)
		swapped[i-1], swapped[i] = swapped[i], swapped[i-1]
		least = min(least, 1+levenshtein.ComputeDistance(string(swapped), other))
	}
	return least
}
