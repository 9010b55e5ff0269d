package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"siamtrack/internal/responses"
)

// TestResponseMaps: a map for every frame but the first, where the list says, in both formats; it covers what was
// searched, so that the box lies in it.
func TestResponseMaps(t *testing.T) {
	dir := t.TempDir()
	out := func(name string) string { return filepath.Join(dir, name) }
	mustTrack(t, clip, "--init", "walker="+clipInit, "--end", "5", "--response", out("png"), "--colormap", "inferno",
		"--csv", out("t.csv"))
	mustTrack(t, clip, "--init", clipInit, "--end", "5", "--response", out("npy"), "--response-format", "npy")
	rows := readTrack(t, out("t.csv"))
	for name, prefix := range map[string]string{"png": "walker", "npy": "1"} {
		list, err := csv.NewReader(strings.NewReader(read(t, filepath.Join(out(name), responses.ListName)))).ReadAll()
		if err != nil || len(list) != 6 {
			t.Fatalf("%s: %d lines, %v", name, len(list), err)
		}
		for i, line := range list[1:] {
			if want := prefix + "_00000" + strconv.Itoa(i+1) + "." + name; line[9] != want {
				t.Errorf("%s, want %s", line[9], want)
			}
			if st, err := os.Stat(filepath.Join(out(name), line[9])); err != nil || st.Size() < 100 {
				t.Errorf("%s: %v", line[9], err)
			}
			var area [4]float64
			for k := range area {
				if area[k], err = strconv.ParseFloat(line[2+k], 64); err != nil {
					t.Fatal(err)
				}
			}
			x, y := rows[i+1].Box.Center()
			if x < area[0] || x > area[0]+area[2] || y < area[1] || y > area[1]+area[3] {
				t.Errorf("frame %d: the box %v is outside the map's area %v", i+1, rows[i+1].Box, area)
			}
		}
	}
}
