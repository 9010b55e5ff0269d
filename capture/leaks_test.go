//go:build !matprofile

package capture

// leaks needs gocv's profile: run with the tag matprofile.
func leaks() string { return "" }
