package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"siamtrack/internal/numfile"
	"siamtrack/internal/readfile"
	"siamtrack/tracker"
)

// Bounds of what can be a frame or a time; beyond them a number is an error in the file.
const (
	maxFrame   = 1 << 40
	maxSeconds = 1e9
	maxID      = 1 << 31
)

// Read reads boxes by frames from a text of any of these kinds, which its first line tells apart:
//
//	a table     a header with the columns x,y,w,h (or width, height), in any order and among any others, quoted or not;
//	            frame, time_s, score, state and ms as the CSV files of this package have them, and id (or name): the
//	            target's number, or its name. Without a column frame the rows count from frame 0; with names and no
//	            frames they are all of frame 0.
//	names       name,x,y,w,h a line: several targets in frame 0
//	boxes       x,y,w,h a line for every frame from 0
//	polygons    x1,y1,x2,y2,x3,y3,x4,y4 a line (an even count: 8, 12 or more), or VOT's masks: their axis-aligned box
//	            is taken
//	MOT         frame,id,x,y,w,h and up to four fields more; the id -1 is none
//	JSON Lines  as this package writes them
//	a snapshot  the JSON object that track live writes beside a picture
//
// Commas, semicolons, tabs or blanks separate; numfile.Numbers reads the numbers; names are UTF-8. A byte order mark,
// quotes and the ends of Windows's lines are read over. Blank lines at the end are no lines; one in between is an
// error, since it cannot be told which frame it leaves out. Errors name the text as name, and the line.
//
// Frames and pixels come back as the package's comment has them: MOT's counted from 0, all others as they stand.
func Read(r io.Reader, name string) ([]Row, error) {
	data, err := readfile.All(name, r, readfile.Large)
	if err != nil {
		return nil, fmt.Errorf("record: %s: %w", name, err)
	}
	rows, _, err := read(string(data), name)
	return rows, err
}

// ReadFile reads a file as Read does; what it holds counts, not its name.
//
// It may be a pipe, for whose other end it waits until ctx ends.
func ReadFile(ctx context.Context, path string) ([]Row, error) {
	data, err := readfile.Any(ctx, path, readfile.Large)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	rows, _, err := read(string(data), path)
	return rows, err
}

// ReadBoxes reads a plain file as Read does that has a box for every frame from 0, one or more.
func ReadBoxes(path string) ([]tracker.Box, error) {
	data, err := readfile.Plain(path, readfile.Large)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	rows, lines, err := read(string(data), path)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, wrong(path, 1, errors.New("no box"))
	}
	out := make([]tracker.Box, len(rows))
	for i, r := range rows {
		if r.Frame != i {
			return nil, wrong(path, lines[i], fmt.Errorf("frame %d where %d is expected: every frame needs a box", r.Frame, i))
		}
		out[i] = r.Box
	}
	return out, nil
}

// wrong is the error of a line.
func wrong(name string, line int, err error) error {
	return fmt.Errorf("record: %w", numfile.Errorf(name, line, "%w: %w", ErrFormat, err))
}

// decoder reads one line, which is not blank; isRow is false for one that holds no row, as a header.
type decoder func(line string) (row Row, isRow bool, err error)

// read returns the rows of a text and the line that each stands on.
func read(text, name string) (rows []Row, lines []int, err error) {
	text = strings.TrimPrefix(text, "\ufeff")
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	first = strings.TrimSpace(first)
	if first == "" {
		return nil, nil, wrong(name, 1, errors.New("empty: no box"))
	}
	if strings.HasPrefix(first, "{") && json.Valid([]byte(text)) { // one object, over several lines perhaps
		rows, err := decodeObject(text)
		if err != nil {
			return nil, nil, wrong(name, 1, err)
		}
		return rows, slices.Repeat([]int{1}, len(rows)), nil
	}
	decode, counts := decoderOf(first)
	type place struct {
		frame, id int
		name      string
	}
	seen := map[place]bool{}
	err = numfile.Lines(name, strings.NewReader(text), func(n int, line string) error {
		if line == "" {
			return wrong(name, n, errors.New("an empty line: it cannot be told which frame lacks its box"))
		}
		row, isRow, err := decode(line)
		at := place{row.Frame, row.ID, row.Name}
		if err == nil && isRow && !counts && seen[at] {
			err = fmt.Errorf("frame %d%s stands in an earlier line too", row.Frame, ofTarget(row))
		}
		if err == nil && !utf8.ValidString(row.Name) {
			err = fmt.Errorf("the name %q is not UTF-8: save the file as UTF-8", row.Name) // JSON could not keep it
		}
		if err != nil {
			return wrong(name, n, err)
		}
		if isRow && !counts {
			seen[at] = true
		}
		if isRow {
			rows, lines = append(rows, row), append(lines, n)
		}
		return nil
	})
	if err != nil && !errors.Is(err, ErrFormat) {
		err = fmt.Errorf("record: %w", err)
	}
	return rows, lines, err
}

// ofTarget says which target a row is of, where it says so itself.
func ofTarget(r Row) string {
	if who := label(nil, r); len(who) > 0 {
		return " of target " + string(who)
	}
	return ""
}

// decoderOf chooses the decoder for a text that begins with the given line. counts says that it counts the frames
// itself, so that none can stand there twice.
func decoderOf(first string) (d decoder, counts bool) {
	if strings.HasPrefix(first, "{") {
		return decodeJSON, false
	}
	if isMask(first) {
		return newShapes(), true
	}
	numbers, err := numfile.Numbers(first)
	if err != nil && isNamed(first) {
		return decodeNamed, false
	}
	if err != nil && isHeader(first) {
		return newTable(), false
	}
	switch n := len(numbers); {
	case n == 6 || n == 7 || n == 9 || n == 10:
		return decodeMOT, false
	case n >= 8 && n%2 == 0:
		return newShapes(), true
	}
	return newBoxes(), true
}

// frame reads the number of a frame, counted from 0.
func frame(text string) (int, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > maxFrame {
		return 0, fmt.Errorf("%.20q is no number of a frame", text)
	}
	return int(n), nil
}

// plausible reports whether a time can be meant.
func plausible(seconds float64) bool { return seconds >= 0 && seconds <= maxSeconds }

// span is v units of time.
func span(v float64, unit time.Duration) time.Duration {
	return time.Duration(math.Round(v * float64(unit)))
}
