package config

import (
	"slices"
	"strings"
)

// Misspelt is a variable of the environment that sets nothing, and the one that was most likely meant.
type Misspelt struct{ Name, Meant string }

// Misspelt looks among "NAME=VALUE" of an environment for names that are nearly those of flags, and are none of them
// nor of the program's other variables. Where more than a letter in four is another, as in SIAMTRACK_TAGS for GAPS, the
// variable may be anybody's.
func (s *Settings) Misspelt(environ, others []string) (found []Misspelt) {
	known := slices.Concat(s.variables, []string{variable("", FileFlag)}, others)
	for _, one := range environ {
		name, value, _ := strings.Cut(one, "=")
		if !strings.HasPrefix(name, Prefix) || value == "" || slices.Contains(known, name) {
			continue
		}
		letters := len(name) - len(Prefix)
		if meant := Nearest(name, known); meant != "" && distance(name, meant) <= letters/4 {
			found = append(found, Misspelt{name, meant})
		}
	}
	return found
}
