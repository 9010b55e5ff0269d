// Package play shows stored results with the truth beside them: as a source of frames whose targets are known, for a
// window, a browser or a video. It tracks nothing.
package play

import (
	"fmt"
	"image"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/mot"
	"siamtrack/bench/score"
	"siamtrack/tracker"
)

// Scene is one sequence and what is known of its frames.
type Scene struct {
	Name  string
	Files []string // the pictures, in order
	// targets are those of each frame: the truth, and each tracker's. One without a box in a frame is not among its.
	targets [][]tracker.Target
}

// Targets are those of frame i, counted from 0; none past the end.
func (s *Scene) Targets(i int) []tracker.Target {
	if i < 0 || i >= len(s.targets) {
		return nil
	}
	return s.targets[i]
}

// Scenes puts together a benchmark's sequences with the results that were scored on it. A target's score is its
// overlap with the truth, where that is known; the truth's own is marked as given. The pictures have to be there.
func Scenes(d *dataset.Dataset, ev *score.Evaluation) ([]*Scene, error) {
	var out []*Scene
	for i := range d.Sequences {
		s := &d.Sequences[i]
		files, err := s.Frames()
		if err != nil {
			return nil, fmt.Errorf("play: %w", err)
		}
		scene := &Scene{Name: s.Name, Files: files, targets: make([][]tracker.Target, len(files))}
		if s.Objects != nil {
			err = scene.addSeveral(s, ev)
		} else {
			scene.addOne(s, ev)
		}
		if err != nil {
			return nil, fmt.Errorf("play: %w", err)
		}
		out = append(out, scene)
	}
	return out, nil
}

// truthID is the number of the truth where there is one target; trackers have those after it.
const truthID = 1

// add adds a target's box to a frame, where it has one.
func (s *Scene) add(frame, id int, name string, box tracker.Box, overlap float64, given bool) {
	if frame >= len(s.targets) || box.Empty() {
		return
	}
	s.targets[frame] = append(s.targets[frame], tracker.Target{
		ID: id, Name: name, Initial: given, Result: tracker.Result{Box: box, Score: overlap},
	})
}

// addOne adds the truth of one target and the trackers' boxes.
func (s *Scene) addOne(from *dataset.Sequence, ev *score.Evaluation) {
	for i, b := range from.Truth {
		s.add(i, truthID, "truth", b, 1, true)
	}
	for k, t := range ev.Trackers {
		for _, scored := range t.Sequences {
			if scored.Name != from.Name {
				continue
			}
			for i, b := range scored.Boxes {
				overlap := 0.0
				if i < len(from.Truth) {
					overlap = b.IoU(from.Truth[i])
				}
				s.add(i, truthID+1+k, t.Name, b, overlap, false)
			}
		}
	}
}

// addSeveral adds the targets of a truth of several and the tracks of each tracker.
func (s *Scene) addSeveral(from *dataset.Sequence, ev *score.Evaluation) error {
	ids := map[string]int{}
	number := func(name string) int {
		if ids[name] == 0 {
			ids[name] = len(ids) + 1
		}
		return ids[name]
	}
	for i, objects := range from.Objects {
		for _, o := range objects {
			if o.Role == mot.Counted {
				name := fmt.Sprintf("truth %d", o.ID)
				s.add(i, number(name), name, o.Box, 1, true)
			}
		}
	}
	for _, t := range ev.Trackers {
		tracks, err := folder.ReadObjects(t.Dir, from.Name, len(from.Objects))
		if err != nil {
			return err
		}
		for i, objects := range tracks {
			for _, o := range objects {
				best := 0.0
				for _, g := range from.Objects[i] {
					if g.Role == mot.Counted {
						best = max(best, o.Box.IoU(g.Box))
					}
				}
				name := fmt.Sprintf("%s %d", t.Name, o.ID)
				s.add(i, number(name), name, o.Box, best, false)
			}
		}
	}
	return nil
}

// Still is a tracker of nothing, for those who want one to show frames.
type Still struct{}

// Init does nothing.
func (Still) Init(*image.RGBA, tracker.Box) error { return nil }

// Update finds nothing.
func (Still) Update(*image.RGBA) (tracker.Result, error) {
	return tracker.Result{State: tracker.Lost}, nil
}
