// Package redact names sources of pictures without the secrets that their URLs carry. Whatever shows a source, on a
// screen, in a log or in an error, names it through this package.
//
// It takes no URL apart by the rules: a URL that is wrong, and one typed with a password that was not escaped, must not
// show more than a right one. Where it is in doubt it hides too much.
package redact

import (
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Mask stands in the place of a secret, as in net/url.
const Mask = "xxxxx"

// Source names a source as it was given on a command line: "standard input" for "-", a URL without its password and
// without the values of parameters such as password= or token=, anything else as it is.
func Source(spec string) string {
	if spec == "-" {
		return "standard input"
	}
	if scheme := begin.FindString(spec); scheme != "" {
		return scheme + parameters(password(spec[len(scheme):]))
	}
	// user:password@host, the scheme forgotten. A path may hold a colon and an @, but not in its first part.
	if first, _, _ := strings.Cut(spec, "@"); first != spec && !strings.ContainsAny(first, `/\`) {
		return password(spec)
	}
	return spec
}

// scheme is the begin of a URL. One slash is enough: a URL that was taken for a path has lost the other. A letter alone
// is a drive.
const scheme = `[A-Za-z][A-Za-z0-9+.:-]*(?:://|[A-Za-z0-9+.-]:/)`

// begin finds the begin of a URL; urls finds what may be a URL in a text. One with a blank in it ends there: name it
// with Source first.
var (
	begin = regexp.MustCompile(`^` + scheme)
	urls  = regexp.MustCompile(scheme + `[^\s"']+`)
)

// Text is text with every URL in it as Source names it.
func Text(text string) string { return urls.ReplaceAllStringFunc(text, Source) }

// Typed is Text that also knows what was typed on a command line: an argument is named as Source names it where it
// stands in the text, whole or as a path's folder or last element.
func Typed(text string, args []string) string {
	for _, arg := range args {
		if flag, value, ok := strings.Cut(arg, "="); ok && strings.HasPrefix(flag, "-") {
			arg = value
		}
		shown := Source(arg)
		if !strings.Contains(shown, Mask) {
			continue
		}
		for _, part := range []string{arg, filepath.Clean(arg), filepath.Dir(arg), filepath.Base(arg)} {
			if part != "." && !strings.Contains(shown, part) { // which is the folder of what is in none
				text = strings.ReplaceAll(text, part, shown)
			}
		}
	}
	return Text(text)
}

// password hides what is between the first colon and the last @: a password may hold any of / ? # @ and a blank.
func password(rest string) string {
	at := strings.LastIndexByte(rest, '@')
	colon := strings.IndexByte(rest, ':')
	if colon < 0 || colon > at {
		return rest
	}
	return rest[:colon+1] + Mask + rest[at:]
}

// separators are what may end a parameter: those of a query, of several URLs in one, of RTMP's options.
const separators = "?&;#| \t"

// parameters hides the values of parameters that are secrets by their names, and values so long that only a machine can
// have made them. What follows such a value without a name of its own may be a part of it, so it goes too.
func parameters(rest string) string {
	var out strings.Builder
	hiding := false
	for rest != "" {
		end := strings.IndexAny(rest[1:], separators) + 1
		if end == 0 {
			end = len(rest)
		}
		part := rest[:end] // with the separator before it
		rest = rest[end:]
		if !strings.Contains(part, "=") {
			if !hiding {
				out.WriteString(part)
			}
			continue
		}
		part, hiding = values(part)
		out.WriteString(part)
	}
	return out.String()
}

// maxValue is the length of the longest value that a person may have chosen.
const maxValue = 20

// values hides all of a part behind the first = that follows a secret's name; cameras have several in one part
// (user=admin_password=1_channel=2).
func values(part string) (shown string, hidden bool) {
	for i := range len(part) {
		if part[i] != '=' {
			continue
		}
		key := part[:i]
		key = key[strings.LastIndexAny(key, separators+"/:,=")+1:]
		value := part[i+1:]
		if Secret(key) && value != "" || len(value) > maxValue && !strings.Contains(value, "=") {
			return part[:i+1] + Mask, true
		}
	}
	return part, false
}

// Secret reports whether a parameter of that name is one.
func Secret(key string) bool {
	if plain, err := url.QueryUnescape(key); err == nil {
		key = plain
	}
	key = strings.ToLower(key)
	for _, part := range []string{"pas", "pwd", "psw", "token", "secret", "auth", "cred", "sign", "session", "key"} {
		if strings.Contains(key, part) {
			return true
		}
	}
	return slices.Contains([]string{"pw", "pin", "sid", "sig", "code", "otp", "psk", "jwt"}, key)
}
