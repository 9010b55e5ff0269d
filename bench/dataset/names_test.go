package dataset

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/internal/filename"
)

// lay writes files of a benchmark.
func lay(t testing.TB, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNamesOfFiles: a name that leads out of a folder, or that a terminal obeys, is refused wherever it is read.
func TestNamesOfFiles(t *testing.T) {
	for what, files := range map[string]map[string]string{
		"pysot":           {"d/d.json": `{"../../x": {"video_dir": "a", "img_names": ["a/1.jpg"], "gt_rect": [[1,2,3,4]]}}`},
		"pysot control":   {"d/d.json": `{"\u001b[2Jx": {"img_names": ["a/1.jpg"], "gt_rect": [[1,2,3,4]]}}`},
		"pysot empty":     {"d/d.json": `{"": {"img_names": ["a/1.jpg"], "gt_rect": [[1,2,3,4]]}}`},
		"pysot attribute": {"d/d.json": `{"a": {"img_names": ["a/1.jpg"], "gt_rect": [[1,2,3,4]], "attr": ["\u001b[2J"]}}`},
		"got10k": {
			"d/list.txt": "../x", "d/a/meta_info.ini": "", "d/a/groundtruth.txt": "1,2,3,4",
			"x/groundtruth.txt": "1,2,3,4", "x/1.jpg": "",
		},
		"got10k attribute": {
			"d/a/meta_info.ini": "object_class: \x1b]0;owned\x07", "d/a/groundtruth.txt": "1,2,3,4\n1,2,3,4", "d/a/1.jpg": "",
		},
		"vot": {
			"d/list.txt": "a\n../x\n", "d/a/groundtruth.txt": "1,2,3,4", "d/a/x.tag": "1", "d/a/1.jpg": "",
			"x/groundtruth.txt": "1,2,3,4",
		},
		"vot tag": {
			"d/a/groundtruth.txt": "1,2,3,4", "d/a/x\x1b[2J.tag": "1", "d/a/1.jpg": "",
		},
		"otb attribute": {"d/a/groundtruth_rect.txt": "1,2,3,4", "d/a/img/1.jpg": "", "d/a/attributes.txt": "OCC,\x1b[2J"},
	} {
		root := t.TempDir()
		lay(t, root, files)
		_, err := Open(filepath.Join(root, "d"), Options{})
		if !errors.Is(err, filename.Err) {
			t.Errorf("%s: %v", what, err)
		} else if strings.ContainsAny(err.Error(), "\x1b\x07") {
			t.Errorf("%s: control characters in %q", what, err)
		}
	}
}

// TestHiddenFolders are no sequences.
func TestHiddenFolders(t *testing.T) {
	root := t.TempDir()
	lay(t, root, map[string]string{
		"a/meta_info.ini": "", "a/groundtruth.txt": "1,2,3,4", "a/1.jpg": "", ".checkpoints/a/1.jpg": "",
	})
	if d, err := Open(root, Options{}); err != nil || len(d.Sequences) != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}

// hostile are the files of one sequence of each layout, with what the fuzzer likes in them.
func hostile(list, boxes, flags, meta, attributes string) []map[string]string {
	return []map[string]string{
		{"list.txt": list, "a/meta_info.ini": meta, "a/groundtruth.txt": boxes, "a/cover.label": flags, "a/1.jpg": ""},
		{"list.txt": list, "a/groundtruth.txt": boxes, "a/x.tag": flags, "a/anchor.value": flags, "a/sequence": meta},
		{"a/groundtruth_rect.txt": boxes, "a/attributes.txt": attributes, "a/img/1.jpg": ""},
		{"a/groundtruth.txt": boxes, "a/full_occlusion.txt": flags, "a/1.jpg": ""},
		{"d.json": meta},
		{"a/gt.txt": boxes, "a/cfg.txt": attributes, "a/1.jpg": ""},
		{"anno/a.txt": boxes, "frames/a/0.jpg": ""},
		{"a/30/a.txt": boxes, "a/30/a/1.jpg": ""},
		{"a/a_gt.txt": boxes, "a/a_frames.txt": flags, "a/img/1.jpg": ""},
		{"anno/UAV123/a.txt": boxes, "anno/UAV123/att/a.txt": flags, "data_seq/UAV123/a/1.jpg": ""},
	}
}

// FuzzOpen opens and checks a folder of a layout, the files of which hold what the fuzzer likes: that ends, and what
// was read has names that stay in a folder.
func FuzzOpen(f *testing.F) {
	for layout := range uint8(10) {
		f.Add(layout, "a\nb", "1,2,3,4\n5,6,7,8\n", "0\n1\n", "resolution: (64, 48)\nwidth=64\n", "OCC, BC")
	}
	f.Add(uint8(1), "../x", "1,2,3,4,5,6,7,8\n", "1\n", "", "\x1b[2J")
	f.Add(uint8(1), "a", "m1,2,3,4,5\n", "", "width=-1", "attr = \"A\"")
	f.Add(uint8(4), "", "NaN,NaN,NaN,NaN", "2", `{"a": {"img_names": ["1.jpg"], "gt_rect": [[1,2,3,NaN]]}}`, "")
	f.Fuzz(func(t *testing.T, layout uint8, list, boxes, flags, meta, attributes string) {
		root := filepath.Join(t.TempDir(), "d")
		layouts := hostile(list, boxes, flags, meta, attributes)
		lay(t, root, layouts[int(layout)%len(layouts)])
		d, err := Open(root, Options{})
		if err == nil {
			for i := range d.Sequences {
				s := &d.Sequences[i]
				if filename.Check("sequence", s.Name) != nil || s.checkAttributes() != nil || s.Len() == 0 {
					t.Errorf("%q with %d boxes, %q", s.Name, s.Len(), s.Attributes)
				}
			}
		}
		_, _ = Check(root, Options{})
	})
}
