package dataset

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestCheck: a list of everything at once, the fatal things marked.
func TestCheck(t *testing.T) {
	root := tree(t, map[string]string{
		"Good/groundtruth_rect.txt": "1,2,30,40\nnan,nan,nan,nan\n1,2,0,4\n900,900,10,10\n", "Good/img/*4": "",
		"Short/groundtruth_rect.txt": "1,2,30,40\n1,2,30,40\n", "Short/img/*3": "",
		"Broken/groundtruth_rect.txt": "a,b\n", "Broken/img/*1": "",
		"Bare/groundtruth_rect.txt": "1,2,30,40\n",
		"Far/groundtruth_rect.txt":  "500,500,30,40\n", "Far/img/*1": "",
		"Gap/groundtruth_rect.txt": "1,2,30,40\n1,2,30,40\n1,2,30,40\n1,2,30,40\n", "Gap/img/*4": "",
		"Steps/groundtruth_rect.txt": "1,2,30,40\n1,2,30,40\n", "Steps/img/*4": "",
		"Pics/groundtruth_rect.txt": "1,2,30,40\n1,2,30,40\n1,2,30,40\n", "Pics/img/*2": "", "Pics/img/3.png": "",
	})
	for _, gone := range []string{"Gap/img/2.png", "Steps/img/2.png", "Steps/img/4.png"} {
		if err := os.Remove(filepath.Join(root, gone)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Check(root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.String())
	}
	for _, want := range []string{"error: Short: 3 frames, 2 lines of truth", "error: Broken:", "error: Bare: ",
		"error: Far: no tracker can be started",
		"error: Gap: 3 frames, 4 lines of truth, no picture has the number 2",
		"error: Pics: 1 pictures cannot be read, the first: ",
		"note: Good: 1 frames without truth (NaN), the first is 2",
		"note: Good: 1 frames with a box without size, the first is 3",
		"note: Good: 1 frames with a box wholly outside the frame, the first is 4"} {
		if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("no finding %q in\n%s", want, strings.Join(got, "\n"))
		}
	}
	if slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "Steps") }) {
		t.Errorf("every second picture is not a gap:\n%s", strings.Join(got, "\n"))
	}
	if r.Fatal() != 6 {
		t.Errorf("%d fatal findings, want 6:\n%s", r.Fatal(), strings.Join(got, "\n"))
	}
}

// TestCheckMissesNothing: pictures are looked for where the annotation gives their size, too.
func TestCheckMissesNothing(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"no picture in": {"g-1/groundtruth.txt": "1,2,3,4\n", "g-1/meta_info.ini": "resolution: (64, 48)\n"},
		"1 pictures cannot be read": {"set.json": `{"b": {"video_dir": "b", "img_names": ["b/1.png", "b/2.png"], "width": 64,
			"height": 48, "gt_rect": [[1,2,3,4],[1,2,3,4]]}}`, "b/*1": ""},
		"1 pictures are not of 32x48 pixels": {"v/groundtruth.txt": "1,2,3,4\n", "v/sequence": "width=32\nheight=48\n",
			"v/color/*1": ""},
	} {
		root := tree(t, files)
		if _, ok := files["set.json"]; ok {
			root = filepath.Join(root, "set.json")
		}
		r, err := Check(root, Options{})
		if err != nil || len(r.Findings) != 1 || !strings.Contains(r.Findings[0].String(), want) {
			t.Errorf("want %q: %v %v", want, r.Findings, err)
		}
	}
}
