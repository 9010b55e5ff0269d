package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// Value is what one place says of one flag.
type Value struct {
	// Section is the command that it is said of, "" for all: "file", "bench check". Flag is the flag's long name.
	Section, Flag string
	// Values are in the form in which a command line has them: one, or several where a flag may be repeated.
	Values []string
	// Where names the place: FILE:LINE, or the variable of the environment with a $ before it.
	Where string
	// Alone tells that it is said of Section's command alone: those below it have other flags of this name.
	Alone bool
}

// ErrConfig is wrapped by the errors about what a file or the environment says; they name the place.
var ErrConfig = errors.New("configuration")

// placed is an error about what stands in a place.
type placed struct {
	where string
	cause error
}

func (e placed) Error() string   { return fmt.Sprintf("%s: %v", e.where, e.cause) }
func (e placed) Unwrap() []error { return []error{e.cause, ErrConfig} }

// parser reads one file.
type parser struct {
	path   string
	values []Value
	errs   []error
}

// Parse returns what a file says of the flags of the commands from root on, whose flags it sets to try the values: give
// it a tree of its own. Its error joins all that is wrong in it, each with the name path and the line.
func Parse(path string, raw []byte, root *cobra.Command) ([]Value, error) {
	p := &parser{path: path}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var doc yaml.Node
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF): // empty, or comments alone
		return nil, nil
	case err != nil:
		return nil, p.syntax(err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, placed{path, errors.New("one document is read, and there is more after it")}
	}
	p.command(root, doc.Content[0])
	if p.full() {
		p.errs = append(p.errs, placed{p.path, errors.New("perhaps there is more that is wrong")})
	}
	return p.values, errors.Join(p.errs...)
}

// yamlLine finds the line in an error of the library's.
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

// syntax names the place of an error of the library's.
func (p *parser) syntax(err error) error {
	m := yamlLine.FindStringSubmatch(err.Error())
	switch {
	case m == nil:
		return placed{p.path, err}
	case m[1] == "": // the library leaves out the first line
		m[1] = "1"
	}
	return placed{p.path + ":" + m[1], errors.New(m[2])}
}

// at names the place of a node.
func (p *parser) at(n *yaml.Node) string { return fmt.Sprintf("%s:%d", p.path, n.Line) }

// maxWrong bounds how much that is wrong is said: a file of another kind is wrong in every line.
const maxWrong = 25

// full reports whether enough that is wrong was found.
func (p *parser) full() bool { return len(p.errs) >= maxWrong }

func (p *parser) wrong(n *yaml.Node, format string, args ...any) {
	if p.full() {
		return
	}
	p.errs = append(p.errs, placed{p.at(n), fmt.Errorf(format, args...)})
}

// resolved follows an alias to what it stands for.
func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// command reads what is said of a command.
func (p *parser) command(c *cobra.Command, n *yaml.Node) {
	n = resolved(n)
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return // a section with nothing in it
	}
	if n.Kind != yaml.MappingNode {
		p.wrong(n, "names of flags, or of commands, are needed here, each with what it is to be")
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content) && !p.full(); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if line, twice := seen[key.Value]; twice {
			p.wrong(key, "%s is said twice, first in line %d", key.Value, line)
			continue
		}
		seen[key.Value] = key.Line
		p.key(c, key, value)
	}
}

// key reads one key of a command's: another command, or a flag.
func (p *parser) key(c *cobra.Command, key, value *yaml.Node) {
	name := key.Value
	kind := resolved(value).Kind
	if below := sub(c, name); below != nil && (kind == yaml.MappingNode || len(holders(c, name)) == 0) {
		p.command(below, value)
		return
	}
	who := holders(c, name)
	if key.Kind != yaml.ScalarNode || len(who) == 0 {
		p.wrong(key, "%s%s", "no flag "+quote(name)+of(c), suggestion(c, name, kind == yaml.MappingNode))
		return
	}
	first, alone := flagOf(who[0], name), false
	for _, other := range who[1:] {
		if alone = alone || !same(first, flagOf(other, name)); alone && who[0] != c {
			p.wrong(key, "%s is not the same in track %s and in track %s: say it below one of them",
				name, section(who[0]), section(other))
			return
		}
	}
	values, ok := p.flag(name, first, resolved(value))
	if !ok {
		return
	}
	for _, v := range values {
		if err := try(first, v); err != nil {
			p.wrong(value, "%s: %w", name, err)
			return
		}
	}
	p.values = append(p.values, Value{section(c), name, values, p.at(key), alone})
}

