package dataset

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"siamtrack/internal/numfile"
	"siamtrack/internal/plural"
	"siamtrack/internal/readfile"
	"siamtrack/internal/record"
)

// signOfGOT10k is a folder with one of the files that only GOT-10k has, or with its name: people leave files away.
func signOfGOT10k(root string) string {
	return firstDir(root, func(d string) bool {
		for _, f := range []string{"meta_info.ini", "cover.label", "absence.label", "cut_by_image.label"} {
			if isFile(filepath.Join(d, f)) {
				return true
			}
		}
		return strings.HasPrefix(filepath.Base(d), "GOT-10k_") && isFile(filepath.Join(d, "groundtruth.txt"))
	})
}

// listedDirs returns the names in root's list.txt, or its folders where there is none.
func listedDirs(root string) ([]string, error) {
	if list := filepath.Join(root, "list.txt"); isFile(list) {
		return ReadNames(list)
	}
	return subdirs(root), nil
}

// listGOT10k lists a subset's folder (train, val or test): list.txt, or all folders with a groundtruth.txt.
func listGOT10k(root string) ([]entry, error) {
	names, err := listedDirs(root)
	if err != nil {
		return nil, err
	}
	var out []entry
	for _, name := range names {
		dir := filepath.Join(root, name)
		out = append(out, entry{name, "", func() (Sequence, error) { return loadGOT10k(dir, name) }})
	}
	return out, nil
}

// loadGOT10k reads groundtruth.txt, meta_info.ini, cover.label (0 to 8: how much is visible; 0 is absent),
// absence.label and cut_by_image.label. The test subset has the first box only.
func loadGOT10k(dir, name string) (Sequence, error) {
	boxes, err := record.ReadBoxes(filepath.Join(dir, "groundtruth.txt"))
	if err != nil {
		return Sequence{}, err
	}
	s := Sequence{Name: name, Truth: boxes, images: images{dir: dir}, Tags: map[string][]bool{}}
	if err := s.readMeta(filepath.Join(dir, "meta_info.ini")); err != nil {
		return s, err
	}
	if len(boxes) == 1 {
		return s, nil
	}
	if cut := filepath.Join(dir, "cut_by_image.label"); isFile(cut) {
		if s.Tags["cut_by_image"], err = readFlags(cut, len(boxes)); err != nil {
			return s, err
		}
	}
	if cover := filepath.Join(dir, "cover.label"); isFile(cover) {
		v, err := numfile.ReadColumn(cover)
		if err != nil {
			return s, err
		}
		if len(v.V) != len(boxes) {
			return s, numfile.Errorf(cover, v.Line(len(boxes)), "%s for %s", plural.Of(len(v.V), "value"),
				plural.Of(len(boxes), "frame"))
		}
		s.Absent = make([]bool, len(v.V))
		for i, x := range v.V {
			s.Absent[i] = x <= 0
		}
	} else if absence := filepath.Join(dir, "absence.label"); isFile(absence) {
		s.Absent, err = readFlags(absence, len(boxes))
	}
	return s, err
}

// readMeta reads the resolution and the classes of meta_info.ini.
func (s *Sequence) readMeta(path string) error {
	f, _, err := readfile.Open(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return s.parseMeta(path, f)
}

// parseMeta reads the file's lines of "key: value".
func (s *Sequence) parseMeta(path string, r io.Reader) (err error) {
	sc := bufio.NewScanner(r)
	for line := 1; sc.Scan(); line++ {
		key, value, ok := strings.Cut(sc.Text(), ":")
		if !ok {
			key, value, ok = strings.Cut(sc.Text(), "=")
		}
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "resolution":
			if s.Width, s.Height, err = parseResolution(value); err != nil {
				return numfile.Errorf(path, line, "resolution: %w", err)
			}
		case "object_class", "motion_class":
			if value != "" {
				s.Attributes = append(s.Attributes, value)
			}
		}
	}
	return sc.Err()
}

// parseResolution reads "(1920, 1080)".
func parseResolution(s string) (w, h int, err error) {
	a, b, ok := strings.Cut(strings.Trim(s, "()[] "), ",")
	if !ok {
		return 0, 0, fmt.Errorf("%.40q is not (width, height)", s)
	}
	w, errW := strconv.Atoi(strings.TrimSpace(a))
	h, errH := strconv.Atoi(strings.TrimSpace(b))
	if errW != nil || errH != nil || w <= 0 || h <= 0 {
		return 0, 0, fmt.Errorf("%.40q is not (width, height)", s)
	}
	return w, h, nil
}
