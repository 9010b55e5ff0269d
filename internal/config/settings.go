package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"siamtrack/internal/readfile"
)

// Settings are what files and the environment say.
type Settings struct {
	files     []string
	layers    [][]Value // the weakest first; the last is the environment's
	variables []string  // of the environment that were asked for, sorted
}

// Load reads a file, or where it is "" those of Paths that are there, and the environment. tree is the root of the
// commands; its flags are set, so it is not the one that runs. The error joins all that is wrong in them.
// A file may be a pipe: ctx ends the wait for it.
func Load(ctx context.Context, tree *cobra.Command, file string) (*Settings, error) {
	s := &Settings{}
	paths, must := Paths(), false
	if file != "" {
		paths, must = []string{file}, true
	}
	var errs []error
	for _, path := range paths {
		values, err := ParseFile(ctx, path, tree)
		if errors.Is(err, fs.ErrNotExist) && !must {
			continue
		}
		if errors.Is(err, fs.ErrPermission) && !must {
			err = fmt.Errorf("%w: let this user read it, or set HOME to a folder of its own, "+
				"or name another file by --config", err)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		s.files, s.layers = append(s.files, path), append(s.layers, values)
	}
	values, asked, err := environment(tree, os.LookupEnv)
	s.layers, s.variables = append(s.layers, values), asked
	return s, errors.Join(append(errs, err)...)
}

// ParseFile is Parse of the file at path.
func ParseFile(ctx context.Context, path string, tree *cobra.Command) ([]Value, error) {
	raw, err := readfile.Any(ctx, path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return Parse(path, raw, tree)
}

// Files lists the files that were read, the weakest first.
func (s *Settings) Files() []string { return s.files }

// FileFromEnvironment names the file that the environment asks for in place of those in the usual places, "" where it
// asks for none.
func FileFromEnvironment() string { return os.Getenv(variable("", FileFlag)) }

// environment returns what the environment says of the flags of the commands from root on, the weakest first, and the
// variables that it asked for, sorted. A variable that is empty says nothing.
func environment(root *cobra.Command, look func(string) (string, bool)) (values []Value, asked []string, err error) {
	var errs []error
	done := map[string]bool{}
	ask := func(c *cobra.Command, f *pflag.Flag) {
		name := variable(section(c), f.Name)
		text, _ := look(name)
		again := done[name]
		done[name] = true
		if again || text == "" {
			return
		}
		v := Value{Section: section(c), Flag: f.Name, Values: []string{text}, Where: "$" + name}
		v.Alone = !common(c, f.Name)
		if _, several := f.Value.(pflag.SliceValue); several {
			v.Values = strings.Split(strings.TrimSpace(text), "\n")
		}
		for _, one := range v.Values {
			if e := try(f, one); e != nil {
				errs = append(errs, placed{v.Where, e})
				return
			}
		}
		values = append(values, v)
	}
	visit(root, func(_ *cobra.Command, f *pflag.Flag) {
		if common(root, f.Name) {
			ask(root, f)
		}
	})
	visit(root, func(c *cobra.Command, f *pflag.Flag) {
		if c != root {
			ask(c, f)
		}
	})
	return values, slices.Sorted(maps.Keys(done)), errors.Join(errs...)
}

// common reports whether a name means the same in all commands from root on that have it.
func common(root *cobra.Command, name string) bool {
	who := holders(root, name)
	for _, c := range who {
		if !same(flagOf(who[0], name), flagOf(c, name)) {
			return false
		}
	}
	return len(who) > 0
}

// find returns what is said of a command's flag: by the strongest layer that says anything, nearest to the command.
func (s *Settings) find(section, flag string) (Value, bool) {
	for i := len(s.layers) - 1; i >= 0; i-- {
		for at := section; ; at = above(at) {
			for _, v := range s.layers[i] {
				if v.Flag == flag && v.Section == at && (at == section || !v.Alone) {
					return v, true
				}
			}
			if at == "" {
				break
			}
		}
	}
	return Value{}, false
}

// above is the section of the command that one lies below.
func above(section string) string {
	at := strings.LastIndexByte(section, ' ')
	return section[:max(at, 0)]
}

// mark is the annotation of a flag that Apply has set: where its value comes from.
const mark = "siamtrack_config"

// Apply sets the flags of cmd that were not typed. What it sets counts as given (pflag's Changed).
func (s *Settings) Apply(cmd *cobra.Command) error {
	var errs []error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		v, said := s.find(section(cmd), f.Name)
		if !said || f.Changed || flagOf(cmd, f.Name) == nil {
			return
		}
		for _, one := range v.Values {
			if err := cmd.Flags().Set(f.Name, one); err != nil {
				errs = append(errs, placed{v.Where, err})
			}
		}
		if f.Annotations == nil {
			f.Annotations = map[string][]string{}
		}
		f.Annotations[mark] = []string{v.Where}
	})
	return errors.Join(errs...)
}

// Origin returns where the value of a flag that Apply has set comes from, "" for one that was typed, or is the default.
func Origin(f *pflag.Flag) string {
	if where := f.Annotations[mark]; f.Changed && len(where) == 1 {
		return where[0]
	}
	return ""
}

// Used lists the flags of cmd that Apply has set, each with where its value comes from.
func Used(cmd *cobra.Command) (used []string) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if where := Origin(f); where != "" {
			used = append(used, fmt.Sprintf("%s (%s)", f.Name, where))
		}
	})
	return used
}

// Prefer settles which of several flags counts of which only one may be given, where more are: those typed win over
// those of the environment, and these over those of files; the others are set back to their defaults. Of one rank all
// stay.
func Prefer(cmd *cobra.Command, names ...string) error {
	best := 0
	rank := func(f *pflag.Flag) int {
		switch origin := Origin(f); {
		case !f.Changed:
			return 0
		case origin == "":
			return 3
		case strings.HasPrefix(origin, "$"):
			return 2
		default:
			return 1
		}
	}
	for _, name := range names {
		best = max(best, rank(cmd.Flag(name)))
	}
	var errs []error
	for _, name := range names {
		if f := cmd.Flag(name); rank(f) > 0 && rank(f) < best {
			errs = append(errs, reset(f))
		}
	}
	return errors.Join(errs...)
}

// reset gives a flag its default.
func reset(f *pflag.Flag) error {
	f.Changed = false
	delete(f.Annotations, mark)
	if list, several := f.Value.(pflag.SliceValue); several {
		return list.Replace(nil) // such flags are empty by default
	}
	return f.Value.Set(f.DefValue)
}
