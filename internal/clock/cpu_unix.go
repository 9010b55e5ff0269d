//go:build unix

package clock

import (
	"syscall"
	"time"
)

// CPU returns the processor time that the process has used so far, in all its threads, 0 where it cannot be told.
func CPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
