package mot

import (
	"fmt"
	"math"

	"siamtrack/internal/numfile"
	"siamtrack/tracker"
)

// maxFrames bounds the frames of a video, so that a garbled number cannot take the machine's memory.
const maxFrames = 1 << 20

// MOTChallenge's classes (Milan et al., "MOT16", 2016; TrackEval's mot_challenge_2d_box.py).
const (
	pedestrian  = 1
	onVehicle   = 2
	otherThing  = 6 // a vehicle beside the road, a distractor in MOT20
	standing    = 7
	distractor  = 8
	reflection  = 12
	lastOfClass = 13
)

// row is one line of a file.
type row struct {
	line, frame   int
	object        Object
	marked, class float64 // where there are fields for them
	fields        int
}

// TruthOptions say how a file of truth is read.
type TruthOptions struct {
	// Frames is the video's length, 0 for that of the last frame with a box.
	Frames int
	// VehiclesDistract takes vehicles beside the road for distractors, as MOT20 does.
	VehiclesDistract bool
}

// ReadTruth reads MOTChallenge's gt.txt: frame,id,x,y,w,h and perhaps a mark (0: not to be counted), a class and a
// visibility, frames counted from 1. Where all classes are MOTChallenge's own, 1 to 13, persons alone are counted, and
// those on vehicles, standing, mirrored, or hard to tell are distractors; other files' classes say nothing.
func ReadTruth(path string, o TruthOptions) ([][]Object, error) {
	rows, err := readRows(path)
	if err != nil {
		return nil, err
	}
	classed := len(rows) > 0
	for _, r := range rows {
		classed = classed && r.fields >= 8 && r.class >= pedestrian && r.class <= lastOfClass
	}
	for i := range rows {
		r := &rows[i]
		if classed {
			r.object.Role = roleOf(int(r.class), o.VehiclesDistract)
		}
		if r.fields >= 7 && r.marked == 0 && r.object.Role == Counted {
			r.object.Role = Ignored
		}
	}
	return frames(path, rows, o.Frames)
}

// roleOf is what a class of MOTChallenge counts for.
func roleOf(class int, vehicles bool) Role {
	switch class {
	case pedestrian:
		return Counted
	case onVehicle, standing, distractor, reflection:
		return Distractor
	case otherThing:
		if vehicles {
			return Distractor
		}
	}
	return Ignored
}

// ReadTracks reads a tracker's file of MOTChallenge's form: frame,id,x,y,w,h and any numbers more, frames counted from
// 1, for a video of a number of frames, 0 for that of the last one with a box. An empty file is a tracker that found
// nothing.
func ReadTracks(path string, count int) ([][]Object, error) {
	rows, err := readRows(path)
	if err != nil {
		return nil, err
	}
	return frames(path, rows, count)
}

// readRows reads a file's lines.
func readRows(path string) ([]row, error) {
	lines, err := numfile.Read(path)
	if err != nil {
		return nil, fmt.Errorf("mot: %w", err)
	}
	var rows []row
	for _, l := range lines {
		if l.Values == nil {
			continue
		}
		r, err := parseRow(l.Values)
		if err != nil {
			return nil, fmt.Errorf("mot: %w", numfile.Errorf(path, l.Line, "%w: %w", ErrVideo, err))
		}
		r.line = l.Line
		rows = append(rows, r)
	}
	return rows, nil
}

// parseRow reads a line's numbers.
func parseRow(v []float64) (row, error) {
	if len(v) < 6 {
		return row{}, fmt.Errorf("%d numbers, frame,id,x,y,w,h are expected", len(v))
	}
	for _, x := range v[:6] {
		if math.IsNaN(x) {
			return row{}, fmt.Errorf("a NaN")
		}
	}
	if v[0] != math.Trunc(v[0]) || v[0] < 1 || v[0] > maxFrames {
		return row{}, fmt.Errorf("frame %v: a whole number from 1 on is expected", v[0])
	}
	if v[1] != math.Trunc(v[1]) || v[1] < 0 || v[1] > math.MaxInt32 {
		return row{}, fmt.Errorf("id %v: a whole number from 0 on is expected (detections have none)", v[1])
	}
	r := row{frame: int(v[0]), fields: len(v)}
	r.object = Object{ID: int(v[1]), Box: tracker.Box{X: v[2], Y: v[3], W: v[4], H: v[5]}}
	if len(v) >= 7 {
		r.marked = v[6]
	}
	if len(v) >= 8 {
		r.class = v[7]
	}
	return r, nil
}

// frames sorts rows into the frames of a video.
func frames(path string, rows []row, count int) ([][]Object, error) {
	if count == 0 {
		for _, r := range rows {
			count = max(count, r.frame)
		}
	}
	out := make([][]Object, count)
	type place struct{ frame, id int }
	seen := map[place]int{}
	for _, r := range rows {
		wrong := func(format string, args ...any) error {
			return fmt.Errorf("mot: %w", numfile.Errorf(path, r.line, "%w: %w", ErrVideo, fmt.Errorf(format, args...)))
		}
		if r.frame > count {
			return nil, wrong("frame %d of a video of %d", r.frame, count)
		}
		at := place{r.frame, r.object.ID}
		if line, twice := seen[at]; twice {
			return nil, wrong("id %d stands in frame %d already, on line %d", r.object.ID, r.frame, line)
		}
		seen[at] = r.line
		out[r.frame-1] = append(out[r.frame-1], r.object)
	}
	return out, nil
}
