package dataset

import (
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"siamtrack/bench/internal/numfile"
	"siamtrack/tracker"
)

// LaSOT: [CLASS/]CLASS-N/{img, groundtruth.txt, full_occlusion.txt, out_of_view.txt}.

// isLaSOTDir reports whether a folder is one LaSOT sequence.
func isLaSOTDir(d string) bool {
	return isFile(filepath.Join(d, "groundtruth.txt")) &&
		(isFile(filepath.Join(d, "full_occlusion.txt")) || isFile(filepath.Join(d, "out_of_view.txt")))
}

func isLaSOT(root string) bool {
	return anyDir(root, func(d string) bool { return isLaSOTDir(d) || anyDir(d, isLaSOTDir) })
}

func listLaSOT(root string) ([]entry, error) {
	var out []entry
	add := func(dir string) {
		name := filepath.Base(dir)
		out = append(out, entry{name, func() (Sequence, error) { return loadLaSOT(dir, name) }})
	}
	for _, n := range subdirs(root) {
		dir := filepath.Join(root, n)
		if isLaSOTDir(dir) {
			add(dir)
			continue
		}
		for _, m := range subdirs(dir) {
			if d := filepath.Join(dir, m); isLaSOTDir(d) {
				add(d)
			}
		}
	}
	return out, nil
}

// loadLaSOT joins the two files of flags: a target fully occluded or out of view is absent.
func loadLaSOT(dir, name string) (Sequence, error) {
	boxes, err := readBoxes(filepath.Join(dir, "groundtruth.txt"))
	if err != nil {
		return Sequence{}, err
	}
	s := Sequence{Name: name, Truth: boxes, Absent: make([]bool, len(boxes)), images: images{dir: imageDir(dir)}}
	for _, f := range []string{"full_occlusion.txt", "out_of_view.txt"} {
		path := filepath.Join(dir, f)
		if !isFile(path) {
			continue
		}
		flags, err := readFlags(path, len(boxes))
		if err != nil {
			return s, err
		}
		for i, on := range flags {
			s.Absent[i] = s.Absent[i] || on
		}
	}
	if class, _, ok := strings.Cut(name, "-"); ok {
		s.Attributes = []string{class}
	}
	return s, nil
}

// TrackingNet: [TRAIN_0 | TEST/]{anno/NAME.txt, frames/NAME/0.jpg}.

// isTrackingNetDir reports whether a folder is one part of TrackingNet.
func isTrackingNetDir(d string) bool {
	return isDir(filepath.Join(d, "anno")) && isDir(filepath.Join(d, "frames"))
}

func isTrackingNet(root string) bool { return isTrackingNetDir(root) || anyDir(root, isTrackingNetDir) }

func listTrackingNet(root string) ([]entry, error) {
	parts := []string{root}
	if !isTrackingNetDir(root) {
		parts = parts[:0]
		for _, n := range subdirs(root) {
			parts = append(parts, filepath.Join(root, n))
		}
	}
	var out []entry
	for _, part := range parts {
		files, err := filepath.Glob(filepath.Join(escapeGlob(part), "anno", "*.txt"))
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			name := strings.TrimSuffix(filepath.Base(f), ".txt")
			dir := filepath.Join(part, "frames", name)
			out = append(out, entry{name, func() (Sequence, error) { return loadBoxFile(f, name, dir) }})
		}
	}
	return out, nil
}

// loadBoxFile is a sequence of one file of boxes and one folder of frames.
func loadBoxFile(file, name, dir string) (Sequence, error) {
	boxes, err := readBoxes(file)
	return Sequence{Name: name, Truth: boxes, images: images{dir: dir}}, err
}

// TC128 (TColor-128): NAME/{img, NAME_gt.txt, NAME_frames.txt "first,last"}.

func isTC128(root string) bool {
	return anyDir(root, func(d string) bool { return isFile(filepath.Join(d, filepath.Base(d)+"_gt.txt")) })
}

func listTC128(root string) ([]entry, error) {
	var out []entry
	for _, name := range subdirs(root) {
		dir := filepath.Join(root, name)
		gt := filepath.Join(dir, name+"_gt.txt")
		if isFile(gt) {
			out = append(out, entry{name, func() (Sequence, error) { return loadTC128(dir, name, gt) }})
		}
	}
	return out, nil
}

func loadTC128(dir, name, gt string) (Sequence, error) {
	s, err := loadBoxFile(gt, name, imageDir(dir))
	if err != nil {
		return s, err
	}
	ranges := filepath.Join(dir, name+"_frames.txt")
	if !isFile(ranges) {
		return s, nil
	}
	rows, err := numfile.ReadMatrix(ranges, 2)
	if err != nil {
		return s, err
	}
	if len(rows) != 1 || rows[0].Values[0] < 1 || rows[0].Values[1] < rows[0].Values[0] {
		return s, numfile.Errorf(ranges, 1, "one line with the first and the last frame, from 1, is expected")
	}
	s.images.first, s.images.last = int(rows[0].Values[0]), int(rows[0].Values[1])
	return s, nil
}

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

func isNfS(root string) bool { return anyDir(root, func(d string) bool { return nfsDir(d) != "" }) }

func listNfS(root string) ([]entry, error) {
	var out []entry
	for _, name := range subdirs(root) {
		if dir := nfsDir(filepath.Join(root, name)); dir != "" {
			out = append(out, entry{name, func() (Sequence, error) { return loadNfS(dir, name) }})
		}
	}
	return out, nil
}

func loadNfS(dir, name string) (Sequence, error) {
	path := filepath.Join(dir, name+".txt")
	s := Sequence{Name: name, images: images{dir: filepath.Join(dir, name)}}
	f, err := os.Open(path)
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
