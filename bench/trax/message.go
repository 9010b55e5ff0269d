// Package trax serves a tracker over the TraX protocol (github.com/votchallenge/trax, docs/protocol.rst), versions 1 to
// 4, on standard input and output or a socket: the way in which the VOT toolkit evaluates trackers.
package trax

import (
	"errors"
	"fmt"
	"strings"
)

// prefix begins every message; lines without it are not ours.
const prefix = "@@TRAX:"

// maxKey is the length that the specification allows a named argument's key.
const maxKey = 64

// ErrMessage is wrapped by every error about a message that cannot be understood, or that does not fit the session.
var ErrMessage = errors.New("bad TraX message")

// Message is one line of the protocol.
type Message struct {
	// Name is "hello", "initialize", "frame", "state" or "quit".
	Name string
	// Args are the arguments in order, unquoted; how many of the first are mandatory depends on the message, the rest
	// are named (key=value).
	Args []string
}

// Parse reads one line, without its end. ok is false for a line that is no message.
func Parse(line string) (m Message, ok bool, err error) {
	rest, ok := strings.CutPrefix(strings.TrimRight(line, "\r"), prefix)
	if !ok {
		return m, false, nil
	}
	name, rest, _ := strings.Cut(rest, " ")
	m.Name = name
	switch name {
	case "hello", "initialize", "frame", "state", "quit":
	default:
		return m, true, fmt.Errorf("%.40q is no message of the protocol: %w", name, ErrMessage)
	}
	for {
		rest = strings.TrimLeft(rest, " \t")
		if rest == "" {
			return m, true, nil
		}
		var arg string
		if arg, rest, err = argument(rest); err != nil {
			return m, true, fmt.Errorf("%s: argument %d: %w", name, len(m.Args)+1, err)
		}
		m.Args = append(m.Args, arg)
	}
}

// argument takes one argument off the text: quoted, with \" \\ and \n escaped, or bare up to the next blank.
func argument(s string) (arg, rest string, err error) {
	if s[0] != '"' {
		if i := strings.IndexAny(s, " \t"); i >= 0 {
			return s[:i], s[i:], nil
		}
		return s, "", nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; c {
		case '"':
			if i+1 < len(s) && s[i+1] != ' ' && s[i+1] != '\t' {
				return "", "", fmt.Errorf("%.20q follows the closing quote: %w", s[i+1:], ErrMessage)
			}
			return b.String(), s[i+1:], nil
		case '\\':
			i++
			if i == len(s) {
				return "", "", fmt.Errorf("the line ends in an escape: %w", ErrMessage)
			}
			switch s[i] {
			case '"', '\\':
				b.WriteByte(s[i])
			case 'n':
				b.WriteByte('\n')
			default:
				return "", "", fmt.Errorf("unknown escape \\%c: %w", s[i], ErrMessage)
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", "", fmt.Errorf("no closing quote: %w", ErrMessage)
}

// String is the message as a line, without its end.
func (m Message) String() string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	var b strings.Builder
	b.WriteString(prefix + m.Name)
	for _, a := range m.Args {
		b.WriteString(` "` + escape.Replace(a) + `"`)
	}
	return b.String()
}

// checkNamed checks the arguments from position n on: each is key=value.
func (m Message) checkNamed(n int) error {
	for _, a := range m.Args[min(n, len(m.Args)):] {
		if key, _, ok := strings.Cut(a, "="); !ok || !validKey(key) {
			return fmt.Errorf("%s: %.80q is not key=value: %w", m.Name, a, ErrMessage)
		}
	}
	return nil
}

// validKey: letters, digits, dots and underscores, at most 64.
func validKey(key string) bool {
	if key == "" || len(key) > maxKey {
		return false
	}
	for _, c := range []byte(key) {
		if c != '.' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
