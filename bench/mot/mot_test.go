package mot

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"siamtrack/tracker"
)

// figures are what TrackEval and py-motmetrics made of testdata: toolkit, tracker, sequence ("all" for all), measure.
type figures map[string]map[string]map[string]map[string]json.RawMessage

func readFigures(t *testing.T) figures {
	t.Helper()
	raw, err := os.ReadFile("testdata/figures.json")
	if err != nil {
		t.Fatal(err)
	}
	var made struct{ Figures figures }
	if err := json.Unmarshal(raw, &made); err != nil {
		t.Fatal(err)
	}
	return made.Figures
}

// lengths are the frames of testdata's videos.
func lengths() map[string]int { return map[string]int{"street": 50, "hall": 40, "empty": 10} }

// video reads one of testdata's videos.
func video(t testing.TB, tracker, name string) Video {
	t.Helper()
	n := lengths()[name]
	truth, err := ReadTruth(filepath.Join("testdata", "truth", name, "gt", "gt.txt"), TruthOptions{Frames: n})
	if err != nil {
		t.Fatal(err)
	}
	tracks, err := ReadTracks(filepath.Join("testdata", "tracks", tracker, "data", name+".txt"), n)
	if err != nil {
		t.Fatal(err)
	}
	return Video{truth, tracks}
}

// same fails where a score is not the toolkit's; one that the toolkit does not give is passed over.
func same(t *testing.T, what string, got float64, want json.RawMessage) {
	t.Helper()
	var w float64
	if want == nil {
		return
	}
	if err := json.Unmarshal(want, &w); err != nil {
		t.Fatal(what, err)
	}
	if !(math.Abs(got-w) <= 1e-9) {
		t.Errorf("%s: %.12f, the toolkit has %.12f", what, got, w)
	}
}

func TestOracleTrackEval(t *testing.T) {
	for name, sequences := range readFigures(t)["trackeval"] {
		var all Counts
		for seq := range lengths() {
			c, targets, err := Count(video(t, name, seq), TrackEval)
			if err != nil {
				t.Fatal(err)
			}
			sameTrackEval(t, name+" "+seq, c.Scores(), sequences[seq])
			all.Add(c)
			matched, frames := 0, 0
			for _, g := range targets {
				matched, frames = matched+g.Matched, frames+g.Frames
			}
			same(t, name+" "+seq+" targets' frames matched", float64(matched), sequences[seq]["IDTP"])
			same(t, name+" "+seq+" targets' frames", float64(frames), sequences[seq]["GT_Dets"])
		}
		sameTrackEval(t, name+" all", all.Scores(), sequences["all"])
	}
}

// sameTrackEval compares all scores that TrackEval has too.
func sameTrackEval(t *testing.T, what string, s Scores, want map[string]json.RawMessage) {
	t.Helper()
	for key, got := range map[string]float64{
		"HOTA": s.HOTA, "DetA": s.DetA, "AssA": s.AssA, "LocA": s.LocA,
		"DetRe": s.DetRe, "DetPr": s.DetPr, "AssRe": s.AssRe, "AssPr": s.AssPr,
		"MOTA": s.MOTA, "MOTP": s.MOTP, "IDF1": s.IDF1, "IDP": s.IDP, "IDR": s.IDR,
		"CLR_FN": float64(s.Misses), "CLR_FP": float64(s.FalsePositives),
		"IDSW": float64(s.Switches), "Frag": float64(s.Fragments),
		"MT": float64(s.MostlyTracked), "PT": float64(s.PartlyTracked), "ML": float64(s.MostlyLost),
	} {
		if want[key] == nil {
			t.Errorf("%s: the toolkit's file has no %s", what, key)
		}
		same(t, what+" "+key, got, want[key])
	}
	var curve []float64
	if err := json.Unmarshal(want["curve"], &curve); err != nil || len(curve) != len(s.Curve) {
		t.Fatal(what, err, len(curve))
	}
	for i := range curve {
		if !(math.Abs(curve[i]-s.Curve[i]) <= 1e-9) {
			t.Errorf("%s: HOTA's curve [%d]: %v, the toolkit has %v", what, i, s.Curve[i], curve[i])
		}
	}
}

