package region

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestOverlaps compares with what the toolkits gave for 400 pairs of boxes and polygons; testdata/overlaps.py made
// them.
func TestOverlaps(t *testing.T) {
	raw, err := os.ReadFile("testdata/overlaps.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(raw))
	for i, line := range lines {
		f := strings.Split(line, ";")
		w, _ := strconv.Atoi(f[0])
		h, _ := strconv.Atoi(f[1])
		a, errA := Parse(f[2])
		b, errB := Parse(f[3])
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		for j, got := range []float64{OverlapVOT(a, b, Bounds{w, h}), OverlapPySOT(a, b, Bounds{w, h})} {
			if f[4+j] == "" {
				continue
			}
			want, err := strconv.ParseFloat(f[4+j], 64)
			if err != nil {
				t.Fatalf("line %d: %v", i+1, err)
			}
			if !(math.Abs(got-want) <= 1e-8) && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Errorf("line %d, %s: %.9f, the toolkit has %s: %s", i+1, []string{"vot", "pysot"}[j], got, f[4+j], line)
			}
		}
	}
	if len(lines) != 400 {
		t.Errorf("%d pairs, 400 are expected", len(lines))
	}
}
