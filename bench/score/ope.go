package score

import (
	"errors"
	"fmt"
	"math"

	"siamtrack/bench/dataset"
	"siamtrack/bench/folder"
	"siamtrack/bench/metric"
	"siamtrack/tracker"
)

// opeProtocol is the one-pass evaluation with the curves of a convention, beside GOT-10k's average overlap.
func opeProtocol(f dataset.Format, c metric.Convention, tolerant bool) protocol {
	name := "one-pass evaluation"
	if f == dataset.GOT10k {
		name = "GOT-10k"
	}
	rank := func(m Measures) *float64 { return m.SuccessAUC }
	if f == dataset.GOT10k {
		rank = func(m Measures) *float64 { return m.AO }
	}
	p := protocol{
		name: name, convention: string(c), rank: rank,
		one: func(s *dataset.Sequence, dir string) (part, error) {
			return opePart(s, dir, opeRules{c, f == dataset.GOT10k, tolerant})
		},
		pool: poolOPE,
	}
	if f == dataset.GOT10k {
		p.pool = poolGOT10k
	}
	return p
}

// poolGOT10k is poolOPE with GOT-10k's own success curve, of 101 points over all frames.
func poolGOT10k(parts []part) (Measures, Curves, error) {
	m, c, err := poolOPE(parts)
	var overlaps []float64
	for _, p := range parts {
		overlaps = append(overlaps, p.overlaps...)
	}
	if len(overlaps) > 0 {
		c.Success = metric.NewAverageOverlap(overlaps).Success
	}
	return m, c, err
}

// opeRules are the rules of a one-pass evaluation. perFrame pools 1/t over frames, as got10k does for GOT-10k alone.
type opeRules struct {
	convention metric.Convention
	perFrame   bool
	tolerant   bool
}

// opePart scores one sequence.
func opePart(s *dataset.Sequence, dir string, o opeRules) (part, error) {
	t, said, err := readTrack(dir, s.Name, o.tolerant)
	if o.tolerant && isMissing(err) {
		if p, ok := absentPart(s, o.convention); ok {
			return p, nil
		}
	}
	if err != nil {
		return part{}, err
	}
	if s.Len() == 1 && len(t.Boxes) > 1 {
		return part{}, fmt.Errorf("the truth is not public: %w: hand the results to the benchmark's server", ErrOptions)
	}
	p := part{note: said}
	track := metric.Track{Boxes: t.Boxes, Truth: s.Truth, Absent: s.Absent}
	if o.tolerant {
		track, said = fit(t.Boxes, s, o.convention)
		p.note = joinNotes(p.note, said)
	}
	if p.ope, err = metric.OnePass(track, o.convention); err != nil {
		return part{}, trackError(t.Path, len(t.Boxes), s.Len(), err)
	}
	if err := p.addOverlaps(t, s, o); err != nil {
		return part{}, err
	}
	p.addTimes(t.RepeatSeconds, o.perFrame)
	p.Measures, _, err = poolOPE([]part{p})
	p.Overlaps, p.Boxes = frameOverlaps(t.Boxes, s), t.Boxes
	return p, err
}

// addOverlaps adds GOT-10k's overlaps, which pool all repetitions.
func (p *part) addOverlaps(t *folder.Track, s *dataset.Sequence, o opeRules) error {
	width, height := s.Width, s.Height
	if o.perFrame && width == 0 {
		// Of the first picture, 0 without any: GOT-10k's meta_info.ini says it, and people leave that away.
		width, height, _ = s.Size()
	}
	for r, boxes := range t.Repeats {
		track := metric.Track{Boxes: boxes, Truth: s.Truth, Absent: s.Absent}
		if o.tolerant {
			track, _ = fit(boxes, s, o.convention)
		} else if len(boxes) > s.Len() {
			track.Boxes = boxes[:s.Len()] // OnePass has refused it where it is not allowed
		}
		v, err := metric.Overlaps(track, width, height)
		if err != nil {
			return trackError(t.PathOf(r), len(boxes), s.Len(), err)
		}
		p.overlaps = append(p.overlaps, v...)
	}
	return nil
}

// trackError names the file of a track that cannot be scored, and where its length is wrong the line.
func trackError(path string, got, want int, err error) error {
	if errors.Is(err, metric.ErrLength) {
		return folder.LengthError(path, got, want, err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// frameOverlaps gives each frame's plain overlap, NaN where the target is absent.
func frameOverlaps(boxes []tracker.Box, s *dataset.Sequence) []float64 {
	out := make([]float64, s.Len())
	for i, g := range s.Truth {
		out[i] = math.NaN()
		if i < len(boxes) && !g.Empty() && (s.Absent == nil || !s.Absent[i]) {
			out[i] = boxes[i].IoU(g)
		}
	}
	return out
}

// addTimes adds the times of all repetitions.
func (p *part) addTimes(repeats [][]float64, perFrame bool) {
	for _, col := range repeats {
		for _, t := range col {
			if t > 0 {
				p.speed.frames++
				p.speed.seconds += t
				if perFrame {
					p.speed.inverse = append(p.speed.inverse, 1/t)
				}
			}
		}
	}
	if perFrame || len(repeats) == 0 {
		return
	}
	if f := metric.Speed(repeats[0]); f.Rate > 0 {
		p.speed.inverse = append(p.speed.inverse, f.MeanInverse)
	}
}

// dropSpeed forgets the times of a run that was not timed: its sequences may have run side by side.
func (p *part) dropSpeed() {
	p.speed, p.FPS, p.FPSMeanInverse = speed{}, nil, nil
}

// poolSpeed joins the times of sequences: frames over total time, and the mean of 1/t.
func poolSpeed(parts []part, m *Measures) {
	var all speed
	for _, p := range parts {
		all.frames += p.speed.frames
		all.seconds += p.speed.seconds
		all.inverse = append(all.inverse, p.speed.inverse...)
	}
	if all.frames > 0 {
		m.FPS = ptr(float64(all.frames) / all.seconds)
		m.FPSMeanInverse = ptr(metric.Mean(all.inverse))
	}
}

// poolOPE averages curves over sequences and overlaps over frames.
func poolOPE(parts []part) (Measures, Curves, error) {
	if len(parts) == 0 {
		return Measures{}, Curves{}, errors.New("nothing to pool")
	}
	ope := make([]metric.OPE, len(parts))
	var overlaps []float64
	for i, p := range parts {
		ope[i] = p.ope
		overlaps = append(overlaps, p.overlaps...)
	}
	o := metric.MeanOPE(ope)
	m := Measures{
		SuccessAUC: ptr(o.AUC()), Precision20: ptr(o.Precision20()), NormPrecision20: ptr(o.NormPrecision20()),
		NormPrecisionMean: ptr(o.NormPrecisionMean()), OP50: ptr(o.OP50()), OP75: ptr(o.OP75()),
	}
	if len(overlaps) > 0 {
		a := metric.NewAverageOverlap(overlaps)
		m.AO, m.SR50, m.SR75 = ptr(a.AO), ptr(a.SR50), ptr(a.SR75)
	}
	poolSpeed(parts, &m)
	return m, Curves{Success: o.Success, Precision: o.Precision, NormPrecision: o.NormPrecision}, nil
}
