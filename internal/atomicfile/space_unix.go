//go:build linux || darwin

package atomicfile

import "syscall"

// Free returns how many bytes may still be written to the file system that path lies on; ok is false where it
// does not say.
func Free(path string) (bytes uint64, ok bool) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil || st.Blocks == 0 { // devices have no blocks
		return 0, false
	}
	return st.Bavail * uint64(st.Bsize), true
}
