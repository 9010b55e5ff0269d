package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"siamtrack/internal/filename"
)

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
		{MOT, signOfMOT, "holds gt/gt.txt", listMOT, motFolders},
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

// formats lists them for a message.
func formats() string {
	var names []string
	for _, f := range Formats() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
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
	if _, err := os.Stat(root); errors.Is(err, fs.ErrNotExist) {
		return found{}, fmt.Errorf("dataset: %s: %w: the path of the benchmark's folder is needed", root, fs.ErrNotExist)
	} else if err != nil {
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
		return found{}, fmt.Errorf("dataset: no layout %q: one of %s", want, formats())
	}
	return found{}, fmt.Errorf("dataset: %s: %w: is it the benchmark's own folder? Of the layouts there are %s", root,
		ErrFormat, formats())
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
