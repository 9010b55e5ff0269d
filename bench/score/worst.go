package score

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"slices"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/tracker"
)

// Frame is a frame in which a track went wrong.
type Frame struct {
	Sequence string
	// Index counts from 0.
	Index   int
	Overlap float64
	// Truth and Box are in the dataset's coordinates.
	Truth, Box tracker.Box
	// Picture is the frame's file.
	Picture string
	// Response is the map that the run kept of this frame, nil where it kept none.
	Response *folder.Response
}

// Worst finds the frame with the least overlap of each of t's sequences, and returns the worst n of them that have a
// picture. unseen names the sequences that would be among them but whose pictures are not at hand.
func (ev *Evaluation) Worst(t *Tracker, n int) (frames []Frame, unseen []string, err error) {
	for _, f := range worstFrames(t) {
		if len(frames) == n {
			break
		}
		s, ok := ev.data.Find(f.Sequence)
		if !ok {
			continue
		}
		if f.Picture = pictureOf(s, f.Index); f.Picture == "" {
			unseen = append(unseen, f.Sequence)
			continue
		}
		f.Truth = s.Truth[f.Index]
		if f.Response, err = responseOf(t.Dir, f); err != nil {
			return nil, nil, err
		}
		frames = append(frames, f)
	}
	return frames, unseen, nil
}

// worstFrames lists the worst frame of each sequence, the worst of all first. The first frame of a sequence, whose box
// is given, does not count.
func worstFrames(t *Tracker) []Frame {
	var out []Frame
	for _, s := range t.Sequences {
		at := -1
		for i, v := range s.Overlaps {
			if i > 0 && i < len(s.Boxes) && v == v && (at < 0 || v < s.Overlaps[at]) { // NaN is not itself
				at = i
			}
		}
		if at >= 0 {
			out = append(out, Frame{Sequence: s.Name, Index: at, Overlap: s.Overlaps[at], Box: s.Boxes[at]})
		}
	}
	slices.SortStableFunc(out, func(a, b Frame) int { return cmp.Compare(a.Overlap, b.Overlap) })
	return out
}

// pictureOf is the file of a frame, empty where it is not at hand: pysot's files name pictures that few people keep.
func pictureOf(s *dataset.Sequence, frame int) string {
	files, err := s.Frames()
	if err != nil || frame >= len(files) {
		return ""
	}
	if st, err := os.Stat(files[frame]); err != nil || !st.Mode().IsRegular() {
		return ""
	}
	return files[frame]
}

// responseOf reads the map that a run kept, nil if it is of another frame or there is none.
func responseOf(dir string, f Frame) (*folder.Response, error) {
	r, err := folder.ReadResponse(folder.ResponsePath(dir, f.Sequence))
	if errors.Is(err, fs.ErrNotExist) || err == nil && r.Frame != f.Index {
		return nil, nil
	}
	return &r, err
}
