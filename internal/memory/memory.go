// Package memory tells whether there is room for something large before it is asked for. Go's runtime and native
// libraries end a program that gets no memory, with pages of traces or none; an error before that is a line, and what
// was done so far is kept.
package memory

import (
	"errors"
	"fmt"
)

// Err is wrapped by the error of what there is no room for.
var Err = errors.New("out of memory")

// Large is from how many bytes on it is worth asking.
const Large = 64 << 20

// spare is what is left of the address space beside: for the heap of Go, which grows by 64 MiB, and threads' stacks.
const spare = 128 << 20

// Room returns an error where the system, the process's limit (ulimit -v) or the container has no room for n more
// bytes. It knows for the moment only, and nothing of systems other than Linux.
func Room(n int64) error {
	if n < Large {
		return nil
	}
	left, known := available()
	if known && n > left || !mappable(n+spare) {
		return fmt.Errorf("%w: %d MiB more are needed", Err, n>>20)
	}
	return nil
}
