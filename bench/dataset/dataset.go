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
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"siamtrack/bench/region"
	"siamtrack/internal/filename"
	"siamtrack/internal/readfile"
	"siamtrack/tracker"
)

// Format names a benchmark's layout on disk.
type Format string

// The layouts. OTB also reads DTB70 and other benchmarks of its kind; Plain is a folder of frames beside a file of
// boxes.
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
)

// ErrFormat is wrapped by the error of a folder in which no benchmark was found.
var ErrFormat = errors.New("no benchmark's layout found")

// ErrSequence is wrapped by the error of a name that the benchmark does not hold.
var ErrSequence = errors.New("no such sequence")

// Sequence is one target in one video, with its annotation.
type Sequence struct {
	// Name is unique in the dataset. Where a video has several targets it ends in _1, _2 ...; Match accepts the other
	// toolkits' spellings.
	Name string
	// Truth has a box a frame, NaN where the file has no box. Benchmarks that keep the truth to themselves give the
	// first frame only.
	Truth []tracker.Box
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

// reader reads one layout: one way a benchmark lies on disk.
type reader struct {
	format Format
	// sign finds the file or folder by which a root is known to be of the layout, empty where there is none; says is what
	// that has.
	sign func(root string) string
	says string
	list func(root string) ([]entry, error)
	// folders lists the folders that would be sequences if they had a truth.
	folders func(root string) []string
}

// entry is a sequence that was found but not read.
type entry struct {
	name string
	dir  string // the one of reader.folders that it was found in
	load func() (Sequence, error)
}

// readers are tried in this order, the most telling first.
func readers() []reader {
	return []reader{
		{PySOT, pysotFile, "is a JSON file of sequences", listPySOT, noFolders},
		{GOT10k, signOfGOT10k, "has GOT-10k's name, its meta_info.ini or its labels", listGOT10k, noFolders},
		{UAV123, signOfUAV, "holds UAV123's annotations", listUAV, noFolders},
		{TrackingNet, signOfTrackingNet, "holds anno and frames", listTrackingNet, trackingNetFolders},
		{NfS, signOfNfS, "holds NAME.txt in 30 or 240", listNfS, foldersIn},
		{TC128, signOfTC128, "holds NAME_gt.txt", listTC128, foldersIn},
		{LaSOT, signOfLaSOT, "holds groundtruth.txt with full_occlusion.txt or out_of_view.txt", listLaSOT, lasotFolders},
		{VOTLT, signOfVOTLT, "says long-term, over sequences of VOT", listVOT, votFolders},
		{VOT, signOfVOT, "holds groundtruth.txt with polygons, color, sequence, tags or values", listVOT, votFolders},
		{OTB, signOfOTB, "holds groundtruth_rect.txt", listOTB, foldersIn},
		{DTB70, signOfOTB, "holds groundtruth_rect.txt", listOTB, foldersIn},
		{Plain, signOfPlain, "holds pictures and a file of boxes", listPlain, plainFolders},
	}
}

// Formats lists every layout's name.
func Formats() []Format {
	var out []Format
	for _, l := range readers() {
		out = append(out, l.format)
	}
	slices.Sort(out)
	return out
}

// found is what a root was found to hold.
type found struct {
	reader
	why     string
	entries []entry
	left    []Left
}

// find settles the layout and lists the sequences wanted, and those that are not there where all are.
func find(root string, o Options) (found, error) {
	if _, err := os.Stat(root); err != nil {
		return found{}, fmt.Errorf("dataset: %w", err)
	}
	f, err := settle(root, o.Format)
	if err != nil {
		return f, err
	}
	if f.entries, err = f.list(root); err == nil {
		err = checkNames(f.entries)
	}
	if err != nil {
		return f, fmt.Errorf("dataset: list %s as %s: %w", root, f.format, err)
	}
	if len(f.entries) == 0 {
		return f, fmt.Errorf("dataset: %s holds no sequence of layout %s: %w", root, f.format, ErrFormat)
	}
	if len(o.Sequences) == 0 {
		f.left = leftOut(root, f.reader, f.entries)
		return f, nil
	}
	f.entries, err = pick(f.entries, o.Sequences)
	return f, err
}

// settle chooses the layout: the one asked for, or the first whose sign is there.
func settle(root string, want Format) (found, error) {
	for _, r := range readers() {
		if want == r.format {
			return found{reader: r}, nil
		}
		if sign := r.sign(root); want == "" && sign != "" {
			return found{reader: r, why: sign + " " + r.says}, nil
		}
	}
	if want != "" {
		return found{}, fmt.Errorf("dataset: no layout %q: one of %v", want, Formats())
	}
	return found{}, fmt.Errorf("dataset: %s: %w: name it with a format of %v", root, ErrFormat, Formats())
}

// checkNames refuses names that no file of a result can have: they come from the benchmark's own lists too. An entry's
// attributes are checked when it is read.
func checkNames(entries []entry) error {
	for i := range entries {
		if err := filename.Check("sequence", entries[i].name); err != nil {
			return err
		}
		load := entries[i].load
		entries[i].load = func() (Sequence, error) {
			s, err := load()
			if err == nil {
				err = s.checkAttributes()
			}
			return s, err
		}
	}
	return nil
}

// checkAttributes checks the names of a sequence's attributes and tags.
func (s *Sequence) checkAttributes() error {
	for _, name := range append(slices.Collect(maps.Keys(s.Tags)), s.Attributes...) {
		if err := filename.Check("attribute", name); err != nil {
			return err
		}
	}
	return nil
}

// pick chooses entries by name, in the order of the names.
func pick(entries []entry, names []string) ([]entry, error) {
	if len(names) == 0 {
		return entries, nil
	}
	out := make([]entry, 0, len(names))
	for _, n := range names {
		i := slices.IndexFunc(entries, func(e entry) bool { return Match(e.name, n) })
		if i < 0 {
			return nil, fmt.Errorf("dataset: %q: %w among the %d found", n, ErrSequence, len(entries))
		}
		out = append(out, entries[i])
	}
	return out, nil
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

// Match reports whether two names mean the same sequence: case apart, Jogging-1, Jogging_1 and Jogging.1 are one, and
// so are Human4 and Human4-2 (OTB2015 has a truth of that video's second target only).
func Match(a, b string) bool { return canonical(a) == canonical(b) }

// Spellings lists the names under which toolkits save a sequence's result, its own first.
func Spellings(name string) []string {
	out := []string{name}
	if name == "Human4" {
		name = "Human4_2"
	}
	if i := strings.LastIndexAny(name, "_-."); i > 0 {
		for _, sep := range []string{"_", "-", "."} {
			if alt := name[:i] + sep + name[i+1:]; !slices.Contains(out, alt) {
				out = append(out, alt)
			}
		}
	}
	return out
}

// canonical is the spelling that Match compares: lower case, the number at the end after an underscore.
func canonical(s string) string {
	s = strings.ToLower(s)
	for i := len(s) - 1; i > 0 && i < len(s); i-- {
		if s[i] >= '0' && s[i] <= '9' {
			continue
		}
		if i < len(s)-1 && (s[i] == '-' || s[i] == '.' || s[i] == '_') {
			s = s[:i] + "_" + s[i+1:]
		}
		break
	}
	if s == "human4_2" {
		return "human4"
	}
	return s
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

// ReadNames reads sequence names from a file, one or more a line, # starting a comment.
func ReadNames(path string) ([]string, error) {
	raw, err := readfile.Plain(path, readfile.Small)
	if err != nil {
		return nil, fmt.Errorf("dataset: names: %w", err)
	}
	return parseNames(string(raw)), nil
}

// parseNames reads the names of a file.
func parseNames(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		out = append(out, strings.Fields(line)...)
	}
	return out
}

// images says where a sequence's frames lie; Frames lists them.
type images struct {
	dir   string
	files []string // set where the annotation names them
	// first and last are the numbers, from 1, of the frames that the benchmark uses, 0 for all.
	first, last int
}
