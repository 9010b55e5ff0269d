package dataset

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"siamtrack/tracker"
)

// tree writes files; a name ending in *N is N pictures of 64x48 in that folder, numbered from 1.
func tree(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		dir, count, pictures := strings.Cut(name, "*")
		if !pictures {
			write(t, filepath.Join(root, name), text)
			continue
		}
		var n int
		if _, err := fmt.Sscan(count, &n); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			picture(t, filepath.Join(root, dir, fmt.Sprintf("%d.png", i+1)))
		}
	}
	return root
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func picture(t testing.TB, path string) {
	t.Helper()
	var b strings.Builder
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 48))); err != nil {
		t.Fatal(err)
	}
	write(t, path, b.String())
}

// TestLayouts: each benchmark in its own folder, detected, read and listed.
func TestLayouts(t *testing.T) {
	for _, c := range []struct {
		name   string
		files  map[string]string
		format Format
		// seqs are NAME:frames:absent frames (1-based, with commas)
		seqs  []string
		truth tracker.Box // of the first sequence's first frame
	}{
		{"GOT-10k without its meta_info.ini and cover.label", map[string]string{
			"GOT-10k_Val_000001/groundtruth.txt": "1,2,3,4\n5,6,7,8\n", "GOT-10k_Val_000001/*2": "",
			"GOT-10k_Val_000001/absence.label": "0\n1\n",
		}, GOT10k, []string{"GOT-10k_Val_000001:2:2"}, tracker.Box{X: 1, Y: 2, W: 3, H: 4}},
		{"GOT-10k by its name alone", map[string]string{
			"GOT-10k_Val_000001/groundtruth.txt": "1,2,3,4\n5,6,7,8\n", "GOT-10k_Val_000001/*2": "",
		}, GOT10k, []string{"GOT-10k_Val_000001:2:"}, tracker.Box{X: 1, Y: 2, W: 3, H: 4}},
		{"OTB", map[string]string{
			"Jogging/groundtruth_rect.1.txt": "1,2,3,4\n5,6,7,8\n", "Jogging/groundtruth_rect.2.txt": "1\t2\t3\t4\n5 6 7 8\n\n",
			"Jogging/img/*2": "", "Human4/groundtruth_rect.1.txt": "\n", "Human4/groundtruth_rect.2.txt": "9,9,9,9\r\n",
			"Human4/img/*1": "", "Human4/attributes.txt": "OCC, SV",
		}, OTB, []string{"Human4:1:", "Jogging_1:2:", "Jogging_2:2:"}, tracker.Box{X: 9, Y: 9, W: 9, H: 9}},
		{"OTB's ranges", map[string]string{
			"David/groundtruth_rect.txt": strings.Repeat("1,2,3,4\n", 471), "David/img/*770": "",
		}, OTB, []string{"David:471:"}, tracker.Box{X: 1, Y: 2, W: 3, H: 4}},
		{"GOT-10k", map[string]string{
			"list.txt":                           "GOT-10k_Val_000002\nGOT-10k_Val_000001\n",
			"GOT-10k_Val_000001/groundtruth.txt": "1.5,2,3,4\n1,2,3,4\n", "GOT-10k_Val_000001/cover.label": "8\n0\n",
			"GOT-10k_Val_000001/meta_info.ini":   "[METAINFO]\nobject_class: goat\nresolution: (64, 48)\n",
			"GOT-10k_Val_000001/*2":              "",
			"GOT-10k_Val_000002/groundtruth.txt": "5,6,7,8\n", "GOT-10k_Val_000002/meta_info.ini": "",
			"GOT-10k_Val_000002/*3": "",
		}, GOT10k, []string{"GOT-10k_Val_000002:3:", "GOT-10k_Val_000001:2:2"}, tracker.Box{X: 5, Y: 6, W: 7, H: 8}},
		{"LaSOT", map[string]string{
			"dog/dog-1/groundtruth.txt": "1,2,3,4\n1,2,3,4\n1,2,3,4\n", "dog/dog-1/full_occlusion.txt": "0,1,0",
			"dog/dog-1/out_of_view.txt": "0,0,1\n", "dog/dog-1/img/*3": "",
		}, LaSOT, []string{"dog-1:3:2,3"}, tracker.Box{X: 1, Y: 2, W: 3, H: 4}},
		{"TrackingNet", map[string]string{
			"TEST/anno/abc_0.txt": "1,2,3,4\n", "TEST/frames/abc_0/*4": "",
		}, TrackingNet, []string{"abc_0:4:"}, tracker.Box{X: 1, Y: 2, W: 3, H: 4}},
		{"UAV123", map[string]string{
			"anno/UAV123/bird1_2.txt": "1,2,3,4\nNaN,NaN,NaN,NaN\n", "anno/UAV123/att/bird1_2.txt": "1,0,0,0,0,0,0,0,0,0,0,1\n",
			"data_seq/UAV123/bird1/*800": "",
		}, UAV123, []string{"bird1_2:2:"}, tracker.Box{X: 1, Y: 2, W: 3, H: 4}},
		{"NfS", map[string]string{
			"ball/30/ball.txt": nfsLines(24), "ball/30/ball/*3": "",
			"long/30/long.txt": nfsLines(5), "long/30/long/*4": "", "more/240/more.txt": nfsLines(4), "more/240/more/*4": "",
			"pics/30/pics.txt": nfsLines(3), "pics/30/pics/*4": "",
		}, NfS, []string{"ball:3:", "long:4:", "more:4:", "pics:3:"}, tracker.Box{X: 10, Y: 20, W: 30, H: 40}},
		{"TC128", map[string]string{
			"Ball/Ball_gt.txt": "1,2,3,4\n1,2,3,4\n", "Ball/Ball_frames.txt": "2,3", "Ball/img/*4": "",
		}, TC128, []string{"Ball:2:"}, tracker.Box{X: 1, Y: 2, W: 3, H: 4}},
		{"VOT", map[string]string{
			"list.txt": "bag\n", "bag/groundtruth.txt": "10,10,20,10,20,30,10,30\n10,10,20,10,20,30,10,30\n",
			"bag/occlusion.tag": "1\n", "bag/color/*2": "", "bag/anchor.value": "1\n-1\n",
		}, VOT, []string{"bag:2:"}, tracker.Box{X: 10, Y: 10, W: 10, H: 20}},
		{"VOT workspace", map[string]string{
			"stack.yaml": "title: longterm", "sequences/list.txt": "a",
			"sequences/a/groundtruth.txt": "1,2,3,4\nnan,nan,nan,nan\n",
			"sequences/a/sequence":        "width=64\nheight=48\n", "sequences/a/color/*2": "",
		}, VOTLT, []string{"a:2:"}, tracker.Box{X: 1, Y: 2, W: 3, H: 4}},
		{"pysot", map[string]string{
			"set.json": `{"b": {"video_dir": "b", "img_names": ["b/1.png", "b/2.png"], "gt_rect": [[1,2,3,4],[NaN,NaN,NaN,NaN]],
				"attr": ["SV"], "absent": [1, 0]}}`, "b/*2": "",
		}, PySOT, []string{"b:2:2"}, tracker.Box{X: 1, Y: 2, W: 3, H: 4}},
		{"one's own", map[string]string{
			"mine/boxes.txt": "1;2;3;4\n", "mine/*1": "",
		}, Plain, []string{"mine:1:"}, tracker.Box{X: 1, Y: 2, W: 3, H: 4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := tree(t, c.files)
			if c.format == PySOT {
				root = filepath.Join(root, "set.json")
			}
			d, err := Open(root, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if d.Format != c.format {
				t.Errorf("layout %s, want %s", d.Format, c.format)
			}
			if !strings.HasPrefix(d.Why, root) {
				t.Errorf("taken for it because %q: no file or folder of it is named", d.Why)
			}
			var got []string
			for i := range d.Sequences {
				got = append(got, describe(t, &d.Sequences[i]))
			}
			if !slices.Equal(got, c.seqs) {
				t.Errorf("%v, want %v", got, c.seqs)
			}
			if b := d.Sequences[0].Truth[0]; b != c.truth {
				t.Errorf("first box %v, want %v", b, c.truth)
			}
			if w, h, err := d.Sequences[0].Size(); err != nil || w != 64 || h != 48 {
				t.Errorf("size %dx%d, %v", w, h, err)
			}
			r, err := Check(root, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range r.Findings {
				if f.Fatal {
					t.Errorf("check: %s", f)
				}
			}
		})
	}
}

// nfsLines are lines of NfS's truth.
func nfsLines(n int) string { return strings.Repeat("0 10 20 40 60 1 0 0 0 \"ball\"\n", n) }

// describe is NAME:frames:absent frames.
func describe(t *testing.T, s *Sequence) string {
	t.Helper()
	files, err := s.Frames()
	if err != nil {
		t.Fatal(err)
	}
	var absent []string
	for i, a := range s.Absent {
		if a {
			absent = append(absent, fmt.Sprint(i+1))
		}
	}
	return fmt.Sprintf("%s:%d:%s", s.Name, len(files), strings.Join(absent, ","))
}

// TestPartsStartWhereTheBenchmarkSays: David begins at picture 300, a part of a UAV123 video at its own, TC128's too.
func TestPartsStartWhereTheBenchmarkSays(t *testing.T) {
	root := tree(t, map[string]string{
		"anno/UAV123/bird1_2.txt": "1,2,3,4\n1,2,3,4\n", "data_seq/UAV123/bird1/*777": "",
	})
	d, err := Open(root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := d.Sequences[0].Frames()
	if err != nil || filepath.Base(files[0]) != "775.png" || len(files) != 2 {
		t.Errorf("%v %v", files, err)
	}
	if !slices.Equal(naturals("10.png", "2.png", "1.png"), []string{"1.png", "2.png", "10.png"}) {
		t.Error("pictures are not in natural order")
	}
}

// TestNamedParts: UAV20L is the folder of its annotations, whose videos are UAV123's from their first picture on; DTB70
// lies as OTB does; a VOT folder is long-term by its name.
func TestNamedParts(t *testing.T) {
	root := tree(t, map[string]string{
		"uav/anno/UAV123/bird1_2.txt": "9,9,9,9\n", "uav/anno/UAV20L/bird1.txt": "1,2,3,4\n1,2,3,4\n",
		"uav/data_seq/UAV123/bird1/*2":       "",
		"DTB70/Animal1/groundtruth_rect.txt": "1,2,3,4\n", "DTB70/Animal1/img/*1": "",
		"LT2018/a/groundtruth.txt": "1,2,3,4\nnan,nan,nan,nan\n", "LT2018/a/color/*2": "", "LT2018/list.txt": "a\n",
	})
	for folder, want := range map[string]struct {
		ask, format Format
		sequence    string
	}{
		"uav/anno/UAV20L": {"", UAV123, "bird1:2:"}, "DTB70": {DTB70, DTB70, "Animal1:1:"}, "LT2018": {"", VOTLT, "a:2:"},
	} {
		d, err := Open(filepath.Join(root, folder), Options{Format: want.ask})
		if err != nil {
			t.Fatal(err)
		}
		if got := describe(t, &d.Sequences[0]); len(d.Sequences) != 1 || got != want.sequence || d.Format != want.format {
			t.Errorf("%s: %s %s, want %s %s", folder, d.Format, got, want.format, want.sequence)
		}
	}
}

func naturals(names ...string) []string {
	slices.SortFunc(names, naturalCompare)
	return names
}

func TestNames(t *testing.T) {
	root := tree(t, map[string]string{
		"Jogging/groundtruth_rect.1.txt": "1,2,3,4\n", "Jogging/groundtruth_rect.2.txt": "1,2,3,4\n", "Jogging/img/*1": "",
		"Car4/groundtruth_rect.txt": "1,2,3,4\n", "Car4/img/*1": "",
	})
	d, err := Open(root, Options{Sequences: []string{"jogging-2", "Car4", "Jogging.1"}})
	if err != nil {
		t.Fatal(err)
	}
	if d.Sequences[0].Name != "Jogging_2" || d.Sequences[1].Name != "Car4" || d.Sequences[2].Name != "Jogging_1" {
		t.Errorf("%v", d.Sequences)
	}
	if _, err := Open(root, Options{Sequences: []string{"Nobody"}}); !errors.Is(err, ErrSequence) {
		t.Error(err)
	}
	// OTB2015's Human4 has one target, in the file of the second: got10k calls it Human4, pysot Human4-2
	if !Match("Human4", "Human4-2") || !slices.Contains(Spellings("Human4"), "Human4-2") || Match("Car4", "Car4-2") {
		t.Error("Human4 and Human4-2 are one")
	}
	if Match("Car4", "Car-4") || Match("car4", "Car1") || !Match("uav1_1", "UAV1-1") {
		t.Error("names that differ match, or the other way round")
	}
	if _, err := Open(t.TempDir(), Options{}); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
	if _, err := Open(filepath.Join(root, "nowhere"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
