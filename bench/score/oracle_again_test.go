//go:build heavy

package score

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// oraclePython returns the Python that scripts/check-oracles.sh set up for a toolkit, or skips.
func oraclePython(t *testing.T, variable string) string {
	t.Helper()
	p := os.Getenv(variable)
	if p == "" {
		t.Skipf("SKIPPED: %s is not set; scripts/check-oracles.sh sets the toolkits up and runs this test", variable)
	}
	return p
}

// TestOracleFiguresAgain makes the committed figures again, with the toolkits themselves. Where SIAMTRACK_ORACLE_UPDATE
// is set it writes them.
func TestOracleFiguresAgain(t *testing.T) {
	const (
		got10k = "SIAMTRACK_ORACLE_GOT10K"
		vot    = "SIAMTRACK_ORACLE_VOT"
		pysot  = "SIAMTRACK_ORACLE_PYSOT"
		mot    = "SIAMTRACK_ORACLE_MOT"
	)
	for _, c := range []struct {
		file, python, script string
		args                 []string
		year                 int // of NanoTrack's published results
	}{
		{"otb.json", got10k, "oracle_got10k.py", []string{"otb"}, 0},
		{"uav.json", got10k, "oracle_got10k.py", []string{"uav"}, 0},
		{"got10k.json", got10k, "oracle_got10k.py", []string{"got10k"}, 0},
		{"vot.json", vot, "oracle_vot.py", nil, 0},
		{"pysot.json", pysot, "oracle_pysot.py", nil, 0},
		{"../../mot/testdata/figures.json", mot, "../../mot/testdata/oracle_mot.py", nil, 0},
		{"nanotrack_vot2018.json", pysot, "oracle_pysot.py", []string{"VOT2018.json", ".", "NanoTrackV1"}, 2018},
		{"nanotrack_vot2019.json", pysot, "oracle_pysot.py", []string{"VOT2019.json", ".", "NanoTrackV1"}, 2019},
	} {
		t.Run(c.file, func(t *testing.T) {
			python := oraclePython(t, c.python)
			script, err := filepath.Abs(filepath.Join("testdata", c.script))
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(python, append([]string{script}, c.args...)...)
			if c.year != 0 {
				cmd.Dir = filepath.Join(nanoTrack(t), fmt.Sprintf("vot%d", c.year))
			}
			var said bytes.Buffer
			cmd.Stderr = &said
			fresh, err := cmd.Output()
			if err != nil {
				t.Fatalf("%s: %v\n%s", c.script, err, said.String())
			}
			path := filepath.Join("testdata", c.file)
			if os.Getenv("SIAMTRACK_ORACLE_UPDATE") != "" {
				if err := os.WriteFile(path, fresh, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			committed, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want, got any
			if err := json.Unmarshal(committed, &want); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(fresh, &got); err != nil {
				t.Fatal(err)
			}
			sameJSON(t, c.file, got, want)
		})
	}
}

// sameJSON fails where two documents differ, numbers by more than toolkits' sums do from machine to machine.
func sameJSON(t *testing.T, at string, got, want any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			t.Errorf("%s: %v, committed is %v", at, got, want)
			return
		}
		for k := range w {
			sameJSON(t, at+"."+k, g[k], w[k])
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			t.Errorf("%s: %v, committed is %v", at, got, want)
			return
		}
		for i := range w {
			sameJSON(t, fmt.Sprintf("%s[%d]", at, i), g[i], w[i])
		}
	case float64:
		if g, ok := got.(float64); !ok || !(math.Abs(g-w) <= 1e-9) {
			t.Errorf("%s: %v, committed is %v", at, got, want)
		}
	default:
		if got != want {
			t.Errorf("%s: %v, committed is %v", at, got, want)
		}
	}
}
