package record

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"siamtrack/tracker"
)

func TestReadOtherPeoplesFiles(t *testing.T) {
	box := tracker.Box{X: 1, Y: 2, W: 3, H: 4}
	nan := tracker.Box{X: math.NaN(), Y: math.NaN(), W: math.NaN(), H: math.NaN()}
	counted := []Row{{Box: box, Score: 1}, {Frame: 1, Box: box, Score: 1}}
	for _, c := range []struct {
		name, text string
		want       []Row
	}{
		{"truth of some frames", "frame,x,y,w,h\n0,1,2,3,4\n5,1,2,3,4\n", []Row{{Box: box}, {Frame: 5, Box: box}}},
		{"other order, spaces, more columns, Windows ends", "\ufeffh, w ,y,x,frame,note\r\n4,3,2,1, 9 ,hello\r\n",
			[]Row{{Frame: 9, Box: box}}},
		{"a header without frames", "x,y,w,h\n1,2,3,4\n1,2,3,4\n", []Row{{Box: box}, {Frame: 1, Box: box}}},
		{"names written out", "X;Y;Width;Height\n1;2;3;4\n", []Row{{Box: box}}},
		{"R's write.csv", `"","frame","x","y","w","h","note"` + "\n" + `"1",0,1,2,3,4,"a, b"` + "\n" +
			`"2",1,NA,NA,NA,NA,""`,
			[]Row{{Box: box}, {Frame: 1, Box: nan}}},
		{"R's write.table", "\"x\" \"y\" \"w\" \"h\"\n\"1\" 1 2 3 4\n\"2\" 1 2 3 4\n",
			[]Row{{Box: box}, {Frame: 1, Box: box}}},
		{"a spreadsheet's semicolons", "frame;x;y;w;h\n0;1,5;2,25;3;4\n",
			[]Row{{Box: tracker.Box{X: 1.5, Y: 2.25, W: 3, H: 4}}}},
		{"a spreadsheet's tabs", "frame\tx\ty\tw\th\n0\t1,5\t2,25\t3\t4\n",
			[]Row{{Box: tracker.Box{X: 1.5, Y: 2.25, W: 3, H: 4}}}},
		{"a header alone", "frame,x,y,w,h\n", nil},
		{"tabs and blanks, blank lines at the end", "1\t2\t3\t4\n1 2 3 4\r\n\r\n\n", counted},
		{"semicolons and a mark", "\ufeff1;2;3;4\n1;2;3;4", counted},
		{"an absent target", "1,2,3,4\nnan,NaN,nan,nan\n", []Row{{Box: box, Score: 1}, {Frame: 1, Box: nan, Score: 1}}},
		{"polygons", "1,2,4,2,4,6,1,6\n4,6 1,6 1,2 4,2\n", counted},
		{"polygons with an absent target", "1,2,4,2,4,6,1,6\nnan,nan,nan,nan\n",
			[]Row{{Box: box, Score: 1}, {Frame: 1, Box: nan, Score: 1}}},
		{"VOT's masks", "m1,2,3,4,0,12\nm0,0,4,6,9,3,1,3,1,3,1,3\n", counted},
		{"MOT of six columns", "8,1,2,3,3,4\n", []Row{{Frame: 7, ID: 1, Box: box, Score: 1}}},
		{"MOT's detections, of no target", "8,-1,2,3,3,4\n", []Row{{Frame: 7, Box: box, Score: 1}}},
		{"MOT of two targets", "8,3,2,3,3,4\n8,12,2,3,3,4\n9,3,2,3,3,4\n",
			[]Row{{Frame: 7, ID: 3, Box: box, Score: 1}, {Frame: 7, ID: 12, Box: box, Score: 1},
				{Frame: 8, ID: 3, Box: box, Score: 1}}},
		{"MOT that counts from 0", "8,0,2,3,3,4\n8,1,2,3,3,4\n",
			[]Row{{Frame: 7, Name: "0", Box: box, Score: 1}, {Frame: 7, ID: 1, Box: box, Score: 1}}},
		{"names", "goal,1,2,3,4\n\"left post\",1,2,3,4\n",
			[]Row{{Name: "goal", Box: box}, {Name: "left post", Box: box}}},
		{"names within blanks and quotes", "\" goal \",1,2,3,4\n", []Row{{Name: "goal", Box: box}}},
		{"names by blanks", "goal 1 2 3 4\n", []Row{{Name: "goal", Box: box}}},
		{"names under a header, and no frames", "name,x,y,w,h\ngoal,1,2,3,4\npost,1,2,3,4\n",
			[]Row{{Name: "goal", Box: box}, {Name: "post", Box: box}}},
		{"ids and frames under a header", "frame,id,x,y,w,h\n4,2,1,2,3,4\n4,post,1,2,3,4\n",
			[]Row{{Frame: 4, ID: 2, Box: box}, {Frame: 4, Name: "post", Box: box}}},
		{"ids that begin with a zero", "frame,id,x,y,w,h\n4,1,1,2,3,4\n4,01,1,2,3,4\n",
			[]Row{{Frame: 4, ID: 1, Box: box}, {Frame: 4, Name: "01", Box: box}}},
		{"JSON Lines with ids", `{"frame":4,"id":2,"x":1,"y":2,"w":3,"h":4}` + "\n" +
			`{"frame":4,"id":"a \"b\"","x":1,"y":2,"w":3,"h":4}` + "\n",
			[]Row{{Frame: 4, ID: 2, Box: box, Score: math.NaN()}, {Frame: 4, Name: `a "b"`, Box: box, Score: math.NaN()}}},
		{"a snapshot of two", `{"frame":4,"target":true,"id":1,"box":{"x":1,"y":2,"w":3,"h":4},"targets":[` +
			`{"id":1,"box":{"x":1,"y":2,"w":3,"h":4},"score":0.5},` +
			`{"id":2,"name":"post","box":{"x":1,"y":2,"w":3,"h":4},"score":0.25,"state":"lost"}]}`,
			[]Row{{Frame: 4, ID: 1, Box: box, Score: 0.5},
				{Frame: 4, ID: 2, Name: "post", Box: box, Score: 0.25, State: tracker.Lost}}},
		{"MOT's truth of nine", "8,1,2,3,3,4,0.5,1,1\n", []Row{{Frame: 7, ID: 1, Box: box, Score: 0.5}}},
		{"a snapshot", "{\"image\": \"a.png\", \"frame\": 48, \"time_s\": 4.8, \"target\": true,\n \"box\":" +
			" {\"x\": 1, \"y\": 2, \"w\": 3, \"h\": 4},\n \"score\": 0.5, \"state\": \"uncertain\"}\n",
			[]Row{{Frame: 48, Time: 4800 * time.Millisecond, Box: box, Score: 0.5, State: tracker.Uncertain}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "any.name")
			if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			got, err := ReadFile(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty(), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestReadFieldFiles reads files that users had trouble with.
func TestReadFieldFiles(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "field")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("no shared/field beside the project")
	}
	target := tracker.Box{X: 145, Y: 178, W: 21, H: 62}
	for name, want := range map[string]tracker.Box{
		"excel.csv": {X: 145.5, Y: 178.2, W: 21, H: 62}, "gt_poly.txt": target, "hdr.csv": target, "quoted.csv": target,
		"snapshot.json": {X: 231.6200746736307, Y: 390.661655641446, W: 52.37776094322086, H: 44.35108678038127},
	} {
		rows, err := ReadFile(t.Context(), filepath.Join(folder, name))
		if err != nil || len(rows) != 1 || rows[0].Box != want {
			t.Errorf("%s: %v %v, want %v", name, rows, err, want)
		}
	}
}

func TestReadSaysWhereAndWhat(t *testing.T) {
	for text, says := range map[string]string{
		"frame,x,y,w\n":                                    `in:1: not a track: the header "frame,x,y,w" has no column "h"`,
		"frame,x,y,w,h\n0,1,2,3,4\n1,1,2,3\n":              "in:3: not a track: 4 fields under 5 columns",
		"frame,x,y,w,h\n0,1,2,3,4,\n":                      "in:2: not a track: 6 fields under 5 columns",
		"frame,x,y,w,h\n-1,1,2,3,4\n":                      `in:2: not a track: frame: "-1" is no number of a frame`,
		"frame,x,y,w,h\n0,Inf,2,3,4\n":                     `in:2: not a track: x: "Inf" is not finite`,
		"frame,x,y,w,h\n0,,2,3,4\n":                        `in:2: not a track: x: "" is not a number`,
		"frame,x,y,w,h\n0,1,2,3,4\n0,1,2,3,4\n":            "in:3: not a track: frame 0 stands in an earlier line",
		"frame,x,y,w,h\n0,1,2,3,4\n\n2,1,2,3,4\n":          "in:3: not a track: an empty line",
		"frame,x,y,w,h,state\n0,1,2,3,4,gone\n":            `no state "gone"`,
		"frame,x,y,w,h,time_s\n0,1,2,3,4,-2\n":             `"-2" is no time`,
		"x,y,w,h\n\"1,2,3,4\n":                             "in:2: not a track: ",
		"":                                                 "in:1: not a track: empty: no box",
		"\ufeff\r\n\n":                                     "in:1: not a track: empty: no box",
		"\n1,2,3,4\n":                                      "in:1: not a track: an empty line",
		"1,2,3,4\n\n1,2,3,4\n":                             "in:2: not a track: an empty line",
		"1,2,3,4\n1,,3,4,5":                                "in:2: not a track: an empty field",
		"1,2,3,4\n1,2,3":                                   "in:2: not a track: 3 numbers",
		"1,2,3,x":                                          `in:1: not a track: "x" is not a number`,
		"1,2,3,4\n1,2,4,2,4,6,1,6":                         "in:2: not a track: 8 numbers",
		"1,2,4,2,4,6,1,6\n1,2,4,2,4":                       "in:2: not a track: 5 numbers",
		"m1,2,3,4,0,13":                                    "in:1: not a track: ",
		"{\"frame\":0,\"x\":1,\"y\":2,\"w\":3,\"h\":4}\n{": "in:2: not a track: ",
		"{}":                              "in:1: not a track: no frame",
		`{"frame":0,"x":1,"y":2,"w":3}`:   `no "h"`,
		`{"frame":0,"time_s":1e300}`:      "time",
		`{"frame":0,"target":false}`:      "a snapshot without a target",
		"0,1,2,3,3,4":                     "in:1: not a track: frame: 0 is no number of a frame",
		"1.5,1,2,3,3,4":                   "frame: 1.5 is no number",
		"1,1.5,2,3,3,4":                   "target 1.5: that is no number of a target",
		"1,-2,2,3,3,4":                    "target -2",
		"1,2,2,3,3,4\n1,2,2,3,3,4":        "in:2: not a track: frame 0 of target 2 stands in an earlier line too",
		"goal,1,2,3,4\ngoal,1,2,3,4":      "in:2: not a track: frame 0 of target goal stands",
		"goal,1,2,3,4\n5,6,7,8":           "4 fields where name,x,y,w,h are five",
		`{"frame":0,"id":-1}`:             "no number of a target",
		"1,1,2,3,3,4\n1,1,2":              "in:2: not a track: 3 fields",
		"\x89PNG\r\n\x1a\n\x00\x00\x00\r": "in:1: not a track: ",
	} {
		_, err := Read(strings.NewReader(text), "in")
		if err == nil || !strings.Contains(err.Error(), says) || !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
	if _, err := ReadFile(t.Context(), filepath.Join(t.TempDir(), "none.csv")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := Read(iotest.ErrReader(io.ErrUnexpectedEOF), "in"); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a reader that fails: %v", err)
	}
}

// TestReadBoxes: every frame needs a box.
func TestReadBoxes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("frame,x,y,w,h\n0,1,2,3,4\n1,5,6,7,8\n")
	if got, err := ReadBoxes(path); err != nil || len(got) != 2 || got[1] != (tracker.Box{X: 5, Y: 6, W: 7, H: 8}) {
		t.Errorf("%v %v", got, err)
	}
	for text, says := range map[string]string{
		"frame,x,y,w,h\n0,1,2,3,4\n2,5,6,7,8\n": "f:3: not a track: frame 2 where 1 is expected",
		"2,1,1,1,5,5\n":                         "f:1: not a track: frame 1 where 0 is expected",
		"x,y,w,h\n":                             "f:1: not a track: no box",
		"1,2,3,4\n\n5,6,7,8\n":                  "f:2: not a track: an empty line",
		"M\xfcller,1,2,3,4\n":                   `f:1: not a track: the name "M\xfcller" is not UTF-8: save`,
	} {
		put(text)
		if got, err := ReadBoxes(path); err == nil || !strings.Contains(err.Error(), says) || !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v %v, want %q", text, got, err, says)
		}
	}
	if _, err := ReadBoxes(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// FuzzRead: what the reader takes, the writers write and the reader reads again the same; anything else is an error
// that names the file.
func FuzzRead(f *testing.F) {
	for _, text := range files {
		f.Add(text)
	}
	for _, text := range []string{
		"frame,x,y,w,h\n0,NaN,nan,1e308,4\n", `{"frame":3,"x":null,"y":1,"w":2,"h":3,"score":1e9}`, "1;2;3;4\n5\t6 7,8",
		"9,1,1e18,3,3,4,0.5,-1,-1,-1", "\"x\";\"y\";\"w\";\"h\"\n1,5;2;3;4", "1,2,4,2,4,6,1,6\nnan nan nan nan",
		"m1,2,3,4,0,12\n1,2,3,4", `{"frame":48,"target":true,"box":{"x":1,"y":2,"w":3,"h":4}}`, "\ufeffx y w h\n1 2 3 4\n",
		"1 0 0 0 0 0\n1 -1 0 0 0 0", "0\xaa 0 0 0 0\n0\xfb 0 0 0 0",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := Read(strings.NewReader(text), "in")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "record: in:") {
				t.Errorf("an error that names no line: %v", err)
			}
			return
		}
		for _, format := range []Format{CSV, JSONL, MOT} {
			if format == MOT && manyNames(first) {
				continue // names become numbers before they come here
			}
			once := written(t, format, first)
			if len(once) == 0 {
				continue
			}
			second, err := Read(bytes.NewReader(once), "out")
			if err != nil {
				t.Fatalf("%s: cannot read what was written of %q: %v\n%s", format, text, err, once)
			}
			if again := written(t, format, second); !bytes.Equal(once, again) {
				t.Errorf("%s: written once %q, read and written again %q", format, once, again)
			}
		}
	})
}

// manyNames reports whether targets have names, which MOT cannot hold, or no number, which it reads as target 1.
func manyNames(rows []Row) bool {
	return slices.ContainsFunc(rows, func(r Row) bool { return r.Name != "" || r.ID == 0 })
}

func written(t *testing.T, f Format, rows []Row) []byte {
	t.Helper()
	var out bytes.Buffer
	several := slices.ContainsFunc(rows, func(r Row) bool { return r.ID != 0 || r.Name != "" })
	rec, err := New(&out, "out", f, Options{IDs: several})
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
