package score

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/mot"
)

// TestSeveralTargets: folders as TrackEval has them, scored together, with its figures and py-motmetrics's.
func TestSeveralTargets(t *testing.T) {
	root := filepath.Join("..", "mot", "testdata")
	var want map[string]map[string]map[string]map[string]json.RawMessage
	readFigures(t, filepath.Join(root, "figures.json"), &want)
	d, err := dataset.Open(filepath.Join(root, "truth"), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := Find(d, []string{filepath.Join(root, "tracks")})
	if err != nil || len(entries) != 2 {
		t.Fatal(entries, err)
	}
	for k, keys := range map[mot.Toolkit]map[string]func(Measures) *float64{
		mot.TrackEval: {
			"HOTA":   func(m Measures) *float64 { return m.HOTA },
			"MOTA":   func(m Measures) *float64 { return m.MOTA },
			"IDF1":   func(m Measures) *float64 { return m.IDF1 },
			"CLR_FN": func(m Measures) *float64 { return m.Misses },
		},
		mot.MotMetrics: {
			"mota":         func(m Measures) *float64 { return m.MOTA },
			"num_switches": func(m Measures) *float64 { return m.Switches },
			"idf1":         func(m Measures) *float64 { return m.IDF1 },
		},
	} {
		ev, err := Evaluate(context.Background(), d, entries, Options{Several: k})
		if err != nil {
			t.Fatal(err)
		}
		if ev.Trackers[0].Name != "near" || ev.Convention != string(k) {
			t.Errorf("%s first, by %s", ev.Trackers[0].Name, ev.Convention)
		}
		for _, tr := range ev.Trackers {
			for key, get := range keys {
				var w float64
				if err := json.Unmarshal(want[string(k)][tr.Name]["all"][key], &w); err != nil {
					t.Fatal(key, err)
				}
				same(t, tr.Name+" "+key, get(tr.Measures), w)
			}
			for _, s := range tr.Sequences {
				if len(s.Targets) == 0 {
					t.Errorf("%s %s: no targets", tr.Name, s.Name)
				}
			}
		}
	}
	for _, x := range []folder.Experiment{folder.OPE, folder.Supervised} {
		if _, err := Evaluate(context.Background(), d, entries, Options{Experiment: x}); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", x, err)
		}
	}
	empty := []Entry{{"none", t.TempDir()}}
	if _, err := Evaluate(context.Background(), d, empty, Options{}); !errors.Is(err, folder.ErrMissing) {
		t.Error(err)
	}
}
