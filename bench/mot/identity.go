package mot

// identity are the sums behind IDF1.
type identity struct{ matched, missed, extra float64 }

// newIdentity gives each target one track, so that as many boxes as can be match over the whole video, and returns
// the track of each target, none for one without.
func newIdentity(s *scene) (identity, []int) {
	common := newMatrix(len(s.targets), len(s.tracks))
	for _, f := range s.frames {
		for i, g := range f.targets {
			for j, o := range f.tracks {
				if f.overlaps.at(i, j) >= minOverlap {
					common.values[g*common.cols+o]--
				}
			}
		}
	}
	var d identity
	for _, n := range s.targets {
		d.missed += float64(n)
	}
	for _, n := range s.tracks {
		d.extra += float64(n)
	}
	tracks := assign(common)
	for i, j := range tracks {
		if j < 0 || common.at(i, j) == 0 {
			tracks[i] = none
			continue
		}
		n := -common.at(i, j)
		d.matched, d.missed, d.extra = d.matched+n, d.missed-n, d.extra-n
	}
	return d, tracks
}

// add adds another video's sums.
func (d *identity) add(o *identity) {
	d.matched += o.matched
	d.missed += o.missed
	d.extra += o.extra
}

// scores sets the identity scores.
func (d *identity) scores(s *Scores) {
	s.IDF1 = d.matched / max(1, d.matched+d.extra/2+d.missed/2)
	s.IDP = d.matched / max(1, d.matched+d.extra)
	s.IDR = d.matched / max(1, d.matched+d.missed)
}
