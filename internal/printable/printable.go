// Package printable makes text from files and networks fit for a terminal: what would move its cursor, change its
// colours or write from right to left is shown as an escape of Go's.
package printable

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Name is text of one line, such as a name in a table: line ends and tabs are escaped too.
func Name(s string) string { return escape(s, "") }

// Text is text of several lines, such as an error's: line ends and tabs stay.
func Text(s string) string { return escape(s, "\n\t") }

func escape(s, kept string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return hidden(r) && !strings.ContainsRune(kept, r) }) {
		return s
	}
	var out strings.Builder
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		if hidden(r) && !strings.ContainsRune(kept, r) {
			quoted := strconv.QuoteToASCII(s[:size])
			out.WriteString(quoted[1 : len(quoted)-1])
		} else {
			out.WriteString(s[:size])
		}
		s = s[size:]
	}
	return out.String()
}

// hidden reports whether a terminal may take a rune for something else than a sign: controls (C0, C1), formats such as
// those that change the direction of writing, line separators, and bytes that are no UTF-8.
func hidden(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}
