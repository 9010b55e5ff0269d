package mot

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siamtrack/tracker"
)

// file writes text to a new file.
func file(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gt.txt")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadTruth(t *testing.T) {
	text := "1,1,10,20,30,40,1,1,0.5\n3,1,11,21,31,41,0,1,1\n1,2,1,2,3,4,1,8,1\n1,3,1,2,3,4,1,6,1\n2,4,1,2,3,4,1,3,1\n"
	got, err := ReadTruth(file(t, text), TruthOptions{Frames: 4})
	if err != nil || len(got) != 4 || len(got[0]) != 3 || len(got[3]) != 0 {
		t.Fatal(got, err)
	}
	want := tracker.Box{X: 10, Y: 20, W: 30, H: 40}
	if o := got[0][0]; o.ID != 1 || o.Box != want || o.Role != Counted {
		t.Errorf("%+v", o)
	}
	for what, r := range map[string][2]Role{
		"marked 0": {got[2][0].Role, Ignored}, "distractor": {got[0][1].Role, Distractor},
		"vehicle": {got[0][2].Role, Ignored}, "car": {got[1][0].Role, Ignored},
	} {
		if r[0] != r[1] {
			t.Errorf("%s: %v, want %v", what, r[0], r[1])
		}
	}
	got, err = ReadTruth(file(t, text), TruthOptions{VehiclesDistract: true})
	if err != nil || got[0][2].Role != Distractor {
		t.Errorf("MOT20: %v %v", got, err)
	}
	if len(got) != 3 {
		t.Errorf("%d frames, want those up to the last box", len(got))
	}
	// classes that are not MOTChallenge's say nothing
	if got, err = ReadTruth(file(t, "1,1,10,20,30,40,1,-1,-1\n1,2,10,20,30,40,1,3,1\n"), TruthOptions{}); err != nil ||
		got[0][1].Role != Counted {
		t.Errorf("other classes: %v %v", got, err)
	}
	if got, err = ReadTracks(file(t, ""), 3); err != nil || len(got) != 3 {
		t.Errorf("an empty file: %v %v", got, err)
	}
}

func TestReadWrong(t *testing.T) {
	for text, says := range map[string]string{
		"1,1,2,3,4\n":                  "gt.txt:1: ",
		"1,1,2,3,4,5\nx,1,2,3,4,5\n":   "gt.txt:2: ",
		"0,1,2,3,4,5\n":                "frame 0",
		"1.5,1,2,3,4,5\n":              "frame 1.5",
		"1,-1,2,3,4,5\n":               "id -1",
		"1,1,nan,3,4,5\n":              "NaN",
		"1,1,2,3,4,5\n9,1,2,3,4,5\n":   "gt.txt:2: not a video's tracks: frame 9 of a video of 5",
		"1,1,2,3,4,5\n1,1,9,9,9,9\n":   "gt.txt:2: not a video's tracks: id 1 stands in frame 1 already, on line 1",
		"1e300,1,2,3,4,5\n":            "frame 1e+300",
		"1,1,2,3,4,5,1,1,1,extra\n":    "gt.txt:1: ",
		"1,1,2,3,4,5\n\n\n1,1,inf,0,0": "gt.txt:4: ",
	} {
		if _, err := ReadTracks(file(t, text), 5); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
	if _, err := ReadTracks(filepath.Join(t.TempDir(), "none"), 1); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func FuzzReadTruth(f *testing.F) {
	for _, s := range []string{"1,1,10,20,30,40,1,1,0.5\n", "1 2 3 4 5 6\n", "3;1;1,5;2;3;4\n", "1,1,1,1,1,1,0,7\n\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		frames, err := ReadTruth(file(t, s), TruthOptions{})
		if err != nil || len(frames) > 1000 {
			return
		}
		c, _, err := Count(Video{frames, frames}, TrackEval)
		if err != nil {
			t.Fatalf("%q: what was read cannot be scored: %v", s, err)
		}
		if v := c.Scores(); !(v.HOTA >= 0 && v.HOTA <= 1+1e-9) {
			t.Errorf("%q: %+v", s, v)
		}
	})
}
