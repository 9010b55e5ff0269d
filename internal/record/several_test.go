package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"siamtrack/tracker"
)

// crowd is two targets in three frames: the second has a name, begins in frame 1 and is lost in frame 2.
var crowd = []Row{
	{Frame: 0, ID: 3, First: true, Box: tracker.Box{X: 1, Y: 2, W: 3, H: 4}, Score: 1},
	{Frame: 1, ID: 3, Box: tracker.Box{X: 2, Y: 2, W: 3, H: 4}, Score: 0.5, Time: time.Second,
		Elapsed: 3 * time.Millisecond},
	{Frame: 1, ID: 4, Name: `left "post"`, First: true, Box: tracker.Box{X: 9, Y: 9, W: 9, H: 9}, Score: 1,
		Time: time.Second},
	{Frame: 2, ID: 3, Box: tracker.Box{X: 3, Y: 2, W: 3, H: 4.5}, Score: 0.25, State: tracker.Uncertain,
		Time: 2 * time.Second},
	{Frame: 2, ID: 4, Name: `left "post"`, Box: tracker.Box{X: 9, Y: 9, W: 9, H: 9}, State: tracker.Lost,
		Time: 2 * time.Second},
}

// TestTargetsWithAndWithoutNumber: target 0 and one without a number, which MOT's -1 is, are two in every file.
func TestTargetsWithAndWithoutNumber(t *testing.T) {
	rows, err := Read(strings.NewReader("1,0,2,3,4,5\n1,-1,6,7,8,9\n"), "in")
	if err != nil {
		t.Fatal(err)
	}
	for f, want := range map[Format]string{
		CSV: `frame,id,time_s,x,y,w,h,score,state,ms
0,0,0,1,2,4,5,1,tracking,
0,,0,5,6,8,9,1,tracking,
`,
		JSONL: `{"frame":0,"id":"0","time_s":0,"x":1,"y":2,"w":4,"h":5,"score":1,"state":"tracking"}
{"frame":0,"time_s":0,"x":5,"y":6,"w":8,"h":9,"score":1,"state":"tracking"}
`,
	} {
		got := written(t, f, rows)
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s: -want +got\n%s", f, diff)
		}
		again, err := Read(bytes.NewReader(got), "out")
		if diff := cmp.Diff(rows, again); err != nil || diff != "" {
			t.Errorf("%s: %v, -written +read\n%s", f, err, diff)
		}
	}
}

func TestFilesOfSeveralTargets(t *testing.T) {
	for f, want := range map[Format]string{
		CSV: `frame,id,time_s,x,y,w,h,score,state,ms
0,3,0,1,2,3,4,1,tracking,
1,3,1,2,2,3,4,0.5,tracking,3
1,"left ""post""",1,9,9,9,9,1,tracking,
2,3,2,3,2,3,4.5,0.25,uncertain,
2,"left ""post""",2,9,9,9,9,0,lost,
`,
		JSONL: `{"frame":0,"id":3,"time_s":0,"x":1,"y":2,"w":3,"h":4,"score":1,"state":"tracking"}
{"frame":1,"id":3,"time_s":1,"x":2,"y":2,"w":3,"h":4,"score":0.5,"state":"tracking","ms":3}
{"frame":1,"id":"left \"post\"","time_s":1,"x":9,"y":9,"w":9,"h":9,"score":1,"state":"tracking"}
{"frame":2,"id":3,"time_s":2,"x":3,"y":2,"w":3,"h":4.5,"score":0.25,"state":"uncertain"}
{"frame":2,"id":"left \"post\"","time_s":2,"x":9,"y":9,"w":9,"h":9,"score":0,"state":"lost"}
`,
		MOT: `1,3,2,3,3,4,1,-1,-1,-1
2,3,3,3,3,4,0.5,-1,-1,-1
2,4,10,10,9,9,1,-1,-1,-1
3,3,4,3,3,4.5,0.25,-1,-1,-1
`,
	} {
		got := written(t, f, crowd)
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s: -want +got\n%s", f, diff)
		}
		if f == MOT {
			continue
		}
		back, err := Read(bytes.NewReader(got), "out")
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range back {
			w := crowd[i]
			if r.Frame != w.Frame || r.Box != w.Box || r.Name != w.Name || w.Name == "" && r.ID != w.ID {
				t.Errorf("%s: row %d read back as %+v", f, i, r)
			}
		}
	}
}

