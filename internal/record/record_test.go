package record

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"siamtrack/tracker"
)

// rows is a short track with one frame of each state.
var rows = []Row{
	{Frame: 0, Box: tracker.Box{X: 10, Y: 20.5, W: 30, H: 40.125}, Score: 1},
	{Frame: 1, Time: 33367 * time.Microsecond, Box: tracker.Box{X: -3.25, Y: 0, W: 30.0004, H: 40}, Score: 0.87654,
		Elapsed: 4321 * time.Microsecond},
	{Frame: 2, Time: 66733 * time.Microsecond, Box: tracker.Box{X: 1.5, Y: 2.5, W: 3.5, H: 4.5}, Score: 0.41,
		State: tracker.Uncertain},
	{Frame: 3, Time: 100100 * time.Microsecond, Box: tracker.Box{X: 1.5, Y: 2.5, W: 3.5, H: 4.5}, Score: 0,
		State: tracker.Lost},
}

// files are what the formats are documented to make of rows.
var files = map[Format]string{
	CSV: `frame,time_s,x,y,w,h,score,state,ms
0,0,10,20.5,30,40.125,1,tracking,
1,0.033367,-3.25,0,30,40,0.8765,tracking,4.321
2,0.066733,1.5,2.5,3.5,4.5,0.41,uncertain,
3,0.1001,1.5,2.5,3.5,4.5,0,lost,
`,
	JSONL: `{"frame":0,"time_s":0,"x":10,"y":20.5,"w":30,"h":40.125,"score":1,"state":"tracking"}
{"frame":1,"time_s":0.033367,"x":-3.25,"y":0,"w":30,"h":40,"score":0.8765,"state":"tracking","ms":4.321}
{"frame":2,"time_s":0.066733,"x":1.5,"y":2.5,"w":3.5,"h":4.5,"score":0.41,"state":"uncertain"}
{"frame":3,"time_s":0.1001,"x":1.5,"y":2.5,"w":3.5,"h":4.5,"score":0,"state":"lost"}
`,
	OTB: "10,20.5,30,40.125\n-3.25,0,30,40\n1.5,2.5,3.5,4.5\n1.5,2.5,3.5,4.5\n",
	MOT: `1,1,11,21.5,30,40.125,1,-1,-1,-1
2,1,-2.25,1,30,40,0.8765,-1,-1,-1
3,1,2.5,3.5,3.5,4.5,0.41,-1,-1,-1
`,
}

// readBack is what a format can say of rows.
func readBack(f Format) []Row {
	var out []Row
	for _, r := range rows {
		r.Box.W, r.Score = math.Round(r.Box.W*1000)/1000, math.Round(r.Score*10000-0.1)/10000
		switch f {
		case OTB:
			r = Row{Frame: r.Frame, Box: r.Box, Score: 1}
		case MOT:
			if r.State == tracker.Lost {
				continue
			}
			r = Row{Frame: r.Frame, ID: 1, Box: r.Box, Score: r.Score}
		}
		out = append(out, r)
	}
	return out
}

func TestFilesAreAsDocumentedAndReadBack(t *testing.T) {
	for f, want := range files {
		t.Run(string(f), func(t *testing.T) {
			ext := string(f)
			if f == OTB || f == MOT {
				ext = "txt"
			}
			path := filepath.Join(t.TempDir(), "track."+ext)
			rec, err := Create(path, f, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range rows {
				if err := rec.Record(r); err != nil {
					t.Fatal(err)
				}
				data, err := os.ReadFile(path) // on disk though the file is still open
				if err != nil {
					t.Fatal(err)
				}
				if !strings.HasPrefix(want, string(data)) || f == OTB && bytes.Count(data, []byte("\n")) != i+1 {
					t.Errorf("after row %d the file holds %q", i, data)
				}
			}
			if err := errors.Join(rec.Close(), rec.Close()); err != nil {
				t.Fatal(err)
			}
			if err := rec.Record(rows[0]); !errors.Is(err, os.ErrClosed) {
				t.Errorf("a row after Close: %v", err)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, string(data)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			got, err := ReadFile(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(readBack(f), got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
				t.Errorf("read back: -want +got\n%s", diff)
			}
		})
	}
}

func TestOTBHasALineForEveryFrame(t *testing.T) {
	var out bytes.Buffer
	rec, err := New(&out, "out", OTB, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, frame := range []int{7, 8, 11} { // begins late; two frames were dropped
		if err := rec.Record(Row{Frame: frame, Box: tracker.Box{X: float64(frame), W: 5, H: 5}}); err != nil {
			t.Fatal(err)
		}
	}
	if want := "7,0,5,5\n8,0,5,5\n8,0,5,5\n8,0,5,5\n11,0,5,5\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// halfway writes to a file until it holds limit bytes, as a disk that fills up does.
type halfway struct {
	file  *os.File
	limit int
}

func (h *halfway) Write(p []byte) (int, error) {
	n := min(len(p), h.limit)
	if n, err := h.file.Write(p[:n]); err != nil {
		return n, err
	}
	if h.limit -= n; n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func TestDiskFullKeepsWholeRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "track.csv")
	made, err := Create(path, CSV, Options{})
	if err != nil {
		t.Fatal(err)
	}
	rec := made.(*recorder)
	rec.w = &halfway{rec.file, 60} // one row and a part of the next
	if err := rec.Record(rows[0]); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the error stays
		if err := rec.Record(rows[1]); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v, want one that names the file and says that the disk is full", err)
		}
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFile(t.Context(), path)
	if err != nil || len(got) != 1 {
		t.Errorf("%d rows, %v: want the one whole row", len(got), err)
	}
}

func TestDeviceFull(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full on this system")
	}
	if _, err := Create("/dev/full", CSV, Options{}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the header: %v", err)
	}
}

func TestCreateSaysWhatIsWrong(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no", "such.csv")
	if _, err := Create(missing, CSV, Options{}); !errors.Is(err, os.ErrNotExist) ||
		!strings.Contains(err.Error(), missing) {
		t.Errorf("missing folder: %v", err)
	}
	path := filepath.Join(t.TempDir(), "x")
	if _, err := Create(path, "xml", Options{}); err == nil || !strings.Contains(err.Error(), `"xml"`) {
		t.Errorf("unknown format: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file was made for an unknown format")
	}
}

func TestRecordAllocatesNothing(t *testing.T) {
	for f := range files {
		rec, err := New(io.Discard, "discard", f, Options{})
		if err != nil {
			t.Fatal(err)
		}
		r := rows[1]
		record := func() { r.Frame++; _ = rec.Record(r) }
		record()
		if n := testing.AllocsPerRun(100, record); n > 0 {
			t.Errorf("%s: %v allocations a row", f, n)
		}
	}
}

func TestNaNIsKept(t *testing.T) {
	nan := math.NaN()
	in := Row{Frame: 4, Box: tracker.Box{X: nan, Y: nan, W: nan, H: nan}, State: tracker.Lost}
	for _, f := range []Format{CSV, JSONL} {
		var out bytes.Buffer
		rec, err := New(&out, "out", f, Options{})
		if err == nil {
			err = rec.Record(in)
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read(&out, "out")
		if err != nil || len(got) != 1 || got[0].Box.Finite() || got[0].State != tracker.Lost {
			t.Errorf("%s: %v, %v", f, got, err)
		}
	}
}
