package folder

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"

	"siamtrack/bench/dataset"
	"siamtrack/internal/atomicfile"
	"siamtrack/internal/filename"
	"siamtrack/internal/readfile"
)

// Archive is what Pack made.
type Archive struct {
	// Sequences are those in it, Expected those that the benchmark's server takes.
	Sequences, Expected int
}

// serverSequences are the sequences of the test sets whose truth only a server has: GOT-10k's (Huang et al., 2019) and
// TrackingNet's (Müller et al., 2018).
func serverSequences(f dataset.Format) int {
	switch f {
	case dataset.GOT10k:
		return 180
	case dataset.TrackingNet:
		return 511
	}
	return 0
}

// Pack writes the tracks of a run as the ZIP archive that the benchmark's server takes: for GOT-10k a folder a sequence
// with the tracks of all repetitions and the times, as its toolkit packs them; for TrackingNet NAME.txt of each. Every
// sequence of the run has to be whole. The same run gives the same bytes.
func Pack(dir, out string) (Archive, error) {
	about, err := ReadAbout(dir)
	if err != nil {
		return Archive{}, err
	}
	a := Archive{Sequences: len(about.Sequences), Expected: serverSequences(about.Format)}
	if a.Expected == 0 || about.Experiment != OPE {
		return a, fmt.Errorf("folder: %s is a run of layout %s: archives are of GOT-10k's and TrackingNet's: %w", dir,
			about.Format, ErrUse)
	}
	files, err := NewPaths(dir, about.Format, about.Experiment)
	if err != nil {
		return a, err
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(about.Sequences)) {
		if err := filename.Check("sequence", name); err != nil {
			return a, fmt.Errorf("folder: archive %s: %w", dir, err)
		}
		if !files.Whole(name) {
			return a, fmt.Errorf("folder: %s: sequence %s: %w: run it again, it goes on where it stopped", dir, name, ErrMissing)
		}
		for _, f := range files.submitted(name) {
			if err := addFile(w, dir, f); err != nil {
				return a, fmt.Errorf("folder: archive %s: %w", dir, err)
			}
		}
	}
	if err := w.Close(); err != nil {
		return a, fmt.Errorf("folder: archive %s: %w", dir, err)
	}
	return a, atomicfile.WriteWithFolders(out, b.Bytes())
}

// submitted lists the files of a sequence that a server takes.
func (p Paths) submitted(name string) []string {
	if !p.PerRepetition() {
		return []string{p.Track(name, 0).Path()}
	}
	var out []string
	for r := 0; exists(p.Track(name, r).Path()); r++ {
		out = append(out, p.Track(name, r).Path())
	}
	return append(out, p.Times(name).Path())
}

// addFile adds a file under its path below root, without a time.
func addFile(w *zip.Writer, root, file string) error {
	rel, err := filepath.Rel(root, file)
	if err != nil {
		return err
	}
	data, err := readfile.Plain(file, readfile.Large)
	if err != nil {
		return err
	}
	f, err := w.CreateHeader(&zip.FileHeader{Name: path.Clean(filepath.ToSlash(rel)), Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return err
}
