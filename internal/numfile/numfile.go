// Package numfile reads the text files of numbers that every tracking benchmark uses for boxes, times and flags. Its
// errors name the file and the line.
package numfile

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"siamtrack/internal/readfile"
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

// Parse reads lines of numbers, each as Numbers does. name is for the errors.
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

// Numbers splits one line into its numbers. Between two of them there is one comma or semicolon, or blanks and tabs, or
// both; two commas leave a field empty, which is an error, and one at the end says nothing. In a line with semicolons a
// comma between two digits is a decimal one, as spreadsheets of half of Europe write it.
func Numbers(text string) ([]float64, error) {
	decimal := strings.IndexByte(text, ';') >= 0 && strings.IndexByte(text, ',') >= 0
	var out []float64
	begin, marks := -1, 0 // of the field that is being read; commas and semicolons since the last one
	for i := 0; i <= len(text); i++ {
		if i < len(text) && (!separates(text[i]) || decimal && betweenDigits(text, i)) {
			if begin < 0 {
				begin = i
			}
			continue
		}
		if begin >= 0 {
			if marks > 1 || marks == 1 && len(out) == 0 {
				return nil, fmt.Errorf("an empty field before %.40q", text[begin:i])
			}
			v, err := number(text[begin:i], decimal)
			if err != nil {
				return nil, err
			}
			out, begin, marks = append(out, v), -1, 0
		}
		if i < len(text) && (text[i] == ',' || text[i] == ';') {
			marks++
		}
	}
	if marks > 1 || out == nil && marks > 0 {
		return nil, fmt.Errorf("%.40q ends in empty fields", text)
	}
	return out, nil
}

// separates reports whether a byte stands between numbers.
func separates(c byte) bool { return c == ',' || c == ';' || c == ' ' || c == '\t' }

// betweenDigits reports whether the byte at i is a comma that digits touch on both sides.
func betweenDigits(text string, i int) bool {
	digit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	return text[i] == ',' && digit(i-1) && digit(i+1)
}

// number reads one number, with a decimal comma where that is allowed.
func number(field string, decimal bool) (float64, error) {
	if decimal && strings.Count(field, ",") == 1 {
		field = strings.Replace(field, ",", ".", 1)
	}
	return Number(field)
}

// Number reads one number: as Go and C write it, or NaN (absent targets are written so); an infinity is none.
func Number(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a number", text)
	}
	if math.IsInf(v, 0) {
		return 0, fmt.Errorf("%.40q is not finite", text)
	}
	return v, nil
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
	f, _, err := readfile.Open(path)
	if err != nil {
		return out, err
	}
	defer f.Close()
	return parse(f)
}
