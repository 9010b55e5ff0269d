//go:build unix

package main

import (
	"os"
	"syscall"
)

// sameDevice reports whether two paths are nodes of one device, or one FIFO.
func sameDevice(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX != nil || errY != nil || x.Mode().IsRegular() || x.IsDir() {
		return false
	}
	if os.SameFile(x, y) {
		return true
	}
	p, okX := x.Sys().(*syscall.Stat_t)
	q, okY := y.Sys().(*syscall.Stat_t)
	return okX && okY && x.Mode()&os.ModeDevice != 0 && x.Mode().Type() == y.Mode().Type() && p.Rdev == q.Rdev
}
