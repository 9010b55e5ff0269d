package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"siamtrack/internal/readfile"
	"siamtrack/internal/record"
)

// otbRange is the frames, counted from 1, that OTB evaluates where it is not all of a video: the ranges of the
// benchmark's own page as got10k and pytracking follow them. Tiger1's initOmit of pytracking and the MATLAB toolkit is
// not followed, as got10k does not. A range is applied only where the folder holds more pictures than truth.
func otbRange(name string, truth int) (first, last int) {
	ranges := map[string][2]int{
		"david": {300, 770}, "football1": {1, 74}, "freeman3": {1, 460}, "freeman4": {1, 283}, "diving": {1, 215},
		"blurcar1": {247, 988}, "blurcar3": {3, 359}, "blurcar4": {18, 397},
	}
	r, ok := ranges[strings.ToLower(name)]
	if !ok || r[1]-r[0]+1 != truth {
		return 0, 0
	}
	return r[0], r[1]
}

// truthFiles lists a folder's groundtruth_rect*.txt, without the empty ones (OTB's Human4 has one).
func truthFiles(dir string) []string {
	found, err := filepath.Glob(filepath.Join(escapeGlob(dir), "groundtruth_rect*.txt"))
	if err != nil {
		return nil
	}
	found = slices.DeleteFunc(found, func(p string) bool {
		raw, err := readfile.Plain(p, readfile.Small)
		return err == nil && strings.TrimSpace(string(raw)) == ""
	})
	slices.SortFunc(found, naturalCompare)
	return found
}

// escapeGlob keeps a folder's own special characters from being taken for a pattern.
func escapeGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

func signOfOTB(root string) string {
	return firstDir(root, func(d string) bool { return len(truthFiles(d)) > 0 })
}

// listOTB lists NAME/groundtruth_rect[.N].txt; a folder with several targets gives NAME_1, NAME_2 ...
func listOTB(root string) ([]entry, error) {
	var out []entry
	for _, name := range subdirs(root) {
		dir := filepath.Join(root, name)
		files := truthFiles(dir)
		for i, f := range files {
			id := name
			if len(files) > 1 {
				id = fmt.Sprintf("%s_%d", name, i+1)
			}
			out = append(out, entry{id, dir, func() (Sequence, error) { return loadOTB(dir, name, id, f) }})
		}
	}
	return out, nil
}

// loadOTB reads one target of an OTB folder.
func loadOTB(dir, video, id, truth string) (Sequence, error) {
	boxes, err := record.ReadBoxes(truth)
	if err != nil {
		return Sequence{}, err
	}
	s := Sequence{Name: id, Truth: boxes, images: images{dir: imageDir(dir)}}
	s.images.first, s.images.last = otbRange(video, len(boxes))
	s.Attributes, err = otbAttributes(dir)
	return s, err
}

// imageDir is a folder's img (or imgs, frames) where it has one, else the folder itself.
func imageDir(dir string) string {
	for _, sub := range []string{"img", "imgs", "img1", "frames"} {
		if d := filepath.Join(dir, sub); isDir(d) {
			return d
		}
	}
	return dir
}

// otbAttributes reads attributes.txt or attrs.txt (names separated by commas, blanks or lines) and the key attr of
// cfg.txt or cfg.json-like lines ("attr = OCC, BC"). OTB itself ships none: toolkits add them.
func otbAttributes(dir string) ([]string, error) {
	for _, name := range []string{"attributes.txt", "attrs.txt", "attribute.txt"} {
		raw, err := readfile.Plain(filepath.Join(dir, name), readfile.Small)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return splitNames(string(raw)), nil
	}
	raw, err := readfile.Plain(filepath.Join(dir, "cfg.txt"), readfile.Small)
	if os.IsNotExist(err) {
		return nil, nil // optional
	}
	if err != nil {
		return nil, err
	}
	return attributesIn(string(raw)), nil
}

// attributesIn finds the attributes in the lines of a cfg.txt.
func attributesIn(cfg string) []string {
	for _, line := range strings.Split(cfg, "\n") {
		key, value, ok := strings.Cut(line, "=")
		if ok && strings.HasPrefix(strings.ToLower(strings.TrimSpace(key)), "attr") {
			return splitNames(value)
		}
	}
	return nil
}

// splitNames cuts a list of names at commas, semicolons and blanks.
func splitNames(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",; \t\r\n'\"{}[]", r) })
}
