// Package dataset reads tracking benchmarks from the folders they come in. It reads annotations only; pictures are
// listed when asked for, and opened by whoever runs a tracker.
//
// Boxes are handed on as the files give them. OTB and its likes count pixels from 1, others from 0; as in every toolkit
// the tracker is started from the number as it stands, and the constant offset, being in both truth and track, cancels
// in every metric.
package dataset

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"siamtrack/bench/mot"
	"siamtrack/bench/region"
	"siamtrack/tracker"
)

// Format names a benchmark's layout on disk.
type Format string

// The layouts. OTB also reads DTB70 and other benchmarks of its kind; Plain is a folder of frames beside a file of
// boxes. MOT, of MOTChallenge's kind, alone has several targets in a sequence.
const (
	OTB         Format = "otb"
	GOT10k      Format = "got10k"
	LaSOT       Format = "lasot"
	TrackingNet Format = "trackingnet"
	UAV123      Format = "uav123"
	NfS         Format = "nfs"
	TC128       Format = "tc128"
	DTB70       Format = "dtb70"
	VOT         Format = "vot"
	VOTLT       Format = "votlt"
	PySOT       Format = "pysot"
	Plain       Format = "plain"
	MOT         Format = "mot"
)

// ErrFormat is wrapped by the error of a folder in which no benchmark was found.
var ErrFormat = errors.New("no benchmark's layout found")

// ErrSequence is wrapped by the error of a name that the benchmark does not hold.
var ErrSequence = errors.New("no such sequence")

// Sequence is one target in one video, with its annotation, or with MOT one video with all its targets.
type Sequence struct {
	// Name is unique in the dataset. Where a video has several targets it ends in _1, _2 ...; Match accepts the other
	// toolkits' spellings.
	Name string
	// Truth has a box a frame, NaN where the file has no box. Benchmarks that keep the truth to themselves give the
	// first frame only.
	Truth []tracker.Box
	// Objects has MOT's boxes, a slice a frame; Truth is then all NaN. It is nil for benchmarks of one target.
	Objects [][]mot.Object
	// Regions has VOT's shape a frame, nil for benchmarks of boxes.
	Regions []region.Region
	// Absent marks the frames in which the target cannot be seen, nil where the benchmark does not say.
	Absent []bool
	// Attributes are the sequence's own, Tags those of its frames (VOT, GOT-10k).
	Attributes []string
	Tags       map[string][]bool
	// Anchors has VOT multi-start's value a frame: above 0 a run forwards starts there, below 0 one backwards.
	Anchors []float64
	// Width and Height are the frames' size where the annotation gives it, 0 otherwise.
	Width, Height int

	images images
}

// Len returns the number of annotated frames.
func (s *Sequence) Len() int { return len(s.Truth) }

// Dataset is a benchmark, or the part of it that was asked for.
type Dataset struct {
	Name      string
	Format    Format
	Root      string
	Sequences []Sequence
	// Why says by what the folder was taken for one of Format, empty where Options said so.
	Why string
	// Left are the sequences that belong to the benchmark and are not among Sequences, though all were asked for.
	Left []Left
}

// Options narrows what is opened.
type Options struct {
	// Format is the layout, empty to detect it.
	Format Format
	// Sequences are the names wanted, in the order wanted; empty for all.
	Sequences []string
}

// Open reads the annotations of a benchmark.
func Open(root string, o Options) (*Dataset, error) {
	f, err := find(root, o)
	if err != nil {
		return nil, err
	}
	d := &Dataset{
		Name: nameOf(root), Format: f.format, Why: f.why, Root: root, Sequences: make([]Sequence, len(f.entries)),
		Left: f.left,
	}
	var g errgroup.Group
	g.SetLimit(8)
	for i, e := range f.entries {
		g.Go(func() (err error) {
			d.Sequences[i], err = e.load()
			if err != nil {
				err = fmt.Errorf("dataset: sequence %s: %w", e.name, err)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return d, nil
}

// nameOf names a dataset after its folder or file.
func nameOf(root string) string {
	abs, err := filepath.Abs(root)
	if err != nil {
		abs = root
	}
	return strings.TrimSuffix(filepath.Base(abs), ".json")
}

// Find returns the sequence of a name, in any toolkit's spelling.
func (d *Dataset) Find(name string) (*Sequence, bool) {
	for i := range d.Sequences {
		if Match(d.Sequences[i].Name, name) {
			return &d.Sequences[i], true
		}
	}
	return nil, false
}

// images says where a sequence's frames lie; Frames lists them.
type images struct {
	dir   string
	files []string // set where the annotation names them
	// first and last are the numbers, from 1, of the frames that the benchmark uses, 0 for all.
	first, last int
}
