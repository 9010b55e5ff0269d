package capture

import (
	"bytes"
	"cmp"
	"strings"
)

// naturalOrder compares names as people count: runs of digits by their value, so that 2.png comes before 10.png.
// Names that differ only in leading zeros are ordered as strings.
func naturalOrder(a, b string) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if !isDigit(a[i]) || !isDigit(b[j]) {
			if a[i] != b[j] {
				return cmp.Compare(a[i], b[j])
			}
			i, j = i+1, j+1
			continue
		}
		m, n := digits(a[i:]), digits(b[j:])
		if c := compareNumbers(a[i:i+m], b[j:j+n]); c != 0 {
			return c
		}
		i, j = i+m, j+n
	}
	if c := cmp.Compare(len(a)-i, len(b)-j); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// compareNumbers compares two runs of digits, of any length, by value.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// digits returns how many digits s begins with.
func digits(s string) int { return len(s) - len(bytes.TrimLeft([]byte(s), "0123456789")) }
