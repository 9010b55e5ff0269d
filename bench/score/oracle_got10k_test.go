//go:build heavy

package score

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/internal/atomicfile"
	"siamtrack/tracker"
)

// exact is how near a reference toolkit our scores have to be.
const exact = 1e-6

// oraclePython returns the Python that scripts/check-oracles.sh set up for a toolkit, or skips.
func oraclePython(t *testing.T, variable string) string {
	t.Helper()
	p := os.Getenv(variable)
	if p == "" {
		t.Skipf("SKIPPED: %s is not set; scripts/check-oracles.sh sets the toolkits up and runs this test", variable)
	}
	return p
}

// same fails where a score is not the oracle's.
func same(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil {
		t.Errorf("%s: no score, the toolkit has %v", what, want)
	} else if !(math.Abs(*got-want) <= exact) {
		t.Errorf("%s: %.9f, the toolkit has %.9f", what, *got, want)
	}
}

// sameCurve fails where a point of a curve is not the oracle's.
func sameCurve(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d points, the toolkit has %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= exact) {
			t.Errorf("%s[%d]: %.9f, the toolkit has %.9f", what, i, got[i], want[i])
			return
		}
	}
}

// walk is a target's path: whole pixels, so that errors often lie exactly on a threshold.
func walk(rng *rand.Rand, n int) []tracker.Box {
	out := make([]tracker.Box, n)
	b := tracker.Box{X: 100, Y: 80, W: 40, H: 30}
	for i := range out {
		out[i] = b
		b.X += float64(rng.IntN(9) - 4)
		b.Y += float64(rng.IntN(9) - 4)
		b.W = math.Max(4, b.W+float64(rng.IntN(5)-2))
		b.H = math.Max(4, b.H+float64(rng.IntN(5)-2))
	}
	return out
}

// follow is a tracker's track with everything that goes wrong: drift, loss, frames missed by whole pixels, boxes
// outside the frame, of no size, of negative size, and (where nan is set) NaN.
func follow(rng *rand.Rand, truth []tracker.Box, nan bool) []tracker.Box {
	out := make([]tracker.Box, len(truth))
	for i, g := range truth {
		b := g
		if math.IsNaN(b.X) {
			b = tracker.Box{X: 5, Y: 5, W: 10, H: 10}
		}
		switch k := rng.IntN(20); {
		case k < 8:
			b.X += rng.NormFloat64() * 6
			b.Y += rng.NormFloat64() * 6
			b.W *= 1 + rng.NormFloat64()*0.2
			b.H *= 1 + rng.NormFloat64()*0.2
		case k < 12:
			b.X += float64(rng.IntN(25))
		case k == 12:
			b = tracker.Box{X: -50, Y: -40, W: 60, H: 60}
		case k == 13:
			b = tracker.Box{X: 300, Y: 220, W: 400, H: 300}
		case k == 14:
			b.W, b.H = 0, 0
		case k == 15 && nan:
			b = tracker.Box{X: math.NaN(), Y: math.NaN(), W: math.NaN(), H: math.NaN()}
		case k == 16:
			b.W = -b.W
		case k == 17:
			b = tracker.Box{X: 1000, Y: 1000, W: 5, H: 5}
		}
		out[i] = b
	}
	return out
}

