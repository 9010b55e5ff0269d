package numfile

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	rows, err := Parse("f", strings.NewReader("\ufeff1, 2\t3;4\r\n\n-1.5e2 NaN\n\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || len(rows[0].Values) != 4 || rows[1].Values != nil || rows[2].Line != 3 ||
		rows[2].Values[0] != -150 || !math.IsNaN(rows[2].Values[1]) {
		t.Errorf("%+v", rows)
	}
}

func TestErrors(t *testing.T) {
	for text, line := range map[string]int{"1,2\n3,4,5\n": 2, "1,2\n\n3,4\n": 2, "1,x\n": 1, "1,inf\n": 1,
		"1,2\n,;,\n": 2} {
		_, err := Matrix("file.txt", strings.NewReader(text), 2)
		var e *Error
		if !errors.As(err, &e) || e.File != "file.txt" || e.Line != line {
			t.Errorf("%q: %v, want line %d", text, err, line)
		}
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := Parse("long", strings.NewReader(strings.Repeat("1 ", maxLine))); err == nil {
		t.Error("a line without end was read")
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string][]float64{
		"": nil, "  \t": nil, "1": {1}, "1,2,3,": {1, 2, 3}, "1 , 2\t;3": {1, 2, 3},
		"145,5;178,2;-21;6,2e1": {145.5, 178.2, -21, 62},
		"1,5 ; 2":               {1.5, 2}, "1, 5; 2": {1, 5, 2}, "1,5 2": {1, 5, 2}, "1e-3": {0.001},
	} {
		got, err := Numbers(text)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v %v, want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"1,,2": `an empty field before "2"`, ",1": `an empty field before "1"`, "1, ,2": "empty field",
		"1,2,,": "ends in empty fields",
		",":     "ends in empty fields", "1,2,3;4,5": `"1,2,3"`, "1.5.2": `"1.5.2" is not a number`, "1e999": "number",
		"-Inf": "not finite",
	} {
		if got, err := Numbers(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v %v, want %s", text, got, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("1,2,3,4\n5 6\t7;8\n")
	f.Add("nan\n\n1e9,\x00")
	f.Add("\ufeff\r\n1")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := Parse("f", strings.NewReader(text))
		if err != nil {
			return
		}
		last := 0
		for _, r := range rows {
			if r.Line <= last {
				t.Errorf("%q: line %d after %d", text, r.Line, last)
			}
			last = r.Line
			for _, v := range r.Values {
				if math.IsInf(v, 0) {
					t.Errorf("%q: infinite", text)
				}
			}
		}
		if n := len(rows); n > 0 && rows[n-1].Values == nil {
			t.Errorf("%q: a blank row at the end", text)
		}
	})
}
