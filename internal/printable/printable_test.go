package printable

import (
	"testing"
	"unicode/utf8"
)

func TestName(t *testing.T) {
	for s, want := range map[string]string{
		"":                          "",
		"Jogging_1":                 "Jogging_1",
		"Männchen 歩く":               "Männchen 歩く",
		"\x1b[2J\x1b]0;owned\x07":   `\x1b[2J\x1b]0;owned\a`,
		"a\tb\nc\r":                 `a\tb\nc\r`,
		"\u009b31m":                 `\u009b31m`,
		"\u202egpj.exe":             `\u202egpj.exe`,
		"\xff\x9b31m":               `\xff\x9b31m`,
		`back\slash "quoted"`:       `back\slash "quoted"`,
		"line\u2028separator\u200b": `line\u2028separator\u200b`,
	} {
		if got := Name(s); got != want {
			t.Errorf("%q becomes %q, not %q", s, got, want)
		}
	}
	if got, want := Text("a\tb\nc\x1b[1m"), "a\tb\nc\\x1b[1m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"a", "\x1b[2J", "\xff", "\u202e", "\u009b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Name(s)
		if !utf8.ValidString(once) || Name(once) != once {
			t.Errorf("%q becomes %q", s, once)
		}
		for _, r := range once {
			if r < ' ' || r >= 0x7f && r < 0xa0 {
				t.Errorf("%q keeps %U", s, r)
			}
		}
	})
}
