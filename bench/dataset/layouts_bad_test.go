package dataset

import (
	"math"
	"path/filepath"
	"strings"
	"testing"
)

// TestBadAnnotations: what is wrong is named by file and line.
func TestBadAnnotations(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"groundtruth_rect.txt:2:": {"A/groundtruth_rect.txt": "1,2,3,4\n1,2,x,4\n", "A/img/*2": ""},
		"groundtruth_rect.txt:3:": {"B/groundtruth_rect.txt": "1,2,3,4\n1,2,3,4\n1,2,3\n", "B/img/*2": ""},
		"cover.label:1: 1 value for 2 frames": {"G/meta_info.ini": "", "G/groundtruth.txt": "1,2,3,4\n1,2,3,4\n",
			"G/cover.label": "8\n", "G/*2": ""},
		"full_occlusion.txt:2:": {"d-1/groundtruth.txt": "1,2,3,4\n1,2,3,4\n", "d-1/full_occlusion.txt": "0\n7\n",
			"d-1/img/*2": ""},
		"out_of_view.txt:1: flag": {"d-1/groundtruth.txt": "1,2,3,4\n1,2,3,4\n", "d-1/out_of_view.txt": "0,7\n",
			"d-1/img/*2": ""},
		"sequence:2:":             {"w/groundtruth.txt": "1,2,3,4\n", "w/sequence": "fps=20\nwidth=6x\n", "w/color/*1": ""},
		"groundtruth.txt:2: unkn": {"u/groundtruth.txt": "1,2,3,4\n7\n", "u/color/*2": ""},
		"x.json:3:": {"x/x.json": `{"a": {"gt_rect": [[1,2,3,4]]},` + "\n" + `"s": {"gt_rect":` + "\n" +
			` [[1,2,"x",4]]}}`},
		"x.json:4: invalid":        {"x/x.json": "{\"a\": {\"gt_rect\": [[1,2,3,4]]},\n\n\n\"s\": {\"gt_rect\": [[1,2,]]}}"},
		"x.json:2: unexpected":     {"x/x.json": "{\"a\": {\"gt_rect\": [[1,2,3,4]]},\n\"s\": {\"gt_rect\": [[1,2"},
		"x.json:2: s: frame 1":     {"x/x.json": "{\"a\": {\"gt_rect\": [[1,2,3,4]]},\n\"s\": {\"gt_rect\": [[1,2,3]]}}"},
		"x.json:1: s: flags of":    {"x/x.json": `{"s": {"gt_rect": [[1,2,3,4]], "occlusion": ["yes"]}}`},
		"groundtruth.txt:1:":       {"v/groundtruth.txt": "1,2,3,4,5\n", "v/color/*1": ""},
		"not (width, height)":      {"H/meta_info.ini": "resolution: big\n", "H/groundtruth.txt": "1,2,3,4\n", "H/*1": ""},
		"2 flags of occlusion for": {"x/x.json": `{"s": {"gt_rect": [[1,2,3,4]], "occlusion": [0, 1]}}`},
	} {
		root := tree(t, files)
		if _, ok := files["x/x.json"]; ok {
			root = filepath.Join(root, "x")
		}
		if _, err := Open(root, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
}

func TestNaNStaysNaN(t *testing.T) {
	root := tree(t, map[string]string{"S/groundtruth_rect.txt": "1,2,3,4\nNaN nan NAN NaN\n", "S/img/*2": ""})
	d, err := Open(root, Options{})
	if err != nil || !math.IsNaN(d.Sequences[0].Truth[1].X) {
		t.Errorf("%v %v", d, err)
	}
}
