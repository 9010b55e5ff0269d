package folder

import (
	"errors"
	"fmt"
	"io/fs"

	"siamtrack/bench/dataset"
	"siamtrack/bench/region"
	"siamtrack/internal/readfile"
)

// ReadRegions reads one VOT trajectory, text or binary; path is without its extension.
func ReadRegions(path string) ([]region.Region, error) {
	if RegionsFile(path) == path+".txt" {
		out, err := dataset.ReadRegions(path + ".txt")
		if err != nil {
			return nil, fmt.Errorf("folder: %w", err)
		}
		return out, nil
	}
	raw, err := readfile.Plain(path+".bin", readfile.Large)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("folder: %s.txt, .bin: %w", path, ErrMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	out, err := region.ParseBinary(raw)
	if err != nil {
		return nil, fmt.Errorf("folder: %s.bin: %w", path, err)
	}
	return out, nil
}

// RegionsFile is the file that ReadRegions reads.
func RegionsFile(path string) string {
	if exists(path + ".txt") {
		return path + ".txt"
	}
	return path + ".bin"
}

// HasRegions reports whether a trajectory is there; path is without its extension.
func HasRegions(path string) bool { return exists(path+".txt") || exists(path+".bin") }
