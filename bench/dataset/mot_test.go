package dataset

import (
	"strings"
	"testing"

	"siamtrack/bench/mot"
)

// TestMOT: a video's targets, its length from seqinfo.ini or its pictures, and what is wrong named.
func TestMOT(t *testing.T) {
	truth := "1,1,10,10,20,20,1,1,1\n2,1,11,10,20,20,1,1,1\n2,4,30,10,8,8,0,1,1\n3,4,90,90,8,8,1,1,1\n"
	root := tree(t, map[string]string{
		"A/gt/gt.txt": truth, "A/frames/*5": "",
		"A/seqinfo.ini": "[Sequence]\nseqLength=5\nimWidth=64\nimHeight=48\nimDir=frames\n",
		"B/gt/gt.txt":   truth, "B/img1/*4": "", "C/img1/*2": "",
	})
	d, err := Open(root, Options{})
	if err != nil || d.Format != MOT || len(d.Sequences) != 2 || len(d.Left) != 1 || d.Left[0].Name != "C" {
		t.Fatal(d, err)
	}
	a, b := d.Sequences[0], d.Sequences[1]
	if a.Len() != 5 || len(a.Objects) != 5 || a.Width != 64 || a.Height != 48 || b.Len() != 4 {
		t.Errorf("%d and %d frames, %dx%d", a.Len(), b.Len(), a.Width, a.Height)
	}
	if o := a.Objects[1]; len(o) != 2 || o[1].ID != 4 || o[1].Role != mot.Ignored {
		t.Errorf("%+v", o)
	}
	if files, err := a.Frames(); err != nil || len(files) != 5 {
		t.Error(files, err)
	}
	one, err := Open(root+"/A", Options{})
	if err != nil || len(one.Sequences) != 1 || one.Sequences[0].Name != "A" {
		t.Errorf("a single video: %v %v", one, err)
	}
	r, err := Check(root, Options{})
	if err != nil || r.Fatal() != 1 { // C
		t.Errorf("%+v %v", r, err)
	}
	if !strings.Contains(r.Findings[0].Problem, "boxes wholly outside the frame: 1, the first in frame 3") {
		t.Errorf("%+v", r.Findings)
	}
	for file, text := range map[string]string{
		"gt.txt:2: ":      "1,1,1,1,1,1\n9,1,1,1,1,1\n",
		"seqinfo.ini:2: ": "[Sequence]\nseqLength=0\n",
	} {
		files := map[string]string{"A/gt/gt.txt": truth, "A/img1/*5": ""}
		if strings.HasPrefix(file, "gt") {
			files["A/gt/gt.txt"] = text
		} else {
			files["A/seqinfo.ini"] = text
		}
		if _, err := Open(tree(t, files), Options{}); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%v, want %s", err, file)
		}
	}
}
