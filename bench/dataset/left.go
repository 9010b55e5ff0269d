package dataset

import (
	_ "embed" // for known.txt
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Left is a sequence that belongs to a benchmark and was not read, so that an average over the others is not one over
// the benchmark.
type Left struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// String returns "NAME: why".
func (l Left) String() string { return l.Name + ": " + l.Why }

// Total is the number of sequences that the benchmark has, those that were left out included. Where only some were
// asked for, it is the number of those.
func (d *Dataset) Total() int { return len(d.Sequences) + len(d.Left) }

// leftOut lists what a folder holds of pictures without truth, and what the benchmark of its name has and it lacks.
func leftOut(root string, l reader, entries []entry) []Left {
	var out []Left
	for _, dir := range l.folders(root) {
		used := slices.ContainsFunc(entries, func(e entry) bool { return e.dir == dir })
		if !used && hasFrames(dir) {
			out = append(out, Left{filepath.Base(dir), "pictures, but no truth that can be read as layout " + string(l.format)})
		}
	}
	for _, name := range knownNames(nameOf(root), l.format) {
		is := func(other string) bool { return Match(other, name) }
		// A folder of several targets without truth has the video's name.
		video, _, _ := strings.Cut(name, "_")
		if !slices.ContainsFunc(entries, func(e entry) bool { return is(e.name) }) &&
			!slices.ContainsFunc(out, func(l Left) bool { return is(l.Name) || l.Name == video }) {
			out = append(out, Left{name, "not in the folder"})
		}
	}
	return out
}

// hasFrames reports whether a folder, or one in it that layouts keep pictures in, holds a picture with a number.
func hasFrames(dir string) bool {
	name := filepath.Base(dir)
	for _, d := range []string{
		dir, imageDir(dir), filepath.Join(dir, "color"), filepath.Join(dir, "30", name), filepath.Join(dir, "240", name),
	} {
		files, err := listImages(d)
		if err == nil && slices.ContainsFunc(files, func(f string) bool {
			stem := strings.TrimSuffix(filepath.Base(f), filepath.Ext(f))
			return stem != "" && unicode.IsDigit(rune(stem[len(stem)-1]))
		}) {
			return true
		}
	}
	return false
}

// noFolders is for layouts in which a file names the sequences, or in which every folder is one.
func noFolders(string) []string { return nil }

// foldersIn lists a folder's folders.
func foldersIn(root string) []string {
	var out []string
	for _, n := range subdirs(root) {
		out = append(out, filepath.Join(root, n))
	}
	return out
}

//go:embed known.txt
var knownText string

// knownNames lists the sequences of the benchmark that a folder is named after, nil where it is none that is known.
func knownNames(name string, f Format) []string {
	key := plainName(name)
	if f == GOT10k {
		for subset, title := range map[string]string{"val": "Val", "test": "Test"} {
			if key == subset || key == "got10k"+subset {
				return got10kNames(title)
			}
		}
	}
	var out []string
	inside := false
	for _, line := range strings.Split(knownText, "\n") {
		head, isHead := strings.CutSuffix(line, ":")
		switch {
		case isHead:
			inside = slices.Contains(strings.Fields(head), key)
		case inside:
			out = append(out, strings.Fields(line)...)
		}
	}
	return out
}

// got10kNames are the 180 names of GOT-10k's val or test.
func got10kNames(subset string) []string {
	out := make([]string, 180)
	for i := range out {
		out[i] = fmt.Sprintf("GOT-10k_%s_%06d", subset, i+1)
	}
	return out
}

// plainName is a benchmark's name as known.txt writes it: small letters and digits.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if r = unicode.ToLower(r); unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, name)
}