// TestFilesOfToolkits: the lines that numpy.savetxt writes for GOT-10k, and the VOT toolkit's trajectory and
// confidences.
func TestFilesOfToolkits(t *testing.T) {
	one := []Row{crowd[0], crowd[1], {Frame: 4, Box: tracker.Box{X: 1. / 3, Y: -2, W: 3, H: 4}, Score: 0.125}}
	for f, want := range map[Format]string{
		GOT: "1.000,2.000,3.000,4.000\n" + strings.Repeat("2.000,2.000,3.000,4.000\n", 3) +
			"0.333,-2.000,3.000,4.000\n",
		Times:      "0.00000000\n0.00300000\n0.00300000\n0.00300000\n0.00000000\n",
		VOT:        "1\n2,2,3,4\n2,2,3,4\n2,2,3,4\n0.333,-2,3,4\n",
		Confidence: "\n0.500000\n0.500000\n0.500000\n0.125000\n",
	} {
		if diff := cmp.Diff(want, string(written(t, f, one))); diff != "" {
			t.Errorf("%s: -want +got\n%s", f, diff)
		}
	}
}

func TestCOCO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.json")
	rec, err := CreateCOCO(path, Video{Name: `a "b".mp4`, Width: 64, Height: 48, FPS: 29.97})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range crowd {
		if err := rec.Record(r); err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(path); err != nil || strings.Count(string(data), "bbox") != min(i+1, 4) {
			t.Errorf("after row %d: %s, %v", i, data, err)
		}
	}
	if err := errors.Join(rec.Close(), rec.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	type entry = map[string]any
	var got struct{ Videos, Images, Annotations, Categories, Tracks []entry }
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if len(got.Images) != 3 || len(got.Annotations) != 4 || len(got.Tracks) != 2 || len(got.Categories) != 1 {
		t.Fatalf("%s", data)
	}
	for i, want := range []entry{
		{"id": 1., "image_id": 1., "track_id": 3., "bbox": []any{1., 2., 3., 4.}, "area": 12., "score": 1.},
		{"id": 2., "image_id": 2., "track_id": 3., "bbox": []any{2., 2., 3., 4.}, "area": 12., "score": .5},
		{"id": 3., "image_id": 2., "track_id": 4., "bbox": []any{9., 9., 9., 9.}, "area": 81., "score": 1.},
		{"id": 4., "image_id": 3., "track_id": 3., "bbox": []any{3., 2., 3., 4.5}, "area": 13.5, "score": .25},
	} {
		want["video_id"], want["category_id"], want["instance_id"], want["iscrowd"] = 1., 1., want["track_id"], 0.
		if diff := cmp.Diff(want, got.Annotations[i]); diff != "" {
			t.Errorf("annotation %d: -want +got\n%s", i, diff)
		}
	}
	if v := got.Videos[0]; v["name"] != `a "b".mp4` || v["width"] != 64. || v["height"] != 48. || v["fps"] != 29.97 {
		t.Errorf("video %v", v)
	}
	if v := got.Images[2]; v["frame_id"] != 2. || v["file_name"] != `a "b".mp4/000003.jpg` || v["width"] != 64. {
		t.Errorf("image %v", v)
	}
	if got.Tracks[0]["name"] != "3" || got.Tracks[1]["name"] != `left "post"` || got.Tracks[1]["id"] != 4. {
		t.Errorf("tracks %v", got.Tracks)
	}
	var empty bytes.Buffer
	if rec, err = NewCOCO(&empty, "out", Video{}); err != nil {
		t.Fatal(err)
	}
	if err := rec.Record(Row{Box: tracker.Box{X: math.NaN()}}); err != nil || rec.Close() != nil ||
		!json.Valid(empty.Bytes()) {
		t.Errorf("a target that is nowhere: %v %s", err, fmt.Sprint(empty.String()))
	}
}
