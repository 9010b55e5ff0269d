package folder

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"siamtrack/bench/dataset"
	"siamtrack/internal/numfile"
	"siamtrack/internal/record"
	"siamtrack/tracker"
)

// Track is one tracker's track of one sequence.
type Track struct {
	Path  string // the file it came from
	Boxes []tracker.Box
	// Repeats are the tracks of all repetitions, Boxes the first of them.
	Repeats [][]tracker.Box
	// Seconds is the time of each frame of the first repetition, nil where no file says.
	Seconds []float64
	// RepeatSeconds is the time of each frame of each repetition.
	RepeatSeconds [][]float64
}

// PathOf is the file of repetition r, counted from 0.
func (t *Track) PathOf(r int) string {
	if r == 0 {
		return t.Path
	}
	return strings.TrimSuffix(t.Path, "_001.txt") + fmt.Sprintf("_%03d.txt", r+1)
}

// LengthError is the error of a file that has another number of lines than its sequence has frames. It names the line
// that is the last, or the first of those that are too many.
func LengthError(path string, got, want int, err error) error {
	return fmt.Errorf("folder: %w", numfile.Errorf(path, max(1, min(got, want+1)), "%w", err))
}

// ReadTrack reads a tracker's track of a sequence from its folder, in the OTB or the GOT-10k layout. Where the error
// wraps ErrTimes the track itself is whole.
func ReadTrack(dir, sequence string) (*Track, error) {
	for _, name := range dataset.Spellings(sequence) {
		flat := filepath.Join(dir, name+".txt")
		if exists(flat) {
			t, err := readFlat(flat)
			if err != nil {
				return nil, err
			}
			return t, t.readTimes(filepath.Join(dir, name+"_time.txt"), filepath.Join(dir, "times", name+"_time.txt"))
		}
		nested := filepath.Join(dir, name)
		if exists(filepath.Join(nested, name+"_001.txt")) {
			return readNested(nested, name)
		}
	}
	return nil, fmt.Errorf("folder: %s: sequence %s: %w", dir, sequence, ErrMissing)
}

// HasTrack reports whether ReadTrack would find the sequence.
func HasTrack(dir, sequence string) bool {
	for _, n := range dataset.Spellings(sequence) {
		if exists(filepath.Join(dir, n+".txt")) || exists(filepath.Join(dir, n, n+"_001.txt")) {
			return true
		}
	}
	return false
}

// readFlat reads one file of boxes.
func readFlat(path string) (*Track, error) {
	boxes, err := record.ReadBoxes(path)
	if err != nil {
		return nil, err
	}
	return &Track{Path: path, Boxes: boxes, Repeats: [][]tracker.Box{boxes}}, nil
}

// readNested reads all repetitions of the GOT-10k layout.
func readNested(dir, name string) (*Track, error) {
	t := &Track{Path: filepath.Join(dir, name+"_001.txt")}
	for r := 1; ; r++ {
		path := filepath.Join(dir, fmt.Sprintf("%s_%03d.txt", name, r))
		if !exists(path) {
			break
		}
		boxes, err := record.ReadBoxes(path)
		if err != nil {
			return nil, err
		}
		t.Repeats = append(t.Repeats, boxes)
	}
	t.Boxes = t.Repeats[0]
	return t, t.readTimes(filepath.Join(dir, name+"_time.txt"))
}

// exists reports whether a plain file lies at path.
func exists(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}
