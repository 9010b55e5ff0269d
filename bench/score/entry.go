package score

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
)

// Entry is one tracker's folder of results.
type Entry struct{ Name, Dir string }

// isMissing reports whether an error says that a sequence has no result.
func isMissing(err error) bool { return errors.Is(err, folder.ErrMissing) }

// Find turns the arguments of a command into entries: NAME=DIR, a folder with results, or a folder of such folders.
func Find(d *dataset.Dataset, args []string) ([]Entry, error) {
	var out []Entry
	for _, arg := range args {
		name, dir, named := strings.Cut(arg, "=")
		if !named || !isDir(dir) {
			name, dir = "", arg
		}
		if !isDir(dir) {
			return nil, fmt.Errorf("score: %s is no folder of results", arg)
		}
		found := expand(d, dir)
		if len(found) == 0 {
			return nil, fmt.Errorf("score: %s holds no result of %s (%s)", dir, d.Name, joinNames(sequenceNames(d)))
		}
		if name != "" && len(found) == 1 {
			found[0].Name = name
		}
		out = append(out, found...)
	}
	for i := range out { // two runs of one model need two names
		for slices.ContainsFunc(out[:i], func(e Entry) bool { return e.Name == out[i].Name }) {
			out[i].Name += "'"
		}
	}
	return out, nil
}

// expand is the folder itself where it holds results, else those of its folders that do.
func expand(d *dataset.Dataset, dir string) []Entry {
	if holds(d, dir) {
		return []Entry{{trackerName(dir), dir}}
	}
	items, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var out []Entry
	for _, it := range items {
		sub := filepath.Join(dir, it.Name())
		if isDir(sub) && holds(d, sub) {
			out = append(out, Entry{trackerName(sub), sub})
		}
	}
	return out
}

// holds reports whether a folder has a result of any sequence, in any layout.
func holds(d *dataset.Dataset, dir string) bool {
	for i := range d.Sequences {
		name := d.Sequences[i].Name
		if folder.HasTrack(dir, name) || (d.Format == dataset.MOT && folder.HasObjects(dir, name)) {
			return true
		}
		for _, x := range votExperiments() {
			for _, sub := range x.Folders() {
				if isDir(filepath.Join(dir, sub, name)) {
					return true
				}
			}
		}
	}
	return false
}

// trackerName is the name that a run gives itself, else the folder's.
func trackerName(dir string) string {
	if a, err := folder.ReadAbout(dir); err == nil && a.Tracker != "" {
		return a.Tracker
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return filepath.Base(dir)
}

// readAbout reads what the folder of results says of itself, as far as it can be read: it is for show, and scores do
// not hang on it.
func (t *Tracker) readAbout() {
	if a, err := folder.ReadAbout(t.Dir); err == nil {
		t.About = &a
	}
	if timing, err := folder.ReadTiming(t.Dir); err == nil {
		t.Timing = &timing
	}
}

// sequenceNames lists a dataset's names.
func sequenceNames(d *dataset.Dataset) []string {
	out := make([]string, len(d.Sequences))
	for i := range d.Sequences {
		out[i] = d.Sequences[i].Name
	}
	return out
}

// isDir reports whether a folder lies at path.
func isDir(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}
