package folder

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"

	"siamtrack/internal/numfile"
	"siamtrack/internal/readfile"
)

// ReadConfidence reads a long-term track's confidence a frame; NaN where a line is blank (the first one is).
func ReadConfidence(path string) ([]float64, error) {
	raw, err := readfile.Plain(path, readfile.Large)
	if err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	return parseConfidence(path, raw)
}

// parseConfidence reads at most one number a line.
func parseConfidence(path string, raw []byte) ([]float64, error) {
	var out []float64
	sc := bufio.NewScanner(bytes.NewReader(raw))
	for line := 1; sc.Scan(); line++ {
		v, err := numfile.Numbers(strings.TrimSpace(sc.Text()))
		if err != nil || len(v) > 1 {
			return nil, fmt.Errorf("folder: %w", numfile.Errorf(path, line, "%.40q is not one number", sc.Text()))
		}
		if len(v) == 0 {
			out = append(out, nan())
			continue
		}
		out = append(out, v[0])
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("folder: %s: %w", path, err)
	}
	return out, nil
}
