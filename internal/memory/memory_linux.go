package memory

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// mappable reports whether the process's address space may grow by n bytes.
func mappable(n int64) bool {
	if n != int64(int(n)) {
		return false
	}
	m, err := syscall.Mmap(-1, 0, int(n), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return false
	}
	return syscall.Munmap(m) == nil
}

// available returns how many bytes the system, or the container if it has a limit, has left.
func available() (bytes int64, known bool) {
	system := fields("/proc/meminfo")
	bytes, known = system["MemAvailable:"], system["MemAvailable:"] > 0
	bytes += system["SwapFree:"]
	bytes <<= 10                                // they are in KiB
	self, _ := os.ReadFile("/proc/self/cgroup") // without it nothing is known of groups
	if left, limited := groupLeaves("/sys/fs/cgroup", string(self)); limited && (!known || left < bytes) {
		bytes, known = left, true
	}
	return bytes, known
}

// number reads a file of one number; ok is false where it holds none, such as "max".
func number(path string) (n int64, ok bool) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	n, err = strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64)
	return n, err == nil
}

// fields reads a file of lines of a name and a number.
func fields(path string) map[string]int64 {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	out := map[string]int64{}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); len(f) >= 2 {
			out[f[0]], _ = strconv.ParseInt(f[1], 10, 64) // what is no number counts for nothing
		}
	}
	return out
}
