package main

import "net/url"

// sourceName names a source on the screen, without the password that a URL may carry.
func sourceName(source string) string {
	if u, err := url.Parse(source); err == nil && u.User != nil {
		return u.Redacted()
	}
	if source == "-" {
		return "standard input"
	}
	return source
}
