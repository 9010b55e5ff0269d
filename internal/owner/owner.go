// Package owner tells whose files are safe to run. Where the program looks for native code by itself, about its own
// place, another user of the machine may have laid some: beside a program in /tmp anybody can.
package owner

import "os"

// Trusted reports whether what is at path belongs to who runs the program, to the system's administrator, or to whoever
// owns the program itself, whose code runs anyway. What is not there nobody has laid. Systems whose files have no such
// owners trust all.
func Trusted(path string) bool {
	st, err := os.Stat(path)
	if err != nil {
		return true
	}
	whose, ok := of(st)
	if !ok || whose == 0 || whose == os.Geteuid() {
		return true
	}
	exe, err := os.Executable()
	if err != nil {
		return false
	}
	if st, err = os.Stat(exe); err != nil {
		return false
	}
	own, _ := of(st)
	return whose == own
}
