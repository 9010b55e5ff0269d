//go:build unix

package fulldisk

import (
	"os/signal"
	"syscall"
	"testing"
)

// most is how many bytes a file may have while the disk is full.
const most = 100

// While runs work on a disk that is full as far as this process goes: what makes a file longer than 100 bytes fails
// with syscall.EFBIG. It skips the test where no such limit can be set. Tests beside it must not write meanwhile.
func While(t testing.TB, work func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Skip(err)
	}
	small := was
	small.Cur = most
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Skip(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
			t.Fatal(err)
		}
	}()
	work()
}
