package record

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"siamtrack/tracker"
)

// maxLine bounds a line, so that a file of another kind ends in an error and not in memory.
const maxLine = 1 << 20

// Bounds of what can be a frame or a time; beyond them a number is an error in the file.
const (
	maxFrame   = 1 << 40
	maxSeconds = 1e9
)

// ReadFile reads the track in a file. Its name says the format: .csv and .jsonl; .txt is OTB, or MOT where the first
// line has more than four numbers.
func ReadFile(path string) ([]Row, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	f := Format(strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), "."))
	if f != CSV && f != JSONL {
		first, _, _ := strings.Cut(string(data), "\n")
		if f = OTB; len(strings.FieldsFunc(first, isSeparator)) > 4 {
			f = MOT
		}
	}
	return Read(strings.NewReader(string(data)), path, f)
}

// Read reads a track in one format. Errors name the file as name, and the line. CSV needs the columns frame,x,y,w,h,
// in any order and among any others, so that truth of some frames is read as well as a track. OTB lines may be
// separated by commas, blanks or tabs; their frames are counted from 0.
func Read(r io.Reader, name string, f Format) ([]Row, error) {
	var decode func(line string) (Row, bool, error)
	switch f {
	case CSV:
		decode = newCSV()
	case JSONL:
		decode = decodeJSON
	case OTB:
		decode = newOTBReader()
	case MOT:
		decode = decodeMOT
	default:
		_, _, err := encoding(f)
		return nil, err
	}
	var rows []Row
	n := 0
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	for s.Scan() {
		n++
		line := strings.TrimSpace(strings.TrimPrefix(s.Text(), "\ufeff"))
		if line == "" {
			continue
		}
		row, is, err := decode(line)
		if err != nil {
			return rows, fmt.Errorf("record: %s:%d: %w: %w", name, n, ErrFormat, err)
		}
		if is {
			rows = append(rows, row)
		}
	}
	if err := s.Err(); err != nil {
		return rows, fmt.Errorf("record: %s:%d: %w", name, n+1, err)
	}
	if len(rows) == 0 && f == CSV && n == 0 {
		return nil, fmt.Errorf("record: %s: %w: empty, not even a header", name, ErrFormat)
	}
	return rows, nil
}

// newCSV returns a decoder that takes its first line for the header.
func newCSV() func(string) (Row, bool, error) {
	var columns []string
	return func(line string) (Row, bool, error) {
		fields := strings.Split(line, ",")
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		if columns == nil {
			columns = fields
			for _, need := range [...]string{"frame", "x", "y", "w", "h"} {
				if !slices.Contains(columns, need) {
					return Row{}, false, fmt.Errorf("the header %.60q has no column %q", line, need)
				}
			}
			return Row{}, false, nil
		}
		if len(fields) != len(columns) {
			return Row{}, false, fmt.Errorf("%d fields under %d columns", len(fields), len(columns))
		}
		var r Row
		for i, c := range columns {
			if err := set(&r, c, fields[i]); err != nil {
				return Row{}, false, fmt.Errorf("%s: %w", c, err)
			}
		}
		return r, true, nil
	}
}

// set puts the text of a CSV column into r; columns of other names are passed over.
func set(r *Row, column, text string) (err error) {
	switch column {
	case "frame":
		r.Frame, err = frame(text, 0)
	case "time_s":
		r.Time, err = duration(text, time.Second)
	case "x":
		r.Box.X, err = coordinate(text)
	case "y":
		r.Box.Y, err = coordinate(text)
	case "w":
		r.Box.W, err = coordinate(text)
	case "h":
		r.Box.H, err = coordinate(text)
	case "score":
		r.Score, err = coordinate(text)
	case "state":
		err = r.State.UnmarshalText([]byte(text))
	case "ms":
		r.Elapsed, err = duration(text, time.Millisecond)
	}
	return err
}

// decodeJSON reads one object. A coordinate that is null is NaN, as it was written.
func decodeJSON(line string) (Row, bool, error) {
	var o struct {
		Frame      *int64
		TimeS      float64  `json:"time_s"`
		X, Y, W, H *float64 // nil where null
		Score      *float64
		State      tracker.State
		MS         float64
	}
	if err := json.Unmarshal([]byte(line), &o); err != nil {
		return Row{}, false, err
	}
	switch {
	case o.Frame == nil || *o.Frame < 0 || *o.Frame > maxFrame:
		return Row{}, false, fmt.Errorf("no frame, or one that cannot be")
	case !plausible(o.TimeS) || !plausible(o.MS/1000):
		return Row{}, false, fmt.Errorf("a time that cannot be")
	}
	orNaN := func(v *float64) float64 {
		if v == nil {
			return math.NaN()
		}
		return *v
	}
	return Row{
		Frame: int(*o.Frame), Time: span(o.TimeS, time.Second), State: o.State, Score: orNaN(o.Score),
		Box:     tracker.Box{X: orNaN(o.X), Y: orNaN(o.Y), W: orNaN(o.W), H: orNaN(o.H)},
		Elapsed: span(o.MS, time.Millisecond),
	}, true, nil
}

// newOTBReader returns a decoder that counts the frames itself.
func newOTBReader() func(string) (Row, bool, error) {
	next := 0
	return func(line string) (Row, bool, error) {
		fields := strings.FieldsFunc(line, isSeparator)
		if len(fields) != 4 {
			return Row{}, false, fmt.Errorf("%d numbers where x,y,w,h are four", len(fields))
		}
		b, err := corners(fields, 0)
		next++
		return Row{Frame: next - 1, Box: b, Score: 1}, err == nil, err
	}
}

func decodeMOT(line string) (Row, bool, error) {
	fields := strings.FieldsFunc(line, isSeparator)
	if len(fields) < 6 {
		return Row{}, false, fmt.Errorf("%d fields where frame,id,x,y,w,h are six", len(fields))
	}
	r := Row{Score: 1}
	var err error
	if r.Frame, err = frame(fields[0], 1); err != nil {
		return Row{}, false, fmt.Errorf("frame: %w", err)
	}
	if fields[1] != "1" {
		return Row{}, false, fmt.Errorf("target %.20q: the files of one target have the id 1 only", fields[1])
	}
	if r.Box, err = corners(fields[2:6], 1); err == nil && len(fields) > 6 {
		r.Score, err = coordinate(fields[6])
	}
	return r, err == nil, err
}

func isSeparator(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\t' || r == '\r' }

// corners reads x,y,w,h, the corner counted from first.
func corners(fields []string, first float64) (tracker.Box, error) {
	var v [4]float64
	for i := range v {
		var err error
		if v[i], err = coordinate(fields[i]); err != nil {
			return tracker.Box{}, err
		}
	}
	return tracker.Box{X: v[0] - first, Y: v[1] - first, W: v[2], H: v[3]}, nil
}

// frame reads the number of a frame, counted from first.
func frame(text string, first int64) (int, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < first || n > maxFrame {
		return 0, fmt.Errorf("%.20q is no number of a frame", text)
	}
	return int(n - first), nil
}

// coordinate reads a number; NaN is one, an infinity is not.
func coordinate(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, fmt.Errorf("%.20q is no number", text)
	}
	return v, nil
}

// duration reads a time in units; an empty one is 0.
func duration(text string, unit time.Duration) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !plausible(v*unit.Seconds()) {
		return 0, fmt.Errorf("%.20q is no time", text)
	}
	return span(v, unit), nil
}

func plausible(seconds float64) bool { return seconds >= 0 && seconds <= maxSeconds }

func span(v float64, unit time.Duration) time.Duration {
	return time.Duration(math.Round(v * float64(unit)))
}
