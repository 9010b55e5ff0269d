package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"siamtrack/bench/mot"
	"siamtrack/internal/numfile"
	"siamtrack/internal/readfile"
	"siamtrack/tracker"
)

// MOTChallenge: NAME/{gt/gt.txt, seqinfo.ini, img1/000001.jpg}, several targets in each video.

// maxSeqInfo bounds the numbers of seqinfo.ini, so that a garbled one cannot take the machine's memory.
const maxSeqInfo = 1 << 20

// motTruth is the truth of a folder that is a video.
func motTruth(dir string) string { return filepath.Join(dir, "gt", "gt.txt") }

// signOfMOT is a folder with such a truth, root itself perhaps.
func signOfMOT(root string) string {
	if isFile(motTruth(root)) {
		return root
	}
	return firstDir(root, func(d string) bool { return isFile(motTruth(d)) })
}

// listMOT lists root where it is a video, otherwise its folders that are.
func listMOT(root string) ([]entry, error) {
	if isFile(motTruth(root)) {
		return []entry{motEntry(root)}, nil
	}
	var out []entry
	for _, dir := range foldersIn(root) {
		if isFile(motTruth(dir)) {
			out = append(out, motEntry(dir))
		}
	}
	return out, nil
}

// motEntry is a folder's video.
func motEntry(dir string) entry {
	name := nameOf(dir)
	return entry{name, dir, func() (Sequence, error) { return loadMOT(dir, name) }}
}

// motFolders are the folders of several videos.
func motFolders(root string) []string {
	if isFile(motTruth(root)) {
		return nil
	}
	return foldersIn(root)
}

// loadMOT reads a video. Its length is seqinfo.ini's, or the number of pictures, or the last frame with a box.
func loadMOT(dir, name string) (Sequence, error) {
	s := Sequence{Name: name, images: images{dir: filepath.Join(dir, "img1")}}
	frames, err := s.readSeqInfo(dir)
	if err != nil {
		return s, err
	}
	if files, err := listImages(s.images.dir); err == nil && frames == 0 {
		frames = len(files)
	}
	// MOT20's rules differ in one class, and TrackEval goes by the benchmark's name.
	mot20 := strings.Contains(dir, "MOT20")
	s.Objects, err = mot.ReadTruth(motTruth(dir), mot.TruthOptions{Frames: frames, VehiclesDistract: mot20})
	if err != nil {
		return s, err
	}
	nan := math.NaN()
	s.Truth = make([]tracker.Box, len(s.Objects))
	for i := range s.Truth {
		s.Truth[i] = tracker.Box{X: nan, Y: nan, W: nan, H: nan}
	}
	return s, nil
}

// readSeqInfo reads the length, size and picture folder of seqinfo.ini's lines of "key=value", where there is one.
func (s *Sequence) readSeqInfo(dir string) (frames int, err error) {
	path := filepath.Join(dir, "seqinfo.ini")
	raw, err := readfile.Plain(path, readfile.Small)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return s.parseSeqInfo(path, dir, string(raw))
}

// parseSeqInfo reads the text of seqinfo.ini.
func (s *Sequence) parseSeqInfo(path, dir, text string) (frames int, err error) {
	for i, line := range strings.Split(text, "\n") {
		key, value, _ := strings.Cut(line, "=")
		value = strings.TrimSpace(value)
		number := func(into *int) {
			if n, e := strconv.Atoi(value); e != nil || n < 1 || n > maxSeqInfo {
				err = numfile.Errorf(path, i+1, "%s: %.40q is not a whole number from 1 to %d", strings.TrimSpace(key),
					value, maxSeqInfo)
			} else {
				*into = n
			}
		}
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "seqlength":
			number(&frames)
		case "imwidth":
			number(&s.Width)
		case "imheight":
			number(&s.Height)
		case "imdir":
			if value != "" && filepath.IsLocal(value) {
				s.images.dir = filepath.Join(dir, value)
			}
		}
		if err != nil {
			return 0, err
		}
	}
	return frames, nil
}

// checkObjects counts what is odd in a truth of several targets.
func (s *Sequence) checkObjects(width, height int) []Finding {
	count := map[string]int{}
	first := map[string]int{}
	add := func(what string, frame int) {
		if count[what]++; count[what] == 1 {
			first[what] = frame + 1
		}
	}
	counted := false
	for i, objects := range s.Objects {
		for _, o := range objects {
			counted = counted || o.Role == mot.Counted
			switch {
			case o.Box.W <= 0 || o.Box.H <= 0:
				add("without size", i)
			case width > 0 && o.Box.Clip(width, height).Empty():
				add("wholly outside the frame", i)
			}
		}
	}
	var out []Finding
	for _, what := range []string{"without size", "wholly outside the frame"} {
		if n := count[what]; n > 0 {
			out = append(out, Finding{s.Name, false, fmt.Sprintf("boxes %s: %d, the first in frame %d", what, n,
				first[what])})
		}
	}
	if !counted {
		out = append(out, Finding{s.Name, true, "no box of the truth is to be counted"})
	}
	return out
}
