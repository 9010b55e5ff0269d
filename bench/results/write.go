package results

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"siamtrack/bench/region"
	"siamtrack/tracker"
)

// nan marks a value that is not there.
func nan() float64 { return math.NaN() }

// WriteFile writes beside path and renames, so that path is either whole or absent. Folders on the way are made.
func WriteFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("results: %w", err)
	}
	_, err = f.Write(data)
	if e := f.Chmod(0o644); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("results: write %s: %w", path, err)
	}
	return nil
}

// WriteBoxes writes x,y,w,h a line with three decimals, as got10k does.
func WriteBoxes(path string, boxes []tracker.Box) error {
	var b bytes.Buffer
	for _, x := range boxes {
		fmt.Fprintf(&b, "%s\n", x)
	}
	return WriteFile(path, b.Bytes())
}

// WriteTimes writes seconds, a line a frame and a column a repetition, with eight decimals.
func WriteTimes(path string, repeats ...[]float64) error {
	var b bytes.Buffer
	for i := range repeats[0] {
		for r, col := range repeats {
			if r > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.FormatFloat(col[i], 'f', 8, 64))
		}
		b.WriteByte('\n')
	}
	return WriteFile(path, b.Bytes())
}

// WriteRegions writes a VOT trajectory, a region or a code a line.
func WriteRegions(path string, regions []region.Region) error {
	var b bytes.Buffer
	for _, r := range regions {
		fmt.Fprintf(&b, "%s\n", r)
	}
	return WriteFile(path, b.Bytes())
}

// WriteConfidence writes a number a line, a blank one for NaN.
func WriteConfidence(path string, scores []float64) error {
	var b bytes.Buffer
	for _, s := range scores {
		if !math.IsNaN(s) {
			b.WriteString(strconv.FormatFloat(s, 'f', 6, 64))
		}
		b.WriteByte('\n')
	}
	return WriteFile(path, b.Bytes())
}
