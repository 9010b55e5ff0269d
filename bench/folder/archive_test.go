package folder

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"siamtrack/bench/dataset"
)

// packed lists the files of an archive, each of which holds "text of" and its name.
func packed(t *testing.T, archive []byte) (names []string) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		names = append(names, f.Name)
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(in); err != nil || string(text) != "text of "+f.Name {
			t.Errorf("%s: %q %v", f.Name, text, err)
		}
	}
	return names
}

// TestPack: each server's own layout and nothing else of the run, the same bytes twice; a run that is not whole is
// refused and leaves no archive.
func TestPack(t *testing.T) {
	for _, c := range []struct {
		format   dataset.Format
		files    []string // of the run
		want     []string
		expected int
	}{
		{dataset.GOT10k, []string{"A/A_001.txt", "A/A_002.txt", "A/A_time.txt", "B/B_001.txt", "B/B_time.txt",
			"scores/A.json"},
			[]string{"A/A_001.txt", "A/A_002.txt", "A/A_time.txt", "B/B_001.txt", "B/B_time.txt"}, 180},
		{dataset.TrackingNet, []string{"A.txt", "B.txt", "times/A_time.txt", "times/B_time.txt"}, []string{"A.txt", "B.txt"},
			511},
	} {
		dir, out := t.TempDir(), filepath.Join(t.TempDir(), "x.zip")
		about := About{Tracker: "t", Format: c.format, Experiment: OPE, Sequences: map[string]string{"B": "2", "A": "1"}}
		if err := about.Write(dir); err != nil {
			t.Fatal(err)
		}
		for _, f := range c.files {
			write(t, filepath.Join(dir, f), "text of "+f)
		}
		a, err := Pack(dir, out)
		if err != nil || a != (Archive{2, c.expected}) {
			t.Fatalf("%s: %+v %v", c.format, a, err)
		}
		raw, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if names := packed(t, raw); !slices.Equal(names, c.want) {
			t.Errorf("%s: %v, want %v", c.format, names, c.want)
		}
		if _, err := Pack(dir, out+"2"); err != nil {
			t.Fatal(err)
		}
		if again, err := os.ReadFile(out + "2"); err != nil || !bytes.Equal(raw, again) {
			t.Errorf("%s: another archive of the same run, %v", c.format, err)
		}
		last := map[dataset.Format]string{dataset.GOT10k: "B/B_time.txt", dataset.TrackingNet: "B.txt"}[c.format]
		if err := os.Remove(filepath.Join(dir, last)); err != nil {
			t.Fatal(err)
		}
		if _, err := Pack(dir, out+"3"); !errors.Is(err, ErrMissing) || exists(out+"3") {
			t.Errorf("%s: a run that is not whole: %v", c.format, err)
		}
	}
}

// TestPackRefuses: a run of a benchmark without a server, and a folder that is none.
func TestPackRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := (About{Format: dataset.OTB, Experiment: OPE}).Write(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := Pack(dir, filepath.Join(dir, "x.zip")); !errors.Is(err, ErrUse) {
		t.Error(err)
	}
	if _, err := Pack(t.TempDir(), "x.zip"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
