// Package filename tells which names, read from a file of somebody else's, may become a file's or a folder's.
package filename

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"siamtrack/internal/printable"
)

// Err is wrapped by the errors of this package.
var Err = errors.New("no name for a file")

// maxBytes is what names may have: file systems take 255, and suffixes such as _001_confidence.value come behind.
const maxBytes = 200

// Check returns an error unless name can stand for a file in a folder, and in no other place: it has no separator of
// any system, is not . or .., begins with no dot (hidden files, and those that are still being written), and holds no
// control character. what says what the name is of, such as "sequence".
func Check(what, name string) error {
	var reason string
	switch {
	case name == "":
		reason = "it is empty"
	case len(name) > maxBytes:
		return fmt.Errorf("%s name %.40q...: %w: it has %d bytes, at most %d are possible",
			what, name, Err, len(name), maxBytes)
	case strings.ContainsAny(name, `/\`):
		reason = "it names a place in another folder"
	case name[0] == '.':
		reason = "it begins with a dot"
	case !utf8.ValidString(name):
		reason = "it is no UTF-8"
	case printable.Name(name) != name:
		reason = "it holds control characters"
	default:
		return nil
	}
	return fmt.Errorf("%s name %q: %w: %s", what, name, Err, reason)
}
