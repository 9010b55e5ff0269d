package onnx

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Of arch_prctl: asks which states of the processor this process may use, in a mask; see "Using XSTATE features in user
// space applications" in Linux's documentation of x86.
const (
	getPermitted = 0x1022
	tileData     = 1 << 18
)

// tiles reports whether ONNX Runtime multiplies bytes with AMX's tiles: it asks the system for them when it is loaded,
// where the processor has them.
func tiles() bool {
	var mask uint64
	_, _, failed := unix.Syscall(unix.SYS_ARCH_PRCTL, getPermitted, uintptr(unsafe.Pointer(&mask)), 0)
	return failed == 0 && mask&tileData != 0
}
