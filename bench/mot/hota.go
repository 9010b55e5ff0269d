package mot

import "math"

// alphas is the number of thresholds over which HOTA is averaged: 0.05, 0.10 ... 0.95.
const alphas = 19

// alpha is a threshold, as numpy's arange gives it.
func alpha(i int) float64 { return 0.05 + float64(float64(i)*0.05) }

// hota are the sums behind HOTA, at each threshold.
type hota struct {
	matched, missed, extra [alphas]float64
	// overlap is the sum of the overlaps of matches; accuracy, recall and precision those of their associations'.
	overlap, accuracy, recall, precision [alphas]float64
}

// newHOTA matches the frames of a scene once, by how well targets and tracks fit over the whole video and in the
// frame, and counts the matches at each threshold.
func newHOTA(s *scene) hota {
	var h hota
	fit := s.alignment()
	pairs := matchedPairs{index: map[[2]int]int{}}
	for _, f := range s.frames {
		score := newMatrix(len(f.targets), len(f.tracks))
		for i, g := range f.targets {
			for j, o := range f.tracks {
				score.set(i, j, -fit.at(g, o)*f.overlaps.at(i, j))
			}
		}
		h.match(f, assign(score), &pairs)
	}
	for k, p := range pairs.pairs {
		g, o := float64(s.targets[p[0]]), float64(s.tracks[p[1]])
		for a, n := range pairs.counts[k] {
			h.accuracy[a] += n * n / max(1, g+o-n)
			h.recall[a] += n * n / max(1, g)
			h.precision[a] += n * n / max(1, o)
		}
	}
	return h
}

// match counts the matches of a frame whose targets have been given columns.
func (h *hota) match(f frame, columns []int, pairs *matchedPairs) {
	for a := range alphas {
		h.missed[a] += float64(len(f.targets))
		h.extra[a] += float64(len(f.tracks))
	}
	for i, j := range columns {
		if j < 0 || f.overlaps.at(i, j) < alpha(0)-eps {
			continue
		}
		v, counts := f.overlaps.at(i, j), pairs.of(f.targets[i], f.tracks[j])
		for a := 0; a < alphas && v >= alpha(a)-eps; a++ {
			h.matched[a]++
			h.missed[a]--
			h.extra[a]--
			h.overlap[a] += v
			counts[a]++
		}
	}
}

// matchedPairs counts the frames in which a target and a track match, at each threshold.
type matchedPairs struct {
	index  map[[2]int]int
	pairs  [][2]int
	counts [][alphas]float64
}

// of is the counts of a pair, valid until the next call.
func (m *matchedPairs) of(target, track int) *[alphas]float64 {
	p := [2]int{target, track}
	k, ok := m.index[p]
	if !ok {
		k = len(m.pairs)
		m.index[p], m.pairs, m.counts = k, append(m.pairs, p), append(m.counts, [alphas]float64{})
	}
	return &m.counts[k]
}

// alignment is how well each target and track fit over the whole video, whatever else is matched: an intersection over
// union of their boxes, of which those that overlap others count less.
func (s *scene) alignment() matrix {
	m := newMatrix(len(s.targets), len(s.tracks))
	for _, f := range s.frames {
		rows, cols := make([]float64, len(f.targets)), make([]float64, len(f.tracks))
		for i := range rows {
			for j := range cols {
				rows[i] += f.overlaps.at(i, j)
				cols[j] += f.overlaps.at(i, j)
			}
		}
		for i, g := range f.targets {
			for j, o := range f.tracks {
				v := f.overlaps.at(i, j)
				if d := cols[j] + rows[i] - v; d > eps {
					m.values[g*m.cols+o] += v / d
				}
			}
		}
	}
	for i, g := range s.targets {
		for j, o := range s.tracks {
			v := m.at(i, j)
			m.set(i, j, v/(float64(g)+float64(o)-v))
		}
	}
	return m
}

// add adds another video's sums.
func (h *hota) add(o *hota) {
	for a := range alphas {
		h.matched[a] += o.matched[a]
		h.missed[a] += o.missed[a]
		h.extra[a] += o.extra[a]
		h.overlap[a] += o.overlap[a]
		h.accuracy[a] += o.accuracy[a]
		h.recall[a] += o.recall[a]
		h.precision[a] += o.precision[a]
	}
}

// scores sets the means over the thresholds, and the curve.
func (h *hota) scores(s *Scores) {
	s.Curve = make([]float64, alphas)
	for a := range alphas {
		n, missed, extra := h.matched[a], h.missed[a], h.extra[a]
		det, ass := n/max(1, n+missed+extra), h.accuracy[a]/max(1, n)
		s.Curve[a] = math.Sqrt(det * ass)
		s.HOTA += s.Curve[a] / alphas
		s.DetA += det / alphas
		s.DetRe += n / max(1, n+missed) / alphas
		s.DetPr += n / max(1, n+extra) / alphas
		s.AssA += ass / alphas
		s.AssRe += h.recall[a] / max(1, n) / alphas
		s.AssPr += h.precision[a] / max(1, n) / alphas
		s.LocA += max(1e-10, h.overlap[a]) / max(1e-10, n) / alphas
	}
}
