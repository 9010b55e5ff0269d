package bench

import (
	"fmt"
	"os"
	"path/filepath"

	"siamtrack/bench/dataset"
)

// layout says where a run's files lie: each toolkit's own way, so that its own scripts read them too.
type layout struct {
	root   string
	nested bool   // GOT-10k: a folder a sequence
	vot    string // VOT: the experiment's folder
}

// newLayout chooses the layout for a benchmark and experiment.
func newLayout(root string, f dataset.Format, e Experiment) (layout, error) {
	l := layout{root: root, nested: f == dataset.GOT10k}
	switch e {
	case OPE:
	case Supervised, MultiStart:
		l.vot = "baseline"
	case Realtime, Unsupervised, LongTerm:
		l.vot = string(e)
	default:
		return l, fmt.Errorf("bench: no experiment %q, but %v: %w", e, Experiments(), ErrUse)
	}
	return l, nil
}

// dir is the folder of a sequence's files.
func (l layout) dir(name string) string {
	switch {
	case l.vot != "":
		return filepath.Join(l.root, l.vot, name)
	case l.nested:
		return filepath.Join(l.root, name)
	}
	return l.root
}

// track is the file of one repetition, counted from 0.
func (l layout) track(name string, repetition int) string {
	if l.vot == "" && !l.nested {
		return filepath.Join(l.root, name+".txt")
	}
	return filepath.Join(l.dir(name), fmt.Sprintf("%s_%03d.txt", name, repetition+1))
}

// start is the file of one run of the multi-start experiment.
func (l layout) start(name string, frame int) string {
	return filepath.Join(l.dir(name), fmt.Sprintf("%s_%08d.txt", name, frame))
}

// times is the file of a sequence's times.
func (l layout) times(name string) string {
	if l.vot == "" && !l.nested {
		return filepath.Join(l.root, "times", name+"_time.txt")
	}
	return filepath.Join(l.dir(name), name+"_time.txt")
}

// confidence is the file of a sequence's confidences.
func (l layout) confidence(name string) string {
	if l.vot == "" && !l.nested {
		return filepath.Join(l.root, "confidence", name+"_confidence.value")
	}
	return filepath.Join(l.dir(name), name+"_001_confidence.value")
}

// score is the file of a sequence's score, as far as the run itself can tell.
func (l layout) score(name string) string { return filepath.Join(l.root, "scores", name+".json") }

// stages is the file of a sequence's stage times.
func (l layout) stages(name string) string { return filepath.Join(l.root, "timing", name+".csv") }

// response is the file of the response map of a sequence's worst frame.
func (l layout) response(name string) string {
	return filepath.Join(l.root, "responses", name+".json")
}

// whole reports whether a sequence needs no more running: whether the file that is written last is there.
func (l layout) whole(name string) bool {
	last := l.times(name)
	if l.vot == "" && !l.nested {
		last = l.track(name, 0)
	}
	st, err := os.Stat(last)
	return err == nil && st.Mode().IsRegular()
}

// hasResult reports whether a run's folder holds a sequence, whole.
func hasResult(m Manifest, dir, name string) bool {
	l, err := newLayout(dir, dataset.Format(m.Format), m.Experiment)
	return err == nil && l.whole(name)
}
