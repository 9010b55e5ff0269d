package record

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"siamtrack/internal/numfile"
)

// isHeader reports whether a line begins with a name, quoted or not, rather than a number.
func isHeader(line string) bool {
	field := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",; \t\"'", r) })
	if len(field) == 0 {
		return false
	}
	r, _ := utf8.DecodeRuneInString(field[0])
	_, err := numfile.Number(field[0])
	return err != nil && (unicode.IsLetter(r) || r == '_' || r == '#')
}

// table is a decoder of rows under a header.
type table struct {
	separator rune     // 0 for blanks
	columns   []string // as the header names them, in small letters
	named     bool     // there is a column of targets
	rows      int
}

// newTable returns a decoder that takes its first line for the header.
func newTable() decoder {
	t := &table{}
	return func(line string) (Row, bool, error) {
		if t.columns == nil {
			return Row{}, false, t.header(line)
		}
		row, err := t.row(line)
		return row, err == nil, err
	}
}

// header reads the columns' names. What separates them separates the rows' fields.
func (t *table) header(line string) error {
	for _, s := range ";\t," {
		if strings.ContainsRune(line, s) {
			t.separator = s
			break
		}
	}
	fields, err := t.fields(line)
	if err != nil {
		return err
	}
	for _, f := range fields {
		name := columnName(f)
		t.columns = append(t.columns, name)
		t.named = t.named || name == "id" || name == "name"
	}
	for _, need := range [...]string{"x", "y", "w", "h"} {
		if !slices.Contains(t.columns, need) {
			return fmt.Errorf("the header %.60q has no column %q", line, need)
		}
	}
	return nil
}

// columnName is the name that set knows a column by.
func columnName(field string) string {
	name := strings.ToLower(strings.TrimLeft(field, "# "))
	switch name {
	case "width":
		return "w"
	case "height":
		return "h"
	}
	return name
}

// fields cuts a line and takes quotes off.
func (t *table) fields(line string) ([]string, error) {
	if t.separator == 0 {
		fields := strings.Fields(line)
		for i, f := range fields {
			fields[i] = strings.Trim(f, `"`)
		}
		return fields, nil
	}
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.TrimLeadingSpace = t.separator, true
	fields, err := r.Read()
	if err != nil {
		var at *csv.ParseError
		if errors.As(err, &at) {
			err = at.Err // the line it knows is always the first
		}
		return nil, err
	}
	for i, f := range fields {
		fields[i] = strings.TrimSpace(f)
	}
	return fields, nil
}

// row reads the fields of one row. R writes a name before each row that the header does not count.
func (t *table) row(line string) (Row, error) {
	fields, err := t.fields(line)
	if err != nil {
		return Row{}, err
	}
	if len(fields) == len(t.columns)+1 && line[0] == '"' {
		fields = fields[1:]
	}
	if len(fields) != len(t.columns) {
		return Row{}, fmt.Errorf("%d fields under %d columns", len(fields), len(t.columns))
	}
	r := Row{}
	if !t.named {
		r.Frame = t.rows
	}
	for i, c := range t.columns {
		if err := t.set(&r, c, fields[i]); err != nil {
			return Row{}, fmt.Errorf("%s: %w", c, err)
		}
	}
	t.rows++
	return r, nil
}

// set puts the text of a column into r; columns of other names are passed over.
func (t *table) set(r *Row, column, text string) (err error) {
	switch column {
	case "frame":
		r.Frame, err = frame(text)
	case "id":
		setTarget(r, text)
	case "name":
		r.Name = text
	case "time_s":
		r.Time, err = t.duration(text, time.Second)
	case "x":
		r.Box.X, err = t.number(text)
	case "y":
		r.Box.Y, err = t.number(text)
	case "w":
		r.Box.W, err = t.number(text)
	case "h":
		r.Box.H, err = t.number(text)
	case "score":
		r.Score, err = t.number(text)
	case "state":
		err = r.State.UnmarshalText([]byte(text))
	case "ms":
		r.Elapsed, err = t.duration(text, time.Millisecond)
	}
	return err
}

// setTarget puts the number of a target into r, or its name, as which one counts that is no number above 0 as numbers
// are written: 01 and 1 may be two targets.
func setTarget(r *Row, text string) {
	if n, err := strconv.Atoi(text); err == nil && n > 0 && n <= maxID && strconv.Itoa(n) == text {
		r.ID = n
	} else if text != "" && r.Name == "" {
		r.Name = text
	}
}

// number reads a number. Where commas do not separate, one is decimal. R's NA is no number, as NaN is.
func (t *table) number(text string) (float64, error) {
	if text == "NA" {
		return math.NaN(), nil
	}
	if t.separator != ',' && strings.Count(text, ",") == 1 {
		return numfile.Number(strings.Replace(text, ",", ".", 1))
	}
	return numfile.Number(text)
}

// duration reads a time in units; an empty one is 0.
func (t *table) duration(text string, unit time.Duration) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	v, err := t.number(text)
	if err != nil || !plausible(v*unit.Seconds()) {
		return 0, fmt.Errorf("%.20q is no time", text)
	}
	return span(v, unit), nil
}