// put writes files that the toolkits only look for, such as pictures that they count.
func put(t *testing.T, path, text string) {
	t.Helper()
	if err := atomicfile.WriteWithFolders(path, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// otbWorld writes an OTB folder and one tracker's results, as got10k lays them out.
func otbWorld(t *testing.T, absent bool) (root, res string) {
	t.Helper()
	root, res = t.TempDir(), t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	for i, name := range []string{"Basketball", "Bird1", "Jogging", "Walking", "Football1"} {
		n := 60 + 17*i
		if name == "Football1" {
			n = 74 // the range 1-74 of more pictures
		}
		targets := []string{""}
		if name == "Jogging" {
			targets = []string{".1", ".2"}
		}
		for _, target := range targets {
			truth := walk(rng, n)
			if absent && i%2 == 0 {
				for j := 20; j < 30; j++ {
					truth[j] = tracker.Box{X: math.NaN(), Y: math.NaN(), W: math.NaN(), H: math.NaN()}
				}
			}
			write := func(path string, boxes []tracker.Box) {
				if err := folder.WriteBoxes(path, boxes); err != nil {
					t.Fatal(err)
				}
			}
			write(filepath.Join(root, name, "groundtruth_rect"+target+".txt"), truth)
			write(filepath.Join(res, "OTB2015", "T", name+target+".txt"), follow(rng, truth, true))
			seconds := make([]float64, n)
			for j := range seconds {
				seconds[j] = 0.01 + 0.02*rng.Float64()
			}
			seconds[0] = 0
			if err := folder.WriteTimes(filepath.Join(res, "OTB2015", "T", "times", name+target+"_time.txt"),
				seconds); err != nil {
				t.Fatal(err)
			}
		}
		frames := n
		if name == "Football1" {
			frames = 80
		}
		for j := range frames {
			put(t, filepath.Join(root, name, "img", fmt.Sprintf("%04d.jpg", j+1)), "")
		}
	}
	return root, res
}

// oracle runs the script and decodes what it prints.
func oracle(t *testing.T, python string, out any, script string, args ...string) {
	t.Helper()
	cmd := exec.Command(python, append([]string{filepath.Join("testdata", script)}, args...)...)
	cmd.Stderr = os.Stderr
	raw, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	if err := json.Unmarshal(raw, out); err != nil {
		t.Fatalf("%s: %v in %.200s", script, err, raw)
	}
}

// got10kOPE is what got10k reports of OTB.
type got10kOPE struct {
	Success   []float64 `json:"success_curve"`
	Precision []float64 `json:"precision_curve"`
	AUC       float64   `json:"success_score"`
	P20       float64   `json:"precision_score"`
	OP50      float64   `json:"success_rate"`
	FPS       float64   `json:"speed_fps"`
}

// evaluateDir scores one folder of results.
func evaluateDir(t *testing.T, root string, o dataset.Options, dir string, so Options) Tracker {
	t.Helper()
	d, err := dataset.Open(root, o)
	if err != nil {
		t.Fatal(err)
	}
	ev, err := Evaluate(context.Background(), d, []Entry{{"T", dir}}, so)
	if err != nil {
		t.Fatal(err)
	}
	return ev.Trackers[0]
}

func TestOracleGOT10kOTB(t *testing.T) {
	python := oraclePython(t, "SIAMTRACK_ORACLE_GOT10K")
	for kind, absent := range map[string]bool{"otb": false, "uav": true} {
		t.Run(kind, func(t *testing.T) {
			root, res := otbWorld(t, absent)
			got := evaluateDir(t, root, dataset.Options{Format: dataset.OTB}, filepath.Join(res, "OTB2015", "T"), Options{})
			var want struct {
				Overall got10kOPE            `json:"overall"`
				Seq     map[string]got10kOPE `json:"seq_wise"`
			}
			oracle(t, python, &want, "oracle_got10k.py", kind, root, res, "T")
			if len(want.Seq) != 6 || len(got.Sequences) != 6 {
				t.Fatalf("%d sequences, the toolkit has %d, there are 6", len(got.Sequences), len(want.Seq))
			}
			same(t, "AUC", got.SuccessAUC, want.Overall.AUC)
			same(t, "P@20", got.Precision20, want.Overall.P20)
			same(t, "OP50", got.OP50, want.Overall.OP50)
			same(t, "mean of 1/t", got.FPSMeanInverse, want.Overall.FPS)
			sameCurve(t, "success", got.Curves.Success, want.Overall.Success)
			sameCurve(t, "precision", got.Curves.Precision, want.Overall.Precision)
			for name, w := range want.Seq {
				for _, s := range got.Sequences {
					if dataset.Match(s.Name, name) {
						same(t, name+" AUC", s.SuccessAUC, w.AUC)
						same(t, name+" P@20", s.Precision20, w.P20)
						same(t, name+" OP50", s.OP50, w.OP50)
					}
				}
			}
		})
	}
}

func TestOracleGOT10k(t *testing.T) {
	python := oraclePython(t, "SIAMTRACK_ORACLE_GOT10K")
	root, res := t.TempDir(), t.TempDir()
	rng := rand.New(rand.NewPCG(3, 4))
	list := ""
	for i := range 4 {
		name := fmt.Sprintf("GOT-10k_Val_%06d", i+1)
		list += name + "\n"
		n := 50 + 20*i
		dir := filepath.Join(root, "val", name)
		truth := walk(rng, n)
		if err := folder.WriteBoxes(filepath.Join(dir, "groundtruth.txt"), truth); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "meta_info.ini"),
			"[METAINFO]\nurl: x\nbegin: 0\nend: 1\nanno_fps: 10Hz\nobject_class: goat\nmotion_class: walking\n"+
				"major_class: animal\nroot_class: animal\nmotion_adverb: slowly\nresolution: (320, 240)\n")
		cover, flags := "", ""
		for j := range n {
			c := 8
			if j > 0 {
				c = rng.IntN(9)
			}
			cover += fmt.Sprintln(c)
			flags += "0\n"
			put(t, filepath.Join(dir, fmt.Sprintf("%08d.jpg", j+1)), "")
		}
		put(t, filepath.Join(dir, "cover.label"), cover)
		put(t, filepath.Join(dir, "absence.label"), flags)
		put(t, filepath.Join(dir, "cut_by_image.label"), flags)
		out := filepath.Join(res, "GOT-10k", "T", name)
		seconds := make([][]float64, 2)
		for r := range seconds {
			if err := folder.WriteBoxes(filepath.Join(out, fmt.Sprintf("%s_%03d.txt", name, r+1)),
				follow(rng, truth, false)); err != nil {
				t.Fatal(err)
			}
			for range n {
				seconds[r] = append(seconds[r], 0.01+0.05*rng.Float64())
			}
		}
		if err := folder.WriteTimes(filepath.Join(out, name+"_time.txt"), seconds...); err != nil {
			t.Fatal(err)
		}
	}
	put(t, filepath.Join(root, "val", "list.txt"), list)
	got := evaluateDir(t, filepath.Join(root, "val"), dataset.Options{}, filepath.Join(res, "GOT-10k", "T"), Options{})
	type scores struct {
		AO    float64   `json:"ao"`
		SR    float64   `json:"sr"`
		FPS   float64   `json:"speed_fps"`
		Curve []float64 `json:"succ_curve"`
	}
	var want struct {
		Overall scores            `json:"overall"`
		Seq     map[string]scores `json:"seq_wise"`
	}
	oracle(t, python, &want, "oracle_got10k.py", "got10k", root, res, "T")
	same(t, "AO", got.AO, want.Overall.AO)
	same(t, "SR.50", got.SR50, want.Overall.SR)
	same(t, "SR.75", got.SR75, want.Overall.Curve[75])
	same(t, "mean of 1/t", got.FPSMeanInverse, want.Overall.FPS)
	sameCurve(t, "success", got.Curves.Success, want.Overall.Curve)
	for _, s := range got.Sequences {
		same(t, s.Name+" AO", s.AO, want.Seq[s.Name].AO)
		same(t, s.Name+" SR.50", s.SR50, want.Seq[s.Name].SR)
	}
}
