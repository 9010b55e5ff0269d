//go:build unix

package owner

import (
	"io/fs"
	"syscall"
)

// of returns the number of a file's owner.
func of(st fs.FileInfo) (uid int, ok bool) {
	if s, is := st.Sys().(*syscall.Stat_t); is {
		return int(s.Uid), true
	}
	return 0, false
}
