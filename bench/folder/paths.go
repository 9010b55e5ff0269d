package folder

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"siamtrack/bench/dataset"
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

// PerRepetition reports whether each repetition has a file of its own; where not the first one is kept.
func (p Paths) PerRepetition() bool { return p.vot != "" || p.nested }

// dir is the folder of a sequence's files.
func (p Paths) dir(name string) string {
	switch {
	case p.vot != "":
		return filepath.Join(p.root, p.vot, name)
	case p.nested:
		return filepath.Join(p.root, name)
	}
	return p.root
}

// Track is the file of one repetition, counted from 0.
func (p Paths) Track(name string, repetition int) string {
	if !p.PerRepetition() {
		return filepath.Join(p.root, name+".txt")
	}
	return filepath.Join(p.dir(name), fmt.Sprintf("%s_%03d.txt", name, repetition+1))
}

// Start is the file of one run of the multi-start experiment.
func (p Paths) Start(name string, frame int) string {
	return filepath.Join(p.dir(name), fmt.Sprintf("%s_%08d.txt", name, frame))
}

// Times is the file of a sequence's times.
func (p Paths) Times(name string) string {
	if !p.PerRepetition() {
		return filepath.Join(p.root, "times", name+"_time.txt")
	}
	return filepath.Join(p.dir(name), name+"_time.txt")
}

// Confidence is the file of a sequence's confidences.
func (p Paths) Confidence(name string) string {
	if !p.PerRepetition() {
		return filepath.Join(p.root, "confidence", name+"_confidence.value")
	}
	return filepath.Join(p.dir(name), name+"_001_confidence.value")
}

// Score is the file of a sequence's score, as far as the run itself can tell.
func (p Paths) Score(name string) string { return filepath.Join(p.root, "scores", name+".json") }

// Stages is the file of a sequence's stage times.
func (p Paths) Stages(name string) string { return filepath.Join(p.root, "timing", name+".csv") }

// Response is the file of the response map of a sequence's worst frame.
func (p Paths) Response(name string) string { return ResponsePath(p.root, name) }

// ResponsePath is Paths.Response of a run whose benchmark and experiment do not matter.
func ResponsePath(root, name string) string { return filepath.Join(root, "responses", name+".json") }

// Whole reports whether a sequence needs no more running: whether the file that is written last is there.
func (p Paths) Whole(name string) bool {
	last := p.Times(name)
	if !p.PerRepetition() {
		last = p.Track(name, 0)
	}
	st, err := os.Stat(last)
	return err == nil && st.Mode().IsRegular()
}
