package folder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"siamtrack/internal/numfile"
	"siamtrack/internal/plural"
	"siamtrack/internal/readfile"
)

// readTimes reads the first file that exists.
func (t *Track) readTimes(paths ...string) error {
	for _, p := range paths {
		if !exists(p) {
			continue
		}
		times, err := ReadTimes(p)
		if err != nil {
			return &timesError{err}
		}
		t.RepeatSeconds = times
		if len(times) > 0 {
			t.Seconds = times[0]
		}
		if err := CheckTimes(p, t.Seconds, len(t.Boxes)); err != nil {
			return &timesError{err}
		}
		return nil
	}
	return nil
}

// ReadTimes reads a file of seconds, a line a frame and a column a repetition; the result is indexed by repetition.
func ReadTimes(path string) ([][]float64, error) {
	f, _, err := readfile.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("folder: %s: %w", path, ErrMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	defer f.Close()
	out, err := parseTimes(path, f)
	if err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	return out, nil
}

// CheckTimes is the error of times that are not as many as the frames.
func CheckTimes(path string, seconds []float64, frames int) error {
	if got := len(seconds); got != frames {
		return LengthError(path, got, frames, fmt.Errorf("%s for %s", plural.Of(got, "time"), plural.Of(frames, "frame")))
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

// timesError marks an error as one about times, without another word.
type timesError struct{ error }

// Unwrap returns the cause.
func (e *timesError) Unwrap() []error { return []error{ErrTimes, e.error} }
