// Package results reads and writes what a tracker said of a benchmark: raw tracks and times, in the text formats of the
// field's toolkits. It never scores.
//
//	OTB, pysot, peers  DIR/SEQ.txt (x,y,w,h a line), DIR/SEQ_time.txt or DIR/times/SEQ_time.txt
//	GOT-10k            DIR/SEQ/SEQ_001.txt ..., DIR/SEQ/SEQ_time.txt (a column a repetition)
//	VOT                DIR/EXPERIMENT/SEQ/SEQ_001.txt (regions and codes), SEQ_time.txt, SEQ_001_confidence.value;
//	                   multi-start: SEQ_00000050.txt a starting frame; also the toolkit's binary form, .bin
//
// Writers write beside and rename, so a file that has its name is whole.
package results

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"siamtrack/bench/dataset"
	"siamtrack/bench/region"
	"siamtrack/internal/numfile"
	"siamtrack/tracker"
)

// ErrMissing is wrapped by the error of a sequence that has no result.
var ErrMissing = errors.New("no result")

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
	return fmt.Errorf("results: %w", numfile.Errorf(path, max(1, min(got, want+1)), "%w", err))
}

// ReadTrack reads a tracker's track of a sequence from its folder, in the OTB or the GOT-10k layout.
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
	return nil, fmt.Errorf("results: %s: sequence %s: %w", dir, sequence, ErrMissing)
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
	boxes, err := readBoxes(path)
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
		boxes, err := readBoxes(path)
		if err != nil {
			return nil, err
		}
		t.Repeats = append(t.Repeats, boxes)
	}
	t.Boxes = t.Repeats[0]
	return t, t.readTimes(filepath.Join(dir, name+"_time.txt"))
}

// readBoxes reads x,y,w,h a line; a result may hold NaN (a tracker that said nothing).
func readBoxes(path string) ([]tracker.Box, error) {
	rows, err := numfile.ReadMatrix(path, 4)
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("results: %w", numfile.Errorf(path, 1, "empty: no box"))
	}
	out := make([]tracker.Box, len(rows))
	for i, r := range rows {
		out[i] = tracker.Box{X: r.Values[0], Y: r.Values[1], W: r.Values[2], H: r.Values[3]}
	}
	return out, nil
}

// readTimes reads the first file that exists.
func (t *Track) readTimes(paths ...string) error {
	for _, p := range paths {
		if !exists(p) {
			continue
		}
		times, err := ReadTimes(p)
		if err != nil {
			return err
		}
		t.RepeatSeconds = times
		if len(times) > 0 {
			t.Seconds = times[0]
		}
		return CheckTimes(p, t.Seconds, len(t.Boxes))
	}
	return nil
}

// ReadTimes reads a file of seconds, a line a frame and a column a repetition; the result is indexed by repetition.
func ReadTimes(path string) ([][]float64, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("results: %s: %w", path, ErrMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	defer f.Close()
	out, err := parseTimes(path, f)
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	return out, nil
}

// CheckTimes is the error of times that are not as many as the frames.
func CheckTimes(path string, seconds []float64, frames int) error {
	if got := len(seconds); got != frames {
		return LengthError(path, got, frames, fmt.Errorf("%d times for %d frames", got, frames))
	}
	return nil
}

// parseTimes reads lines of equally many seconds. A blank line is a frame without a time, as the VOT toolkit writes one
// that was skipped: NaN in each column.
func parseTimes(path string, r io.Reader) ([][]float64, error) {
	rows, err := numfile.Parse(path, r)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	out := make([][]float64, len(rows[len(rows)-1].Values)) // the last row is never blank
	for _, row := range rows {
		if row.Values == nil {
			row.Values = slices.Repeat([]float64{nan()}, len(out))
		}
		if len(row.Values) != len(out) {
			return nil, numfile.Errorf(path, row.Line, "%d times where the last line has %d", len(row.Values), len(out))
		}
		for i, v := range row.Values {
			if v < 0 {
				return nil, numfile.Errorf(path, row.Line, "%v is no time", v)
			}
			out[i] = append(out[i], v)
		}
	}
	return out, nil
}

// ReadRegions reads one VOT trajectory, text or binary; path is without its extension.
func ReadRegions(path string) ([]region.Region, error) {
	if RegionsFile(path) == path+".txt" {
		out, err := dataset.ReadRegions(path + ".txt")
		if err != nil {
			return nil, fmt.Errorf("results: %w", err)
		}
		return out, nil
	}
	raw, err := os.ReadFile(path + ".bin")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("results: %s.txt, .bin: %w", path, ErrMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	out, err := region.ParseBinary(raw)
	if err != nil {
		return nil, fmt.Errorf("results: %s.bin: %w", path, err)
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

// ReadConfidence reads a long-term track's confidence a frame; NaN where a line is blank (the first one is).
func ReadConfidence(path string) ([]float64, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	return parseConfidence(path, raw)
}

// exists reports whether a plain file lies at path.
func exists(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

// parseConfidence reads at most one number a line.
func parseConfidence(path string, raw []byte) ([]float64, error) {
	var out []float64
	sc := bufio.NewScanner(bytes.NewReader(raw))
	for line := 1; sc.Scan(); line++ {
		v, err := numfile.Numbers(strings.TrimSpace(sc.Text()))
		if err != nil || len(v) > 1 {
			return nil, fmt.Errorf("results: %w", numfile.Errorf(path, line, "%.40q is not one number", sc.Text()))
		}
		if len(v) == 0 {
			out = append(out, nan())
			continue
		}
		out = append(out, v[0])
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("results: %s: %w", path, err)
	}
	return out, nil
}