// TestOracleMotMetrics: the other toolkit's matches are others, and its identity measures the same.
func TestOracleMotMetrics(t *testing.T) {
	differ := false
	for name, sequences := range readFigures(t)["motmetrics"] {
		var all Counts
		for seq := range lengths() {
			v := video(t, name, seq)
			c, _, err := Count(v, MotMetrics)
			if err != nil {
				t.Fatal(err)
			}
			sameMotMetrics(t, name+" "+seq, c.Scores(), sequences[seq])
			other, _, _ := Count(v, TrackEval)
			differ = differ || other.Scores().MOTA != c.Scores().MOTA
			all.Add(c)
		}
		sameMotMetrics(t, name+" all", all.Scores(), sequences["all"])
	}
	if !differ {
		t.Error("the toolkits agree on every video: none of them shows that theirs are two rules")
	}
}

// sameMotMetrics compares all scores that py-motmetrics has too; its MOTP is a distance.
func sameMotMetrics(t *testing.T, what string, s Scores, want map[string]json.RawMessage) {
	t.Helper()
	for key, got := range map[string]float64{
		"mota": s.MOTA, "num_switches": float64(s.Switches), "num_misses": float64(s.Misses), "motp": 1 - s.MOTP,
		"num_false_positives": float64(s.FalsePositives), "idf1": s.IDF1, "idp": s.IDP, "idr": s.IDR,
	} {
		same(t, what+" "+key, got, want[key])
	}
}

// TestPerfect: a tracker that repeats the truth has every score of 1, one that exchanges two numbers halfway keeps its
// detections and loses identities.
func TestPerfect(t *testing.T) {
	var truth, swapped [][]Object
	for i := range 10 {
		a, b := tracker.Box{X: float64(i), Y: 10, W: 20, H: 40}, tracker.Box{X: 200, Y: 10, W: 20, H: 40}
		truth = append(truth, []Object{{ID: 7, Box: a}, {ID: 9, Box: b}})
		if i >= 5 {
			a, b = b, a
		}
		swapped = append(swapped, []Object{{ID: 1, Box: a}, {ID: 2, Box: b}})
	}
	c, targets, err := Count(Video{truth, truth}, TrackEval)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Scores()
	for what, got := range map[string]float64{
		"HOTA": s.HOTA, "MOTA": s.MOTA, "MOTP": s.MOTP, "IDF1": s.IDF1, "LocA": s.LocA, "overlap": targets[0].Overlap,
	} {
		if math.Abs(got-1) > 1e-12 {
			t.Errorf("%s %v, want 1", what, got)
		}
	}
	c, _, err = Count(Video{truth, swapped}, TrackEval)
	if err != nil {
		t.Fatal(err)
	}
	// each of the 4 pairs has 5 matches of two tracks of 10: association 5/15; two switches in 20 boxes; half the
	// identities are right
	s = c.Scores()
	for what, v := range map[string][2]float64{
		"DetA": {s.DetA, 1}, "AssA": {s.AssA, 1.0 / 3}, "HOTA": {s.HOTA, math.Sqrt(1.0 / 3)},
		"MOTA": {s.MOTA, 0.9}, "IDF1": {s.IDF1, 0.5}, "switches": {float64(s.Switches), 2},
	} {
		if math.Abs(v[0]-v[1]) > 1e-12 {
			t.Errorf("%s %v, want %v", what, v[0], v[1])
		}
	}
}

func TestRefused(t *testing.T) {
	box := tracker.Box{W: 1, H: 1}
	for what, v := range map[string]Video{
		"lengths": {make([][]Object, 2), make([][]Object, 3)},
		"twice":   {[][]Object{{{ID: 1, Box: box}, {ID: 1, Box: box}}}, make([][]Object, 1)},
		"a NaN":   {make([][]Object, 1), [][]Object{{{ID: 1, Box: tracker.Box{X: math.NaN()}}}}},
	} {
		if _, _, err := Count(v, TrackEval); !errors.Is(err, ErrVideo) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// BenchmarkCount scores 50 frames of a dozen targets.
func BenchmarkCount(b *testing.B) {
	v := video(b, "far", "street")
	for b.Loop() {
		if _, _, err := Count(v, TrackEval); err != nil {
			b.Fatal(err)
		}
	}
}
