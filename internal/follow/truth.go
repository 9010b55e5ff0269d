package follow

import (
	"fmt"

	"siamtrack/bench/metric"
	"siamtrack/tracker"
)

// Truth is the Sink that compares a target's track with boxes that are known of some frames.
type Truth struct {
	id           int // of the target, 0 for the first
	known        map[int]tracker.Box
	boxes, truth []tracker.Box
	compared     bool // with a frame that the tracker was not told
}

// NewTruth returns a Sink that knows the box of the target with a number in some frames, by their indices; the number 0
// means the only target. A frame whose box is not finite, because the target is not there, does not count.
func NewTruth(id int, known map[int]tracker.Box) *Truth { return &Truth{id: id, known: known} }

// Put implements Sink. As in the field's one-pass evaluations the initial frame counts; there the given box is true.
func (t *Truth) Put(s tracker.Step) error {
	box, ok := t.known[s.Frame.Index]
	target := &s.Targets[0]
	if t.id != 0 {
		if target = s.Target(t.id); target == nil {
			return nil
		}
	}
	if target.Initial {
		box, ok = target.Result.Box, true
	}
	if ok && box.Finite() {
		t.compared = t.compared || !target.Initial
		t.boxes, t.truth = append(t.boxes, target.Result.Box), append(t.truth, box)
	}
	return nil
}

// Close implements Sink.
func (t *Truth) Close() error { return nil }

// Score says how good a track was.
type Score struct {
	Frames      int     // that count
	MeanIoU     float64 // of continuous boxes
	AUC         float64 // the success curve's 21 values averaged, as the got10k toolkit does
	Precision20 float64 // the share of frames with the centre within 20 pixels
}

// Score compares what Put took with the truth. It is an error if no frame counts but the initial one, whose box was
// given.
func (t *Truth) Score() (Score, error) {
	if !t.compared {
		return Score{}, fmt.Errorf("follow: none of the %d boxes of the truth is of a frame that was tracked", len(t.known))
	}
	ope, err := metric.OnePass(metric.Track{Boxes: t.boxes, Truth: t.truth}, metric.GOT10k)
	if err != nil {
		return Score{}, err
	}
	s := Score{Frames: len(t.truth), AUC: ope.AUC(), Precision20: ope.Precision20()}
	for i, b := range t.boxes {
		s.MeanIoU += b.IoU(t.truth[i]) / float64(len(t.boxes))
	}
	return s, nil
}
