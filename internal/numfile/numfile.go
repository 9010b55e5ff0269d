// Package numfile reads the text files of numbers that every tracking benchmark uses for boxes, times and flags. Its
// errors name the file and the line.
package numfile

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
)

// maxLine bounds one line, so that a wrong file (a picture, say) ends in an error and not in the machine's memory.
const maxLine = 1 << 24

// Row is one line of numbers. Values is nil for a blank line.
type Row struct {
	Line   int // counted from 1
	Values []float64
}

// Error says where a file is wrong.
type Error struct {
	File string
	Line int
	Err  error
}

// Error returns "file:line: cause".
func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error at a line of a file.
func Errorf(file string, line int, format string, args ...any) error {
	return &Error{file, line, fmt.Errorf(format, args...)}
}

// Lines calls each with every line of r, counted from 1, without its end; blank lines at the end are left out.
func Lines(name string, r io.Reader, each func(line int, text string) error) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 1<<16), maxLine)
	blanks := 0
	n := 0
	for sc.Scan() {
		n++
		text := strings.TrimSpace(strings.TrimPrefix(sc.Text(), "\ufeff"))
		if text == "" {
			blanks++
			continue
		}
		for ; blanks > 0; blanks-- {
			if err := each(n-blanks, ""); err != nil {
				return err
			}
		}
		if err := each(n, text); err != nil {
			return err
		}
	}
	if err := sc.Err(); err != nil {
		return Errorf(name, n+1, "%w", err)
	}
	return nil
}

// Parse reads lines of numbers separated by commas, semicolons, blanks or tabs. NaN is a number here (absent targets
// are written so), an infinity is not. name is for the errors.
func Parse(name string, r io.Reader) ([]Row, error) {
	var rows []Row
	err := Lines(name, r, func(line int, text string) error {
		v, err := Numbers(text)
		if err != nil {
			return Errorf(name, line, "%w", err)
		}
		rows = append(rows, Row{line, v})
		return nil
	})
	return rows, err
}

// Numbers splits one line into its numbers.
func Numbers(text string) ([]float64, error) {
	fields := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\t' })
	if len(fields) == 0 {
		if text != "" {
			return nil, fmt.Errorf("%.40q holds no number", text)
		}
		return nil, nil
	}
	out := make([]float64, len(fields))
	for i, f := range fields {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return nil, fmt.Errorf("%.40q is not a number", f)
		}
		if math.IsInf(v, 0) {
			return nil, fmt.Errorf("%.40q is not finite", f)
		}
		out[i] = v
	}
	return out, nil
}

// Matrix reads lines of exactly cols numbers each; a blank line in between is an error.
func Matrix(name string, r io.Reader, cols int) ([]Row, error) {
	rows, err := Parse(name, r)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if len(row.Values) != cols {
			return nil, Errorf(name, row.Line, "%d numbers where %d are expected", len(row.Values), cols)
		}
	}
	return rows, nil
}

// ReadMatrix reads a whole file with Matrix.
func ReadMatrix(path string, cols int) ([]Row, error) {
	return read(path, func(f io.Reader) ([]Row, error) { return Matrix(path, f, cols) })
}

// Read reads a whole file with Parse.
func Read(path string) ([]Row, error) {
	return read(path, func(f io.Reader) ([]Row, error) { return Parse(path, f) })
}

// Values are the numbers of a file one after the other, with the line that each stands on.
type Values struct {
	V     []float64
	lines []int
}

// Line is the line of number i, that of the last one for an i past the end; 1 of none.
func (v Values) Line(i int) int {
	if len(v.lines) == 0 {
		return 1
	}
	return v.lines[min(i, len(v.lines)-1)]
}

// Column reads all numbers, however they lie on their lines: some toolkits write a column of flags, some one long row.
func Column(name string, r io.Reader) (Values, error) {
	rows, err := Parse(name, r)
	if err != nil {
		return Values{}, err
	}
	var out Values
	for _, row := range rows {
		for _, v := range row.Values {
			out.V = append(out.V, v)
			out.lines = append(out.lines, row.Line)
		}
	}
	return out, nil
}

// ReadColumn reads a whole file with Column.
func ReadColumn(path string) (Values, error) {
	return read(path, func(f io.Reader) (Values, error) { return Column(path, f) })
}

func read[T any](path string, parse func(io.Reader) (T, error)) (out T, err error) {
	f, err := os.Open(path)
	if err != nil {
		return out, err
	}
	defer f.Close()
	return parse(f)
}
