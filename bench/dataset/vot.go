package dataset

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"siamtrack/bench/region"
	"siamtrack/internal/numfile"
	"siamtrack/internal/plural"
	"siamtrack/internal/readfile"
	"siamtrack/tracker"
)

// VOT: [sequences/]NAME/{groundtruth.txt, color/00000001.jpg or 00000001.jpg, *.tag or *.label, *.value, sequence},
// with list.txt naming the sequences.

// isVOTDir reports whether a folder is one VOT sequence: a truth, and something that only VOT has.
func isVOTDir(d string) bool {
	if !isFile(filepath.Join(d, "groundtruth.txt")) {
		return false
	}
	if isFile(filepath.Join(d, "sequence")) || isDir(filepath.Join(d, "color")) {
		return true
	}
	for _, pattern := range []string{"*.tag", "*.label", "*.value"} {
		if m, _ := filepath.Glob(filepath.Join(escapeGlob(d), pattern)); len(m) > 0 {
			return true
		}
	}
	return votShaped(filepath.Join(d, "groundtruth.txt"))
}

// votShaped reports whether a truth's first line is a polygon or a mask.
func votShaped(path string) bool {
	f, _, err := readfile.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	buf := make([]byte, 4096)
	n, _ := f.Read(buf)
	line, _, _ := strings.Cut(string(buf[:n]), "\n")
	return strings.HasPrefix(line, "m") || strings.Count(line, ",") >= 5
}

// votRoot is the folder that holds the sequences: root, or root/sequences in a toolkit's workspace.
func votRoot(root string) string {
	if d := filepath.Join(root, "sequences"); isDir(d) {
		return d
	}
	return root
}

func signOfVOT(root string) string { return firstDir(votRoot(root), isVOTDir) }

// signOfVOTLT is the stack file or the folder whose name says long-term.
func signOfVOTLT(root string) string {
	if signOfVOT(root) == "" {
		return ""
	}
	if strings.Contains(strings.ToLower(filepath.Base(root)), "lt20") {
		return root
	}
	stack := filepath.Join(root, "stack.yaml")
	if raw, err := readfile.Plain(stack, readfile.Small); err == nil && strings.Contains(string(raw), "longterm") {
		return stack
	}
	return ""
}

func listVOT(root string) ([]entry, error) {
	root = votRoot(root)
	names, err := listedDirs(root)
	if err != nil {
		return nil, err
	}
	var out []entry
	for _, name := range names {
		dir := filepath.Join(root, name)
		if isFile(filepath.Join(root, "list.txt")) || isFile(filepath.Join(dir, "groundtruth.txt")) {
			out = append(out, entry{name, dir, func() (Sequence, error) { return loadVOT(dir, name) }})
		}
	}
	return out, nil
}

// votFolders are the folders of sequences where no list.txt chooses among them.
func votFolders(root string) []string {
	root = votRoot(root)
	if isFile(filepath.Join(root, "list.txt")) {
		return nil
	}
	return foldersIn(root)
}

// loadVOT reads the regions, the tags (a file of flags a tag; shorter ones are padded with zeros, as the toolkits do),
// the anchors and the frames' size.
func loadVOT(dir, name string) (Sequence, error) {
	s := Sequence{Name: name, images: images{dir: votImages(dir)}, Tags: map[string][]bool{}}
	truth := filepath.Join(dir, "groundtruth.txt")
	var err error
	if s.Regions, err = ReadRegions(truth); err != nil {
		return s, err
	}
	if len(s.Regions) == 0 {
		return s, numfile.Errorf(truth, 1, "empty: no region")
	}
	s.Truth = make([]tracker.Box, len(s.Regions))
	for i, r := range s.Regions {
		s.Truth[i] = r.Bounds()
	}
	for _, ext := range []string{".tag", ".label"} {
		found, _ := filepath.Glob(filepath.Join(escapeGlob(dir), "*"+ext))
		for _, f := range found {
			flags, err := readFlags(f, 0)
			if err != nil {
				return s, err
			}
			if len(flags) > len(s.Truth) {
				return s, numfile.Errorf(f, len(s.Truth)+1, "%s for %s", plural.Of(len(flags), "flag"),
					plural.Of(len(s.Truth), "frame"))
			}
			padded := make([]bool, len(s.Truth))
			copy(padded, flags)
			s.Tags[strings.TrimSuffix(filepath.Base(f), ext)] = padded
		}
	}
	if err := s.readAnchors(filepath.Join(dir, "anchor.value")); err != nil {
		return s, err
	}
	return s, s.readVOTSize(filepath.Join(dir, "sequence"))
}

// votImages is color/ where there is one, else the folder itself.
func votImages(dir string) string {
	if d := filepath.Join(dir, "color"); isDir(d) {
		return d
	}
	return imageDir(dir)
}

// ReadRegions reads one region a line; a line's numbers with a NaN are no region.
func ReadRegions(path string) ([]region.Region, error) {
	f, _, err := readfile.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []region.Region
	err = numfile.Lines(path, f, func(line int, text string) error {
		r, err := region.Parse(text)
		if err != nil {
			return numfile.Errorf(path, line, "%w", err)
		}
		out = append(out, r)
		return nil
	})
	return out, err
}

// readAnchors reads the values of multi-start anchors.
func (s *Sequence) readAnchors(path string) error {
	if !isFile(path) {
		return nil
	}
	v, err := numfile.ReadColumn(path)
	if err != nil {
		return err
	}
	if len(v.V) != len(s.Truth) {
		return numfile.Errorf(path, v.Line(len(s.Truth)), "%s for %s", plural.Of(len(v.V), "value"),
			plural.Of(len(s.Truth), "frame"))
	}
	for i, x := range v.V {
		if math.IsNaN(x) {
			return numfile.Errorf(path, v.Line(i), "an anchor is not a number")
		}
	}
	s.Anchors = v.V
	return nil
}

// readVOTSize reads width= and height= of the metadata file; it is optional, and so are they.
func (s *Sequence) readVOTSize(path string) error {
	raw, err := readfile.Plain(path, readfile.Small)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.parseVOTSize(path, string(raw))
}

// parseVOTSize reads the metadata's lines of key=value.
func (s *Sequence) parseVOTSize(path, text string) error {
	for i, line := range strings.Split(text, "\n") {
		key, value, _ := strings.Cut(line, "=")
		var size *int
		switch strings.TrimSpace(key) {
		case "width":
			size = &s.Width
		case "height":
			size = &s.Height
		default:
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n <= 0 {
			return numfile.Errorf(path, i+1, "%.40q is no number of pixels", value)
		}
		*size = n
	}
	return nil
}
