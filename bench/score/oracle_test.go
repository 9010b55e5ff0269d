package score

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/metric"
)

// What the field's toolkits made of the benchmarks and results in testdata lies beside them as JSON, with the command
// that made it. Here our scores of the same files are compared with it; scripts/check-oracles.sh makes the figures
// again.

// exact is how near a toolkit our scores have to be.
const exact = 1e-6

// readFigures reads the figures of a toolkit.
func readFigures(t *testing.T, path string, figures any) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		Toolkit string          `json:"toolkit"`
		Figures json.RawMessage `json:"figures"`
	}
	if err := json.Unmarshal(raw, &made); err != nil || made.Toolkit == "" {
		t.Fatalf("%s: %v", path, err)
	}
	if err := json.Unmarshal(made.Figures, figures); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// same fails where a score is not the toolkit's.
func same(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil {
		t.Errorf("%s: no score, the toolkit has %v", what, want)
	} else if !(math.Abs(*got-want) <= exact) {
		t.Errorf("%s: %.9f, the toolkit has %.9f", what, *got, want)
	}
}

// sameCurve fails where a point of a curve is not the toolkit's.
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

// got10kOPE is what got10k reports of OTB.
type got10kOPE struct {
	Success   []float64 `json:"success_curve"`
	Precision []float64 `json:"precision_curve"`
	AUC       float64   `json:"success_score"`
	P20       float64   `json:"precision_score"`
	OP50      float64   `json:"success_rate"`
	FPS       float64   `json:"speed_fps"`
}

func TestOracleGOT10kOTB(t *testing.T) {
	for _, kind := range []string{"otb", "uav"} {
		t.Run(kind, func(t *testing.T) {
			var want struct {
				Overall got10kOPE            `json:"overall"`
				Seq     map[string]got10kOPE `json:"seq_wise"`
			}
			readFigures(t, filepath.Join("testdata", kind+".json"), &want)
			root := filepath.Join("testdata", kind)
			got := evaluateDir(t, filepath.Join(root, "truth"), dataset.Options{Format: dataset.OTB},
				filepath.Join(root, "results", "OTB2015", "T"), Options{})
			if len(want.Seq) != 5 || len(got.Sequences) != 5 {
				t.Fatalf("%d sequences, the toolkit has %d, there are 5", len(got.Sequences), len(want.Seq))
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
	readFigures(t, "testdata/got10k.json", &want)
	got := evaluateDir(t, "testdata/got10k/truth/val", dataset.Options{}, "testdata/got10k/results/GOT-10k/T", Options{})
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

// votFigures are a toolkit's figures of one of VOT's experiments.
type votFigures struct {
	Accuracy       float64 `json:"accuracy"`
	Robustness     float64 `json:"robustness"`
	EAO            float64 `json:"eao"`
	Lost           float64 `json:"lost"`
	FScore         float64 `json:"f_score"`
	TrackPrecision float64 `json:"tracking_precision"`
	TrackRecall    float64 `json:"tracking_recall"`
}

// votScores are our scores of one of VOT's experiments in testdata/vot.
func votScores(t *testing.T, x folder.Experiment, k metric.VOTToolkit) Measures {
	t.Helper()
	o := Options{Experiment: x, Toolkit: k, EAO: &metric.EAOInterval{Low: 10, High: 40}}
	return evaluateDir(t, "testdata/vot", dataset.Options{}, "testdata/vot/results/T", o).Measures
}

// sameLongTerm fails where the long-term scores are not the toolkit's.
func sameLongTerm(t *testing.T, got Measures, want votFigures) {
	t.Helper()
	same(t, "long-term F", got.FScore, want.FScore)
	same(t, "long-term precision", got.TrackPrecision, want.TrackPrecision)
	same(t, "long-term recall", got.TrackRecall, want.TrackRecall)
}

// TestOracleVOT compares with what the VOT toolkit made of two sequences, one of boxes and one of polygons.
func TestOracleVOT(t *testing.T) {
	var want map[string]votFigures
	readFigures(t, "testdata/vot.json", &want)
	for name, x := range map[string]folder.Experiment{
		"baseline": folder.Supervised, "realtime": folder.Realtime, "multistart": folder.MultiStart,
	} {
		got := votScores(t, x, metric.VOTPython)
		same(t, name+" accuracy", got.Accuracy, want[name].Accuracy)
		same(t, name+" robustness", got.Robustness, want[name].Robustness)
		same(t, name+" EAO", got.EAO, want[name].EAO)
	}
	same(t, "unsupervised accuracy", votScores(t, folder.Unsupervised, metric.VOTPython).Accuracy,
		want["unsupervised"].Accuracy)
	sameLongTerm(t, votScores(t, folder.LongTerm, metric.VOTPython), want["unsupervised"])
}

// TestOraclePySOT compares with what pysot's toolkit made of the same files.
func TestOraclePySOT(t *testing.T) {
	var want map[string]votFigures
	readFigures(t, "testdata/pysot.json", &want)
	got, w := votScores(t, folder.Supervised, metric.VOTPySOT), want["baseline"]
	same(t, "accuracy", got.Accuracy, w.Accuracy)
	same(t, "robustness", got.Robustness, w.Robustness)
	same(t, "lost", got.Lost, w.Lost)
	same(t, "EAO", got.EAO, w.EAO)
	sameLongTerm(t, votScores(t, folder.LongTerm, metric.VOTPySOT), want["longterm"])

	dir := t.TempDir() // one trajectory is shorter than the truth, one longer, with a failure past its end
	for name, change := range map[string]func([]string) []string{
		"boxes":    func(lines []string) []string { return lines[:40] },
		"polygons": func(lines []string) []string { return append(lines, "2", "0") },
	} {
		raw, err := os.ReadFile(filepath.Join("testdata/vot/results/T/baseline", name, name+"_001.txt"))
		if err != nil {
			t.Fatal(err)
		}
		lines := change(strings.Split(strings.TrimSpace(string(raw)), "\n"))
		file(t, strings.Join(lines, "\n"), dir, "baseline", name, name+"_001.txt")
	}
	o := Options{Toolkit: metric.VOTPySOT, EAO: &metric.EAOInterval{Low: 10, High: 40}, Tolerant: true}
	tr := evaluateDir(t, "testdata/vot", dataset.Options{}, dir, o)
	w = want["lengths"]
	same(t, "accuracy", tr.Accuracy, w.Accuracy)
	same(t, "robustness", tr.Robustness, w.Robustness)
	same(t, "lost", tr.Lost, w.Lost)
	same(t, "EAO", tr.EAO, w.EAO)
	if len(tr.Adjusted) != 2 || tr.Adjusted[0] != "boxes: 40 regions for 60 frames: 40 are compared, as pysot does" {
		t.Errorf("adjusted: %q", tr.Adjusted)
	}
}
