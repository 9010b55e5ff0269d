// Package plural writes counts of things.
package plural

import "strconv"

// Of returns "1 frame" or "3 frames" for a noun that takes an s; nouns that do not are written out by who counts them.
func Of(n int, noun string) string {
	text := strconv.Itoa(n) + " " + noun
	if n == 1 {
		return text
	}
	return text + "s"
}
