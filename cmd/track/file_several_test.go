package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"siamtrack/internal/record"
	"siamtrack/tracker"
)

// byTarget sorts rows by what their target is called.
func byTarget(rows []record.Row) map[string][]record.Row {
	out := map[string][]record.Row{}
	for _, r := range rows {
		label := tracker.Start{ID: r.ID, Name: r.Name}.Label()
		out[label] = append(out[label], r)
	}
	return out
}

// TestSeveralTargets follows three targets that begin in different frames, into every kind of file, and compares each
// with a run of that target alone.
func TestSeveralTargets(t *testing.T) {
	dir := t.TempDir()
	out := func(name string) string { return filepath.Join(dir, name) }
	inits := map[string]string{"walker": clipInit, "2": "372,425,46,151@5", "post": "100,100,60,80@9"}
	_, stderr := mustTrack(t, clip, "--init", "walker="+inits["walker"], "--init", inits["2"], "--init",
		"post="+inits["post"],
		"--end", "14", "--csv", out("t.csv"), "--jsonl", out("t.jsonl"), "--mot", out("mot.txt"), "--coco", out("t.json"),
		"--otb", out("otb")+"/", "--got", out("got")+"/", "--vot", out("vot")+"/", "-o", out("t.mp4"), "--panel")
	for _, want := range []string{"target walker: ", "target 2: ", "target post: ", out("otb") + "/"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is not in %q", want, stderr)
		}
	}
	csv, jsonl := byTarget(readTrack(t, out("t.csv"))), byTarget(readTrack(t, out("t.jsonl")))
	mot := byTarget(readTrack(t, out("mot.txt")))
	first := map[string]int{"walker": 0, "2": 5, "post": 9}
	number := map[string]string{"walker": "1", "2": "2", "post": "3"}
	for label, init := range inits {
		alone := out(label + ".csv")
		mustTrack(t, clip, "--init", init, "--end", "14", "--csv", alone, "--otb", out("one.txt"), "--got",
			out("one_001.txt"),
			"--vot", out("v_001.txt"))
		want := readTrack(t, alone)
		seen := slices.DeleteFunc(slices.Clone(want), func(r record.Row) bool { return r.State == tracker.Lost })
		if want[0].Frame != first[label] || len(mot[number[label]]) != len(seen) || len(csv[label]) != len(want) {
			t.Fatalf("%s: from frame %d, %d rows of MOT, %d of CSV; want %d, %d, %d", label, want[0].Frame,
				len(mot[number[label]]), len(csv[label]), first[label], len(seen), len(want))
		}
		for i, w := range want {
			if g := csv[label][i]; g.Box != w.Box || g.Frame != w.Frame || g.Score != w.Score || g.State != w.State {
				t.Errorf("%s, frame %d: %+v, alone %+v", label, w.Frame, g, w)
			}
			if g := jsonl[label][i]; g.Box != w.Box || g.State != w.State {
				t.Errorf("%s, frame %d: JSON Lines say %+v, want %+v", label, w.Frame, g, w)
			}
		}
		for _, f := range [][2]string{
			{"otb/" + label + ".txt", "one.txt"}, {"got/" + label + "/" + label + "_001.txt", "one_001.txt"},
			{"vot/" + label + "/" + label + "_001.txt", "v_001.txt"},
			{"vot/" + label + "/" + label + "_001_confidence.value", "v_001_confidence.value"},
		} {
			if got := read(t, out(f[0])); got != read(t, out(f[1])) || strings.Count(got, "\n") != len(want) {
				t.Errorf("%s differs from the file of the target alone:\n%s", f[0], got)
			}
		}
	}
	checkCOCO(t, out("t.json"), 15, len(readTrack(t, out("mot.txt"))))
	if frames, _, _ := video(t, out("t.mp4")); frames != 15 {
		t.Errorf("the video has %d frames", frames)
	}
}

