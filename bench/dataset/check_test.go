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
		"error: Pics: 1 picture cannot be read, the first: ",
		"note: Good: 1 frame without truth (NaN), the first is 2",
		"note: Good: 1 frame with a box without size, the first is 3",
		"note: Good: 1 frame with a box wholly outside the frame, the first is 4"} {
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
		"1 picture cannot be read": {"set.json": `{"b": {"video_dir": "b", "img_names": ["b/1.png", "b/2.png"], "width": 64,
			"height": 48, "gt_rect": [[1,2,3,4],[1,2,3,4]]}}`, "b/*1": ""},
		"1 picture of another size than 32x48": {"v/groundtruth.txt": "1,2,3,4\n", "v/sequence": "width=32\nheight=48\n",
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

// TestLeftOut: what lies in a folder without truth is named, and what a benchmark of the folder's name has and it
// lacks; a folder of plots, or one that a list leaves out, is no sequence.
func TestLeftOut(t *testing.T) {
	boxes := "1,2,30,40\n"
	for name, c := range map[string]struct {
		files map[string]string
		open  string
		want  []string
	}{
		"OTB": {map[string]string{"A/groundtruth_rect.txt": boxes, "A/img/*1": "", "B/img/*1": "", "C/*2": "",
			"D/groundtruth_rect.txt": "\n", "D/img/*1": "", "plots/success.png": "x", "empty/notes.txt": "x"}, "",
			[]string{"B", "C", "D"}},
		"VOT": {map[string]string{"a/groundtruth.txt": boxes, "a/color/*1": "", "a/x.tag": "0", "b/color/*1": ""}, "",
			[]string{"b"}},
		"VOT with a list": {map[string]string{"list.txt": "a\n", "a/groundtruth.txt": boxes, "a/color/*1": "", "a/x.tag": "0",
			"b/color/*1": ""}, "", nil},
		"LaSOT": {map[string]string{"cat/cat-1/groundtruth.txt": boxes, "cat/cat-1/full_occlusion.txt": "0",
			"cat/cat-1/img/*1": "",
			"cat/cat-2/img/*1": "", "dog/dog-1/groundtruth.txt": boxes, "dog/dog-1/img/*1": ""}, "", []string{"cat-2", "dog-1"}},
		"TrackingNet": {map[string]string{"TEST/anno/x.txt": boxes, "TEST/frames/x/*1": "", "TEST/frames/y/*1": ""}, "",
			[]string{"y"}},
		"NfS":   {map[string]string{"n/30/n.txt": "0 1 2 3 4\n", "n/30/n/*1": "", "m/30/m/*1": ""}, "", []string{"m"}},
		"plain": {map[string]string{"a/groundtruth.txt": boxes, "a/*1": "", "b/*1": ""}, "", []string{"b"}},
		"GOT-10k val": {map[string]string{"val/GOT-10k_Val_000001/groundtruth.txt": boxes,
			"val/GOT-10k_Val_000001/meta_info.ini": "",
			"val/GOT-10k_Val_000001/*1":            ""}, "val", got10kNames("Val")[1:]},
		"TB-50 by name": {map[string]string{"TB-50/Jogging/groundtruth_rect.txt": boxes, "TB-50/Jogging/img/*1": "",
			"TB-50/Basketball/img/*1": ""}, "TB-50", nil},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Open(filepath.Join(tree(t, c.files), c.open), Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range d.Left {
				got = append(got, l.Name)
			}
			if c.open == "TB-50" { // of its 50 one is a folder without truth, and Jogging is none of them
				if len(got) != 50 || got[0] != "Basketball" || d.Total() != 51 {
					t.Errorf("%d left out of %d, %v", len(got), d.Total(), got)
				}
				return
			}
			if !slices.Equal(got, c.want) || d.Total() != len(d.Sequences)+len(c.want) {
				t.Errorf("left out %v, want %v", got, c.want)
			}
		})
	}
}

// TestKnown: the lists are as long as the benchmarks are, and no name stands twice in one.
func TestKnown(t *testing.T) {
	for name, n := range map[string]int{
		"OTB-2013": 51, "otb50": 0, "TB-50": 50, "OTB100": 100, "OTB2015": 100, "UAV123": 123, "NfS": 100, "LaSOT-test": 280,
		"VOT2018": 60,
		"vot2019": 60, "mine": 0,
	} {
		names := knownNames(name, OTB)
		slices.Sort(names)
		if len(names) != n || len(slices.Compact(names)) != n {
			t.Errorf("%s: %d names, want %d", name, len(names), n)
		}
	}
}
