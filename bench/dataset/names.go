package dataset

import (
	"fmt"
	"slices"
	"strings"

	"siamtrack/internal/readfile"
)

// Match reports whether two names mean the same sequence: case apart, Jogging-1, Jogging_1 and Jogging.1 are one, and
// so are Human4 and Human4-2 (OTB2015 has a truth of that video's second target only).
func Match(a, b string) bool { return canonical(a) == canonical(b) }

// Spellings lists the names under which toolkits save a sequence's result, its own first.
func Spellings(name string) []string {
	out := []string{name}
	if name == "Human4" {
		name = "Human4_2"
	}
	if i := strings.LastIndexAny(name, "_-."); i > 0 {
		for _, sep := range []string{"_", "-", "."} {
			if alt := name[:i] + sep + name[i+1:]; !slices.Contains(out, alt) {
				out = append(out, alt)
			}
		}
	}
	return out
}

// canonical is the spelling that Match compares: lower case, the number at the end after an underscore.
func canonical(s string) string {
	s = strings.ToLower(s)
	for i := len(s) - 1; i > 0 && i < len(s); i-- {
		if s[i] >= '0' && s[i] <= '9' {
			continue
		}
		if i < len(s)-1 && (s[i] == '-' || s[i] == '.' || s[i] == '_') {
			s = s[:i] + "_" + s[i+1:]
		}
		break
	}
	if s == "human4_2" {
		return "human4"
	}
	return s
}

// ReadNames reads sequence names from a file, one or more a line, # starting a comment.
func ReadNames(path string) ([]string, error) {
	raw, err := readfile.Plain(path, readfile.Small)
	if err != nil {
		return nil, fmt.Errorf("dataset: names: %w", err)
	}
	return parseNames(string(raw)), nil
}

// parseNames reads the names of a file.
func parseNames(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		out = append(out, strings.Fields(line)...)
	}
	return out
}
