package record

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"siamtrack/tracker"
)

func TestReadOtherPeoplesFiles(t *testing.T) {
	box := tracker.Box{X: 1, Y: 2, W: 3, H: 4}
	for _, c := range []struct {
		name, file, text string
		want             []Row
	}{
		{"truth of some frames", "truth.csv", "frame,x,y,w,h\n0,1,2,3,4\n5,1,2,3,4\n",
			[]Row{{Box: box}, {Frame: 5, Box: box}}},
		{"other order, spaces, more columns, Windows ends", "t.csv",
			"\ufeffh, w ,y,x,frame,note\r\n4,3,2,1, 9 ,hello\r\n", []Row{{Frame: 9, Box: box}}},
		{"OTB by tabs", "groundtruth_rect.txt", "1\t2\t3\t4\n\n1 2 3 4", []Row{{Box: box, Score: 1}, {Frame: 1, Box: box, Score: 1}}},
		{"MOT of six columns", "mot.txt", "8,1,2,3,3,4\n", []Row{{Frame: 7, Box: box, Score: 1}}},
		{"nothing", "empty.txt", "", nil},
		{"a header alone", "h.csv", "frame,x,y,w,h\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.file)
			if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			got, err := ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestReadSaysWhereAndWhat(t *testing.T) {
	for _, c := range []struct {
		format     Format
		text, says string
	}{
		{CSV, "frame,x,y,w\n", `in:1: not a track: the header "frame,x,y,w" has no column "h"`},
		{CSV, "frame,x,y,w,h\n0,1,2,3,4\n1,1,2,3\n", "in:3: not a track: 4 fields under 5 columns"},
		{CSV, "frame,x,y,w,h\n-1,1,2,3,4\n", `in:2: not a track: frame: "-1" is no number of a frame`},
		{CSV, "frame,x,y,w,h\n0,Inf,2,3,4\n", `in:2: not a track: x: "Inf" is no number`},
		{CSV, "frame,x,y,w,h,state\n0,1,2,3,4,gone\n", `no state "gone"`},
		{CSV, "frame,x,y,w,h,time_s\n0,1,2,3,4,-2\n", `"-2" is no time`},
		{CSV, "", "not even a header"},
		{JSONL, "{\"frame\":0}\n{", "in:2: not a track: "},
		{JSONL, "{}", "no frame"},
		{JSONL, `{"frame":0,"time_s":1e300}`, "time"},
		{OTB, "1,2,3,4\n1,2,3", "in:2: not a track: 3 numbers"},
		{OTB, "1,2,3,x", `in:1: not a track: "x" is no number`},
		{MOT, "0,1,2,3,3,4", `in:1: not a track: frame: "0" is no number of a frame`},
		{MOT, "1,2,2,3,3,4", `target "2"`},
		{MOT, "1,1,2", "3 fields"},
		{"xml", "", `no format "xml"`},
	} {
		_, err := Read(strings.NewReader(c.text), "in", c.format)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %q: %v, want %q", c.format, c.text, err, c.says)
		}
		if c.format != "xml" && !errors.Is(err, ErrFormat) {
			t.Errorf("%s %q: %v does not wrap ErrFormat", c.format, c.text, err)
		}
	}
	if _, err := ReadFile(filepath.Join(t.TempDir(), "none.csv")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := Read(strings.NewReader(strings.Repeat("1", 2*maxLine)), "in", OTB); err == nil {
		t.Error("a line without end was read")
	}
}

// FuzzRead: what a reader takes, the writer writes and the reader reads again the same; anything else is an error.
func FuzzRead(f *testing.F) {
	formats := []Format{CSV, JSONL, OTB, MOT}
	for i, format := range formats {
		f.Add(byte(i), files[format])
	}
	f.Add(byte(0), "frame,x,y,w,h\n0,NaN,nan,1e308,4\n")
	f.Add(byte(1), `{"frame":3,"x":null,"score":1e9}`)
	f.Add(byte(2), "1;2;3;4\n\n5\t6 7,8")
	f.Add(byte(3), "9,1,1e18,3,3,4,0.5,-1,-1,-1")
	f.Fuzz(func(t *testing.T, which byte, text string) {
		format := formats[int(which)%len(formats)]
		first, err := Read(strings.NewReader(text), "in", format)
		if err != nil {
			if !strings.Contains(err.Error(), "in") {
				t.Errorf("an error that names no file: %v", err)
			}
			return
		}
		once := written(t, format, first)
		second, err := Read(bytes.NewReader(once), "out", format)
		if err != nil {
			t.Fatalf("cannot read what was written of %q: %v\n%s", text, err, once)
		}
		if again := written(t, format, second); format != OTB && !bytes.Equal(once, again) {
			t.Errorf("written once %q, read and written again %q", once, again)
		}
	})
}

func written(t *testing.T, f Format, rows []Row) []byte {
	t.Helper()
	var out bytes.Buffer
	rec, err := New(&out, "out", f)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := rec.Record(r); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}
