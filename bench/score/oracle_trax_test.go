//go:build heavy

package score

import (
	"context"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/metric"
	"siamtrack/internal/atomicfile"
	"siamtrack/internal/synth"
	"siamtrack/tracker"
)

// put writes a file.
func put(t *testing.T, path, text string) {
	t.Helper()
	if err := atomicfile.WriteWithFolders(path, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// votWorkspace writes a workspace of the VOT toolkit: two synthetic sequences on which trackers fail now and then, one
// annotated by boxes (a target that leaves the frame), one by polygons.
func votWorkspace(t *testing.T, command string) string {
	t.Helper()
	ws := t.TempDir()
	put(t, filepath.Join(ws, "config.yaml"), "registry: [./trackers.ini]\nstack: stack.yaml\nsequences: sequences\n")
	stack, err := os.ReadFile("testdata/vot/stack.yaml")
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(ws, "stack.yaml"), string(stack))
	put(t, filepath.Join(ws, "trackers.ini"),
		"[Ours]\nlabel = Ours\nprotocol = trax\ntimeout = 60\ncommand = "+command+"\n")
	scenes := map[string]synth.Scene{
		"boxes": {Width: 320, Height: 240, Frames: 60, Seed: 3, Period: 50, Zoom: 0.3, Distractor: true,
			Hidden: []synth.Span{{From: 26, To: 40}}},
		"polygons": {Width: 300, Height: 220, Frames: 60, Seed: 9, Period: 18, TargetW: 24, TargetH: 30,
			Hidden: []synth.Span{{From: 20, To: 34}}},
	}
	put(t, filepath.Join(ws, "sequences", "list.txt"), "boxes\npolygons\n")
	for name, scene := range scenes {
		votSequence(t, filepath.Join(ws, "sequences", name), scene, name == "polygons")
	}
	return ws
}

// votSequence draws one sequence.
func votSequence(t *testing.T, dir string, scene synth.Scene, polygons bool) {
	t.Helper()
	v, err := synth.New(scene)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "sequence"), fmt.Sprintf(
		"channels.color=color/%%08d.jpg\nfps=25\nwidth=%d\nheight=%d\nlength=%d\n", scene.Width, scene.Height, scene.Frames))
	var truth, tags, anchors strings.Builder
	var f tracker.Frame
	if err := os.MkdirAll(filepath.Join(dir, "color"), 0o777); err != nil {
		t.Fatal(err)
	}
	for i := range scene.Frames {
		if err := v.Next(&f); err != nil {
			t.Fatal(err)
		}
		out, err := os.Create(filepath.Join(dir, "color", fmt.Sprintf("%08d.jpg", i+1)))
		if err != nil {
			t.Fatal(err)
		}
		if err := jpeg.Encode(out, f.Image, &jpeg.Options{Quality: 92}); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		b := v.Truth(i).Box
		switch {
		case !polygons && (i == 52 || i == 53):
			fmt.Fprintln(&truth, "nan,nan,nan,nan") // absent
		case polygons:
			lean := b.W / 4
			fmt.Fprintf(&truth, "%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f\n",
				b.X+lean, b.Y, b.X+b.W, b.Y+lean, b.X+b.W-lean, b.Y+b.H, b.X, b.Y+b.H-lean)
		default:
			fmt.Fprintf(&truth, "%.3f,%.3f,%.3f,%.3f\n", b.X, b.Y, b.W, b.H)
		}
		fmt.Fprintln(&tags, i%2)
		fmt.Fprintln(&anchors, map[int]int{0: 1, 12: 1, 48: -1, 59: -1}[i])
	}
	put(t, filepath.Join(dir, "groundtruth.txt"), truth.String())
	put(t, filepath.Join(dir, "occlusion.tag"), tags.String())
	put(t, filepath.Join(dir, "anchor.value"), anchors.String())
}

// vot runs one command of the toolkit, with a deadline round it: its own does not cut a tracker that hangs. It returns
// what the toolkit said, which ends with 0 where a tracker failed.
func vot(t *testing.T, python, ws string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, append([]string{"-m", "vot"}, args...)...)
	cmd.Dir = ws
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("vot %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// TestOracleTraX lets the VOT toolkit run our TraX server through its experiments, and compares what it makes of the
// results with what we make of the same files.
func TestOracleTraX(t *testing.T) {
	python := oraclePython(t, "SIAMTRACK_ORACLE_VOT")
	command := oraclePython(t, "SIAMTRACK_TRACK") + " trax"
	if model := os.Getenv("SIAMTRACK_ORACLE_MODEL"); model != "" {
		command += " --model " + model
	}
	ws := votWorkspace(t, command)
	said := vot(t, python, ws, "evaluate", "--workspace", ws, "Ours")
	said += vot(t, python, ws, "analysis", "--workspace", ws, "--format", "json", "--name", "scores", "Ours")
	raw, err := os.ReadFile(filepath.Join(ws, "analysis", "scores.json"))
	if err != nil {
		t.Fatalf("%v; the toolkit said\n%s", err, said)
	}
	var doc struct {
		Results map[string]struct {
			Results json.RawMessage `json:"results"`
		} `json:"results"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	score := func(experiment string, analysis, value int) float64 {
		var all [][][]json.RawMessage // analysis, tracker, value
		var v float64
		if err := json.Unmarshal(doc.Results[experiment].Results, &all); err != nil {
			t.Fatal(experiment, err)
		}
		if err := json.Unmarshal(all[analysis][0][value], &v); err != nil {
			t.Fatal(experiment, err)
		}
		return v
	}
	ours := func(experiment string) Measures {
		return evaluateDir(t, ws, dataset.Options{}, filepath.Join(ws, "results", "Ours"),
			Options{Experiment: folder.Experiment(experiment), EAO: &metric.EAOInterval{Low: 10, High: 40}}).Measures
	}
	folders := map[string]string{"supervised": "baseline", "realtime": "realtime", "multistart": "multistart"}
	for name, folder := range folders {
		m := ours(name)
		same(t, name+" accuracy", m.Accuracy, score(folder, 0, 0))
		same(t, name+" robustness", m.Robustness, score(folder, 0, 1))
		same(t, name+" EAO", m.EAO, score(folder, 1, 0))
		if m.FPS == nil {
			t.Errorf("%s: no speed", name)
		}
	}
	if lost := ours("supervised").Lost; lost == nil || *lost == 0 {
		t.Error("the tracker never failed: the sequences are too easy to prove anything")
	}
	same(t, "unsupervised accuracy", ours("unsupervised").Accuracy, score("unsupervised", 0, 0))
	m := ours("longterm")
	same(t, "long-term precision", m.TrackPrecision, score("unsupervised", 1, 0))
	same(t, "long-term recall", m.TrackRecall, score("unsupervised", 1, 1))
	same(t, "long-term F", m.FScore, score("unsupervised", 1, 2))
}
