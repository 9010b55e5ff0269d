package config

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"siamtrack/internal/redact"
)

// Print writes what the flags of c, and of the commands below it, would be: a document that Parse reads. What files and
// the environment say stands with the place that says it; defaults are commented out, and left out where changed is
// true. Secrets are masked.
func (s *Settings) Print(w io.Writer, c *cobra.Command, changed bool) error {
	p := &printer{w: w, settings: s, changed: changed}
	p.printf("# Strongest first: what is typed, $%s..., files, defaults (commented out).\n", Prefix)
	for _, f := range s.files {
		p.printf("# %s was read.\n", f)
	}
	indent := ""
	if c != c.Root() {
		for _, name := range strings.Fields(section(c)) {
			p.printf("%s%s:\n", indent, name)
			indent += "  "
		}
	}
	p.section(c, indent)
	return p.err
}

type printer struct {
	w        io.Writer
	settings *Settings
	changed  bool
	err      error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// section writes a command's flags, and the commands below it.
func (p *printer) section(c *cobra.Command, indent string) {
	own(c, func(f *pflag.Flag, inherited bool) { p.flag(c, f, inherited, indent) })
	for _, below := range c.Commands() {
		if !p.worth(below) {
			continue
		}
		p.printf("%s%s:\n", indent, below.Name())
		p.section(below, indent+"  ")
	}
}

// worth reports whether there is anything to write of a command or of those below it.
func (p *printer) worth(c *cobra.Command) bool {
	found := false
	own(c, func(f *pflag.Flag, inherited bool) {
		v, said := p.settings.find(section(c), f.Name)
		found = found || said && (!inherited || v.Section == section(c)) || !inherited && !p.changed
	})
	for _, below := range c.Commands() {
		found = found || p.worth(below)
	}
	return found
}

// flag writes one flag.
func (p *printer) flag(c *cobra.Command, f *pflag.Flag, inherited bool, indent string) {
	v, said := p.settings.find(section(c), f.Name)
	if inherited && (!said || v.Section != section(c)) {
		return
	}
	if !said {
		if !p.changed {
			p.printf("%s# %s: %s\n", indent, f.Name, f.DefValue)
		}
		return
	}
	values := make([]string, len(v.Values))
	for i, one := range v.Values {
		values[i] = Shown(f.Name, one)
	}
	text, err := encode(f, values)
	if err != nil {
		p.err = err
		return
	}
	if needed(f.Value.Type()) != "" && !slices.Equal(values, v.Values) {
		indent += "# " // a mask is no number, so that Parse would refuse it
	}
	p.printf("%s%s: %s # %s\n", indent, f.Name, text, v.Where)
}

// Shown is the value of a flag as it may be shown: secrets are masked, in URLs too.
func Shown(flag, value string) string {
	if redact.Secret(flag) && !strings.HasSuffix(flag, "-file") && value != "" {
		return redact.Mask
	}
	return redact.Source(value)
}

// encode returns values as YAML in one line.
func encode(f *pflag.Flag, values []string) (string, error) {
	kind := needed(f.Value.Type())
	scalar := func(v string) *yaml.Node {
		n := &yaml.Node{Kind: yaml.ScalarNode, Value: v}
		if kind == "" {
			n.Tag = "!!str"
			if strings.ContainsFunc(v, func(r rune) bool { return r < ' ' }) {
				n.Style = yaml.DoubleQuotedStyle
			}
		}
		return n
	}
	node := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, v := range values {
		node.Content = append(node.Content, scalar(v))
	}
	if _, several := f.Value.(pflag.SliceValue); !several {
		node = node.Content[0]
	}
	raw, err := yaml.Marshal(node)
	return strings.TrimSpace(string(raw)), err
}
