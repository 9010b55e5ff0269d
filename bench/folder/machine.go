package folder

import (
	"runtime"
	"strings"

	"siamtrack/internal/readfile"
)

// Machine is what a run was made on.
type Machine struct {
	System string `json:"system"`
	CPU    string `json:"cpu,omitempty"`
	Cores  int    `json:"cores"`
}

// ThisMachine describes the machine that runs the program.
func ThisMachine() Machine {
	m := Machine{System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU()}
	raw, err := readfile.Plain("/proc/cpuinfo", readfile.Small)
	if err != nil {
		return m // another system: the processor's name is a nicety
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	return m
}
