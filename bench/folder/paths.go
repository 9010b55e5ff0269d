package folder

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"siamtrack/bench/dataset"
	"siamtrack/internal/atomicfile"
)

// Paths says where a run's files lie: each toolkit's own way, so that its own scripts read them too.
type Paths struct {
	root   string
	nested bool   // GOT-10k: a folder a sequence
	vot    string // VOT: the experiment's folder
}

// NewPaths chooses the layout for a benchmark and experiment.
func NewPaths(root string, f dataset.Format, e Experiment) (Paths, error) {
	p := Paths{root: root, nested: f == dataset.GOT10k}
	if !slices.Contains(Experiments(), e) {
		return p, fmt.Errorf("folder: no experiment %q, but %v: %w", e, Experiments(), ErrUse)
	}
	if names := e.Folders(); len(names) > 0 {
		p.vot = names[0]
	}
	return p, nil
}

// File is a file of a run. It lies below the run's folder whatever the names are that it is made of.
type File struct{ root, name string }

// At is the file name of the run in folder dir.
func At(dir, name string) File { return File{dir, name} }

// Path is where it lies.
func (f File) Path() string { return filepath.Join(f.root, f.name) }

// Write makes the file, and the folders on the way, whole or not at all. A name that leads out of the run's folder is
// an error.
func (f File) Write(data []byte) error { return atomicfile.WriteUnder(f.root, f.name, data) }

// PerRepetition reports whether each repetition has a file of its own; where not the first one is kept.
func (p Paths) PerRepetition() bool { return p.vot != "" || p.nested }

// file is a file of a run by its parts.
func (p Paths) file(parts ...string) File { return File{p.root, filepath.Join(parts...)} }

// dir is the folder of a sequence's files, in the run's.
func (p Paths) dir(name string) string {
	switch {
	case p.vot != "":
		return filepath.Join(p.vot, name)
	case p.nested:
		return name
	}
	return "."
}

// Track is the file of one repetition, counted from 0.
func (p Paths) Track(name string, repetition int) File {
	if !p.PerRepetition() {
		return p.file(name + ".txt")
	}
	return p.file(p.dir(name), fmt.Sprintf("%s_%03d.txt", name, repetition+1))
}

// Start is the file of one run of the multi-start experiment.
func (p Paths) Start(name string, frame int) File {
	return p.file(p.dir(name), fmt.Sprintf("%s_%08d.txt", name, frame))
}

// Times is the file of a sequence's times.
func (p Paths) Times(name string) File {
	if !p.PerRepetition() {
		return p.file("times", name+"_time.txt")
	}
	return p.file(p.dir(name), name+"_time.txt")
}

// Confidence is the file of a sequence's confidences.
func (p Paths) Confidence(name string) File {
	if !p.PerRepetition() {
		return p.file("confidence", name+"_confidence.value")
	}
	return p.file(p.dir(name), name+"_001_confidence.value")
}

// Score is the file of a sequence's score, as far as the run itself can tell.
func (p Paths) Score(name string) File { return p.file("scores", name+".json") }

// Stages is the file of a sequence's stage times.
func (p Paths) Stages(name string) File { return p.file("timing", name+".csv") }

// Load is the file of a sequence's Load.
func (p Paths) Load(name string) File { return p.file("timing", name+".load.csv") }

// Response is the file of the response map of a sequence's worst frame.
func (p Paths) Response(name string) File { return responseFile(p.root, name) }

// ResponsePath is where Paths.Response of a run lies whose benchmark and experiment do not matter.
func ResponsePath(root, name string) string { return responseFile(root, name).Path() }

func responseFile(root, name string) File {
	return File{root, filepath.Join("responses", name+".json")}
}

// Whole reports whether a sequence needs no more running: whether the file that is written last is there. An empty one,
// as a machine that lost its power may leave, is not.
func (p Paths) Whole(name string) bool {
	last := p.Times(name)
	if !p.PerRepetition() {
		last = p.Track(name, 0)
	}
	st, err := os.Stat(last.Path())
	return err == nil && st.Mode().IsRegular() && st.Size() > 0
}
