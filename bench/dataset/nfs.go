package dataset

import (
	"io"
	"math"
	"path/filepath"
	"strings"

	"siamtrack/internal/numfile"
	"siamtrack/internal/readfile"
	"siamtrack/tracker"
)

// NfS: NAME/{30,240}/{NAME/00001.jpg, NAME.txt}; a line of NAME.txt is
// `id xmin ymin xmax ymax frame lost occluded generated "label"`. In the 30 fps version pictures and lines are of every
// eighth frame; where the lines are eight times the pictures they are thinned as the toolkits do.

// nfsDir returns the 30 fps folder of a sequence, or the 240 fps one.
func nfsDir(d string) string {
	for _, rate := range []string{"30", "240"} {
		if p := filepath.Join(d, rate); isFile(filepath.Join(p, filepath.Base(d)+".txt")) {
			return p
		}
	}
	return ""
}

func signOfNfS(root string) string {
	return firstDir(root, func(d string) bool { return nfsDir(d) != "" })
}

func listNfS(root string) ([]entry, error) {
	var out []entry
	for _, name := range subdirs(root) {
		if dir := nfsDir(filepath.Join(root, name)); dir != "" {
			out = append(out, entry{name, filepath.Join(root, name), func() (Sequence, error) { return loadNfS(dir, name) }})
		}
	}
	return out, nil
}

func loadNfS(dir, name string) (Sequence, error) {
	path := filepath.Join(dir, name+".txt")
	s := Sequence{Name: name, images: images{dir: filepath.Join(dir, name)}}
	f, _, err := readfile.Open(path)
	if err != nil {
		return s, err
	}
	defer f.Close()
	if err := s.parseNfS(path, f); err != nil {
		return s, err
	}
	if filepath.Base(dir) == "30" {
		s.thin()
	}
	return s, nil
}

// parseNfS reads the boxes, given by their corners.
func (s *Sequence) parseNfS(path string, r io.Reader) error {
	err := numfile.Lines(path, r, func(line int, text string) error {
		head, _, _ := strings.Cut(text, `"`)
		v, err := numfile.Numbers(head)
		if err != nil {
			return numfile.Errorf(path, line, "%w", err)
		}
		if len(v) < 5 {
			return numfile.Errorf(path, line, "%d numbers where id xmin ymin xmax ymax are expected", len(v))
		}
		s.Truth = append(s.Truth, tracker.FromCorners(v[1], v[2], v[3], v[4]))
		return nil
	})
	if err == nil && len(s.Truth) == 0 {
		err = numfile.Errorf(path, 1, "empty: no box")
	}
	return err
}

// thin does what got10k does: it keeps every eighth box where there are about eight a picture, and then forgives one
// box or one picture too many.
func (s *Sequence) thin() {
	files, err := s.Frames()
	if err != nil {
		return // for who wants the frames to find out
	}
	if math.Abs(float64(len(s.Truth))/float64(len(files))-8) < 1 {
		kept := s.Truth[:0]
		for i := 0; i < len(s.Truth); i += 8 {
			kept = append(kept, s.Truth[i])
		}
		s.Truth = kept
	}
	switch len(s.Truth) - len(files) {
	case 1:
		s.Truth = s.Truth[:len(files)]
	case -1:
		s.images.files = files[:len(s.Truth)]
	}
}