// checkCOCO reads a file of COCO's of the clip.
func checkCOCO(t *testing.T, path string, images, annotations int) {
	t.Helper()
	var coco struct {
		Images, Annotations []any
		Videos              []struct {
			Name          string
			Width, Height int
		}
	}
	if err := json.Unmarshal([]byte(read(t, path)), &coco); err != nil {
		t.Fatal(err)
	}
	if v := coco.Videos[0]; len(coco.Images) != images || len(coco.Annotations) != annotations ||
		v.Name != "walk.mp4" || v.Width != 768 || v.Height != 576 {
		t.Errorf("COCO: %d images, %d annotations, %+v", len(coco.Images), len(coco.Annotations), v)
	}
}

// TestSeveralTargetsFromAFile begins each target of a MOT file where that begins, and compares with its truth by name.
func TestSeveralTargetsFromAFile(t *testing.T) {
	dir := t.TempDir()
	gt, csv, mot := filepath.Join(dir, "gt.txt"), filepath.Join(dir, "t.csv"), filepath.Join(dir, "mot.txt")
	text := "1,7,350,429,50,148,1,1,1\n6,7,373,426,46,151,1,1,1\n4,12,101,101,60,80,1,1,1\n6,12,101,101,60,80,1,1,1\n" +
		"40,20,101,101,60,80,1,1,1\n"
	if err := os.WriteFile(gt, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	stdout, _ := mustTrack(t, clip, "--init-file", gt, "--end", "9", "--csv", csv, "--mot", mot, "--truth", gt)
	rows := byTarget(readTrack(t, csv))
	if len(rows) != 2 || rows["7"][0].Frame != 0 || rows["12"][0].Frame != 3 || len(byTarget(readTrack(t, mot))) != 2 {
		t.Errorf("targets and where they begin: %v", rows)
	}
	if b := rows["12"][0].Box; b != (tracker.Box{X: 100, Y: 100, W: 60, H: 80}) {
		t.Errorf("target 12 begins with %v", b)
	}
	for _, want := range []string{"accuracy of target 7 in 2 frames", "accuracy of target 12 in 2 frames"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not in %q", want, stdout)
		}
	}
	names := filepath.Join(dir, "names.txt")
	if err := os.WriteFile(names, []byte("walker,349,428,50,148\npost,100,100,60,80\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	mustTrack(t, clip, "--init-file", names, "--end", "3", "--csv", csv)
	if rows := byTarget(readTrack(t, csv)); len(rows["walker"]) != 4 || len(rows["post"]) != 4 {
		t.Errorf("by names: %v", rows)
	}
}

func TestBadUseOfSeveral(t *testing.T) {
	dir := t.TempDir()
	two := []string{"file", "-m", tiny, clip, "--init", clipInit, "--init", "1,1,50,50", "--end", "2"}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--otb", filepath.Join(dir, "t.txt")}, exitUsage,
			"name a folder, as in --otb " + filepath.Join(dir, "t") + "/"},
		{[]string{"--vot", "-"}, exitUsage, "name a folder"},
		{[]string{"--got", filepath.Join(dir, "no", "t") + "/"}, exitFailed, "there is no folder"},
		{[]string{"--otb", clip + "/"}, exitFailed, "that is a file"},
		{[]string{"--init", "1,1,50,50@7"}, exitUsage, "--end 2: target 3 begins in frame 7"},
		{[]string{"--init", "1,1,50,50@x"}, exitUsage, `"x" is no number of a frame`},
		{[]string{"--init", "=1,1,50,50"}, exitUsage, "no name"},
		{[]string{"--init", "../a=1,1,50,50"}, exitUsage, "without /"},
		{[]string{"--init", "a=1,1,50,50", "--init", "a=1,1,50,50"}, exitUsage, "two targets are called a"},
		{[]string{"--init", "+1+1=1,1,50,50"}, exitUsage, "formula"},
		{[]string{"--init", "@SUM(1)=1,1,50,50"}, exitUsage, "formula"},
		{[]string{"--init", "2=1,1,50,50"}, exitUsage, "two targets are called 2"},
		{[]string{"--init", "900,1,50,50"}, exitUsage, "outside the frame"},
	} {
		code, stdout, stderr := track(t, append(slices.Clone(two), c.args...)...)
		if code != c.code || stdout != "" || !strings.Contains(stderr, c.says) {
			t.Errorf("%v: exit %d, want %d; stderr %q, want %q in it; stdout %q", c.args, code, c.code, stderr, c.says, stdout)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
