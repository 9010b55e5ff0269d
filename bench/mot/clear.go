package mot

// clearCounts are the sums behind MOTA and MOTP.
type clearCounts struct {
	matched, missed, extra, switches, fragments float64
	overlap                                     float64 // of matches
	mostly, partly, lost                        float64 // targets, by the share of frames in which they are matched
}

// none is the track of a target that has none.
const none = -1

// clearState is what CLEAR carries from frame to frame.
type clearState struct {
	toolkit Toolkit
	last    []int // each target's last track
	before  []int // its track in the frame before
	matched []float64
	runs    []float64 // how often a target was matched anew
}

// newClear matches a scene frame by frame.
func newClear(s *scene, k Toolkit) clearCounts {
	var c clearCounts
	n := len(s.targets)
	st := clearState{k, make([]int, n), make([]int, n), make([]float64, n), make([]float64, n)}
	for i := range st.last {
		st.last[i], st.before[i] = none, none
	}
	for _, f := range s.frames {
		if len(f.targets) == 0 || len(f.tracks) == 0 { // such a frame does not part what lies before and after it
			c.missed += float64(len(f.targets))
			c.extra += float64(len(f.tracks))
			continue
		}
		var columns []int
		if k == MotMetrics {
			columns = st.keepLast(f)
		} else {
			columns = st.keepBefore(f)
		}
		st.count(&c, f, columns)
	}
	for i, frames := range s.targets {
		switch share := st.matched[i] / float64(frames); {
		case share > 0.8:
			c.mostly++
		case share >= 0.2:
			c.partly++
		default:
			c.lost++
		}
		c.fragments += max(0, st.runs[i]-1)
	}
	return c
}

// keepBefore is TrackEval's matching: the largest sum of overlaps, in which a match of the frame before counts 1000
// more.
func (st *clearState) keepBefore(f frame) []int {
	score := newMatrix(len(f.targets), len(f.tracks))
	for i, g := range f.targets {
		for j, o := range f.tracks {
			v := f.overlaps.at(i, j)
			if v < minOverlap-eps {
				continue
			}
			if st.before[g] == o {
				v += 1000
			}
			score.set(i, j, -v)
		}
	}
	columns := assign(score)
	for i, j := range columns {
		if j >= 0 && -score.at(i, j) <= eps {
			columns[i] = none
		}
	}
	return columns
}

// keepLast is py-motmetrics's matching: first each target's last track, then as many of the rest as can be, with the
// least sum of distances.
func (st *clearState) keepLast(f frame) []int {
	columns, taken := make([]int, len(f.targets)), make([]bool, len(f.tracks))
	for i, g := range f.targets {
		columns[i] = none
		for j, o := range f.tracks {
			if o == st.last[g] && !taken[j] && near(f, i, j) {
				columns[i], taken[j] = j, true
			}
		}
	}
	free := func(i, j int) bool { return columns[i] == none && !taken[j] && near(f, i, j) }
	largest, any := 0.0, false
	for i := range f.targets {
		for j := range f.tracks {
			if free(i, j) {
				largest, any = max(largest, 1-f.overlaps.at(i, j)), true
			}
		}
	}
	if !any {
		return columns
	}
	cost := newMatrix(len(f.targets), len(f.tracks))
	for i := range f.targets {
		for j := range f.tracks {
			if free(i, j) {
				cost.set(i, j, 1-f.overlaps.at(i, j))
			} else { // dearer than any set of pairs that can be
				cost.set(i, j, 2*float64(min(cost.rows, cost.cols))*(largest+1)+1)
			}
		}
	}
	for i, j := range assign(cost) {
		if j >= 0 && free(i, j) {
			columns[i] = j
		}
	}
	return columns
}

// near reports whether py-motmetrics lets two boxes match: it compares the distance, which is one less the overlap.
func near(f frame, i, j int) bool { return 1-f.overlaps.at(i, j) <= minOverlap }

// count adds a frame whose targets have been given columns.
func (st *clearState) count(c *clearCounts, f frame, columns []int) {
	now := make([]int, len(st.before))
	for i := range now {
		now[i] = none
	}
	n := 0.0
	for i, j := range columns {
		if j < 0 {
			continue
		}
		n++
		g, o := f.targets[i], f.tracks[j]
		c.overlap += f.overlaps.at(i, j)
		if st.last[g] != none && st.last[g] != o {
			c.switches++
		}
		if st.before[g] == none {
			st.runs[g]++
		}
		st.matched[g]++
		st.last[g], now[g] = o, o
	}
	st.before = now
	c.matched += n
	c.missed += float64(len(f.targets)) - n
	c.extra += float64(len(f.tracks)) - n
}

// add adds another video's sums.
func (c *clearCounts) add(o *clearCounts) {
	c.matched += o.matched
	c.missed += o.missed
	c.extra += o.extra
	c.switches += o.switches
	c.fragments += o.fragments
	c.overlap += o.overlap
	c.mostly += o.mostly
	c.partly += o.partly
	c.lost += o.lost
}

// scores sets CLEAR's scores.
func (c *clearCounts) scores(s *Scores) {
	truth := max(1, c.matched+c.missed)
	s.MOTA = (c.matched - c.extra - c.switches) / truth
	s.MOTP = c.overlap / max(1, c.matched)
	s.Misses, s.FalsePositives = int(c.missed), int(c.extra)
	s.Switches, s.Fragments = int(c.switches), int(c.fragments)
	s.MostlyTracked, s.PartlyTracked, s.MostlyLost = int(c.mostly), int(c.partly), int(c.lost)
}
