package dataset

// Anchor is a start of VOT's multi-start experiment.
type Anchor struct {
	// Frame counts from 0.
	Frame int
	// Backward is true where the run goes to the sequence's first frame rather than its last.
	Backward bool
}

// Length returns the number of frames of the anchor's run in a sequence of frames.
func (a Anchor) Length(frames int) int {
	if a.Backward {
		return a.Frame + 1
	}
	return frames - a.Frame
}

// Starts lists the sequence's anchors, those forwards first.
func (s *Sequence) Starts() []Anchor {
	var forward, backward []Anchor
	for i, v := range s.Anchors {
		if v > 0 {
			forward = append(forward, Anchor{i, false})
		} else if v < 0 {
			backward = append(backward, Anchor{i, true})
		}
	}
	return append(forward, backward...)
}
