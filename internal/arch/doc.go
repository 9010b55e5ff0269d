// Package arch holds the tests of the project's own rules: who may import what, what a signature may show, how long a
// file may grow. They parse the sources themselves, because a test that asks `go list` is answered from the test cache
// after a forbidden import was added.
package arch
