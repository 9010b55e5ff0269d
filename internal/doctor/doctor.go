// Package doctor looks at what the program needs of the machine that it runs on, and says what to do about each thing
// that is missing.
package doctor

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"siamtrack/internal/printable"
)

// Status says how a Finding is to be taken.
type Status string

// The statuses. What is Missing is needed; what is only a Note can be done without.
const (
	OK      Status = "ok"
	Note    Status = "note"
	Missing Status = "missing"
)

// Finding is one thing that was looked at.
type Finding struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
	// Found is what is there, or what is wrong, in one line.
	Found string `json:"found"`
	// Details are versions, paths, checksums: one a line.
	Details []string `json:"details,omitempty"`
	// Advice says what to do; it is empty where all is well.
	Advice string `json:"advice,omitempty"`
}

// Needed counts the findings that keep the program from working.
func Needed(findings []Finding) int {
	n := 0
	for _, f := range findings {
		if f.Status == Missing {
			n++
		}
	}
	return n
}

// Print writes findings for a person to read.
func Print(w io.Writer, findings []Finding) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range findings {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.Status, f.Name, printable.Name(f.Found))
		for _, d := range f.Details {
			fmt.Fprintf(t, "\t\t  %s\n", printable.Name(d))
		}
		if f.Advice != "" {
			advice := printable.Text(f.Advice)
			fmt.Fprintf(t, "\t\t-> %s\n", strings.ReplaceAll(advice, "\n", "\n\t\t   "))
		}
	}
	return t.Flush()
}
