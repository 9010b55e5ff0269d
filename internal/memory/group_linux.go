package memory

import (
	"path"
	"path/filepath"
	"strings"
)

// group is how one version of Linux's control groups tells of memory.
type group struct {
	folders           []string // below the mount: the first that is there
	limit, used, stat string
	idle              string // of stat: what was read from files and gives way
}

var (
	second = group{[]string{"", "unified"}, "memory.max", "memory.current", "memory.stat", "inactive_file"}
	first  = group{
		[]string{"memory"}, "memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat", "total_inactive_file",
	}
)

// groupLeaves returns how many bytes the groups that hold a process leave it: the least of its own and of all above, as
// a container or a service sets it. self is what /proc/self/cgroup says, mount where the groups are seen; a container
// sees its own as the root, whatever self names it.
func groupLeaves(mount, self string) (bytes int64, limited bool) {
	for line := range strings.Lines(self) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3) // NUMBER:CONTROLLERS:PATH
		if len(parts) < 3 {
			continue
		}
		var g group
		switch {
		case parts[1] == "":
			g = second
		case strings.Contains(","+parts[1]+",", ",memory,"):
			g = first
		default:
			continue
		}
		for _, folder := range g.folders {
			for at := path.Clean("/" + parts[2]); ; at = path.Dir(at) {
				if left, ok := g.leaves(filepath.Join(mount, folder, at)); ok && (!limited || left < bytes) {
					bytes, limited = left, true
				}
				if at == "/" {
					break
				}
			}
		}
	}
	return bytes, limited
}

// leaves returns what one group leaves; ok is false where it has no limit.
func (g *group) leaves(folder string) (bytes int64, ok bool) {
	limit, ok := number(filepath.Join(folder, g.limit))
	if !ok {
		return 0, false
	}
	used, ok := number(filepath.Join(folder, g.used))
	return limit - used + fields(filepath.Join(folder, g.stat))[g.idle], ok
}