// of says which command is meant.
func of(c *cobra.Command) string {
	if s := section(c); s != "" {
		return " of track " + s
	}
	return ""
}

// maxName bounds what is shown of a name or a value.
const maxName = 60

// quote makes a name fit for one line.
func quote(name string) string {
	if len(name) > maxName {
		name = name[:maxName] + "..."
	}
	return fmt.Sprintf("%q", name)
}

// flag returns the values that a node has for a flag.
func (p *parser) flag(name string, f *pflag.Flag, n *yaml.Node) (values []string, ok bool) {
	_, several := f.Value.(pflag.SliceValue)
	switch {
	case n.Kind == yaml.SequenceNode && several:
		for _, item := range n.Content {
			v, ok := p.scalar(name, f, resolved(item))
			if !ok {
				return nil, false
			}
			values = append(values, v)
		}
		return values, true
	case n.Kind == yaml.SequenceNode:
		p.wrong(n, "%s takes one value, not a list", name)
		return nil, false
	case n.Kind == yaml.MappingNode:
		p.wrong(n, "%s is a flag: it takes a value", name)
		return nil, false
	}
	v, ok := p.scalar(name, f, n)
	return []string{v}, ok
}

// scalar returns a single value for a flag, which must be of its type.
func (p *parser) scalar(name string, f *pflag.Flag, n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		p.wrong(n, "%s: a value is missing", name)
		return "", false
	}
	if n.Style&yaml.TaggedStyle != 0 {
		p.wrong(n, "%s: %s: the flag says the type, no tag does", name, quote(n.Tag))
		return "", false
	}
	if want := needed(f.Value.Type()); want != "" && !strings.Contains(want, n.Tag) {
		if err := try(f, n.Value); err != nil {
			p.wrong(n, "%s: %w", name, err)
		} else { // a word of its kind, in quotation marks or of an older YAML
			p.wrong(n, "%s: %s is text here: write it without quotation marks", name, quote(n.Value))
		}
		return "", false
	}
	return n.Value, true
}

// needed lists the tags that YAML gives to the values of a flag's type, "" for any.
func needed(kind string) string {
	switch kind {
	case "bool":
		return "!!bool"
	case "int", "int64", "uint", "uint64":
		return "!!int"
	case "float64":
		return "!!float !!int"
	}
	return ""
}

// try sets a flag, and says why it does not take a value.
func try(f *pflag.Flag, value string) error {
	err := f.Value.Set(value)
	if wanted := Wanted(f, err); wanted != nil {
		return fmt.Errorf("%s: %w", quote(value), wanted)
	}
	return err
}

// own calls do for each flag that can be set of c: its own, and those that it inherits.
func own(c *cobra.Command, do func(f *pflag.Flag, inherited bool)) {
	each := func(inherited bool) func(*pflag.Flag) {
		return func(f *pflag.Flag) {
			if flagOf(c, f.Name) == f {
				do(f, inherited)
			}
		}
	}
	c.LocalFlags().VisitAll(each(false))
	c.InheritedFlags().VisitAll(each(true))
}

// visit calls do for each flag that can be set of c and of the commands below it.
func visit(c *cobra.Command, do func(*cobra.Command, *pflag.Flag)) {
	own(c, func(f *pflag.Flag, _ bool) { do(c, f) })
	for _, s := range c.Commands() {
		visit(s, do)
	}
}
