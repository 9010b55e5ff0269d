package main

import (
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/spf13/cobra"

	"siamtrack/internal/golden"
	"siamtrack/match"
)

// matchShape is what the schemas of track match --json have in common: of a threshold that was given, the distance is
// all that is said.
func matchShape(title, description string) golden.Shape {
	return golden.Shape{Title: title, Description: description, Change: func(s *jsonschema.Schema) {
		s.Properties["threshold"].Required = []string{"distance"}
		s.Properties["verdict"] = &jsonschema.Schema{
			Type: "string", Enum: []any{string(match.Same), string(match.Different), string(match.NotCalibrated)},
		}
	}}
}

// verdictSchema is that of track match A B --json.
func verdictSchema(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	return golden.Schema[verdict](t, "../../docs/schemas/verdict.schema.json",
		matchShape("siamtrack verdict", "What track match A B --json says."))
}

// recognitionSchema is that of a line of track match --gallery --json.
func recognitionSchema(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	return golden.Schema[recognition](t, "../../docs/schemas/recognition.schema.json",
		matchShape("siamtrack recognition", "A line of track match --gallery DIR --json: what is said of one query."))
}

// TestCommandsAreWritten: docs/commands.md has the help of every command.
func TestCommandsAreWritten(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Commands\n\nThe help of every command, as `track COMMAND --help` prints it. " +
		"`go test ./cmd/track -run Written -update`\nwrites this page anew.\n")
	global := newRoot().PersistentFlags().FlagUsages()
	var add func(c *cobra.Command)
	add = func(c *cobra.Command) {
		if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
			return
		}
		c.InitDefaultHelpFlag()
		text := c.Long
		if text == "" {
			text = c.Short
		}
		text += "\n\n" + c.UsageString()
		if c.HasParent() { // said once, of track itself
			text = strings.Replace(text, "\nGlobal Flags:\n"+global, "", 1)
		}
		b.WriteString("\n## " + c.CommandPath() + "\n\n```\n" + strings.TrimSpace(text) + "\n```\n")
		for _, sub := range c.Commands() {
			add(sub)
		}
	}
	add(newRoot())
	golden.Bytes(t, "../../docs/commands.md", []byte(b.String()))
}
