package run

import (
	"encoding/json"
	"fmt"
	"math"

	"siamtrack/bench/dataset"
	"siamtrack/bench/metric"
)

// sequenceScore is the score that a run writes beside each track as it goes, for whoever watches it: track eval
// computes what is to be published, from the tracks themselves.
type sequenceScore struct {
	Name       string   `json:"name"`
	Frames     int      `json:"frames"`
	SuccessAUC *float64 `json:"success_auc,omitempty"`
	AO         *float64 `json:"ao,omitempty"`
	FPS        *float64 `json:"fps,omitempty"`
}

// writeScore scores a whole track by got10k's rules; without a public truth nothing is known but the speed, and that of
// a timed run alone: in another sequences run side by side.
func (r *runner) writeScore(s *dataset.Sequence, p *pass) error {
	out := sequenceScore{Name: s.Name, Frames: len(p.boxes)}
	if f := metric.Speed(p.seconds); r.Timing && f.Rate > 0 {
		out.FPS = &f.Rate
	}
	if s.Len() == len(p.boxes) {
		t := metric.Track{Boxes: p.boxes, Truth: s.Truth, Absent: s.Absent}
		if o, err := metric.OnePass(t, metric.GOT10k); err == nil {
			auc := o.AUC()
			out.SuccessAUC = &auc
		}
		if o, err := metric.Overlaps(t, s.Width, s.Height); err == nil && len(o) > 0 {
			if ao := metric.Mean(o); !math.IsNaN(ao) {
				out.AO = &ao
			}
		}
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("bench: score: %w", err)
	}
	return r.files.Score(s.Name).Write(append(raw, '\n'))
}
