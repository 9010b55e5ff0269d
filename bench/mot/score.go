package mot

// Scores are what a tracker reached on one video or many.
type Scores struct {
	// HOTA, the detection and association accuracies, recalls and precisions behind it and the localisation accuracy
	// are means over 19 thresholds of overlap; Curve has HOTA at each, 0.05 to 0.95.
	HOTA, DetA, AssA, LocA     float64
	DetRe, DetPr, AssRe, AssPr float64
	Curve                      []float64
	// MOTA is 1 - (misses + false positives + switches)/boxes of the truth, MOTP the mean overlap of matches; both
	// match boxes from an overlap of 0.5 on.
	MOTA, MOTP                                  float64
	Misses, FalsePositives, Switches, Fragments int
	MostlyTracked, PartlyTracked, MostlyLost    int // targets matched in over 0.8, in 0.2 to 0.8, in less
	// IDF1 is the share of boxes with the right identity, IDP of the tracker's, IDR of the truth's.
	IDF1, IDP, IDR float64
}

// Target is what became of one target of the truth.
type Target struct {
	// ID is the truth's.
	ID int
	// Frames is the number of frames that it is in, Matched of those in which the one track that stands for it in IDF1
	// overlaps it by half.
	Frames, Matched int
	// Overlap is the mean over its frames of that track's overlap, 0 where the track is not there.
	Overlap float64
}

// Counts are the sums behind the scores of one video or many. The zero value is that of none.
type Counts struct {
	hota     hota
	clear    clearCounts
	identity identity
}

// Count scores one video: its sums, and what became of each target, in the order in which they appear.
func Count(v Video, k Toolkit) (Counts, []Target, error) {
	s, err := newScene(v)
	if err != nil {
		return Counts{}, nil, err
	}
	id, tracks := newIdentity(s)
	return Counts{newHOTA(s), newClear(s, k), id}, s.becameOf(tracks), nil
}

// becameOf says what became of the targets, whose tracks are given.
func (s *scene) becameOf(tracks []int) []Target {
	out := make([]Target, len(s.ids))
	for i, id := range s.ids {
		out[i] = Target{ID: id, Frames: s.targets[i]}
	}
	for _, f := range s.frames {
		for i, g := range f.targets {
			for j, o := range f.tracks {
				if o != tracks[g] {
					continue
				}
				v := f.overlaps.at(i, j)
				out[g].Overlap += v / float64(out[g].Frames)
				if v >= minOverlap {
					out[g].Matched++
				}
			}
		}
	}
	return out
}

// Add adds another video's sums, so that Scores are over all boxes.
func (c *Counts) Add(o Counts) {
	c.hota.add(&o.hota)
	c.clear.add(&o.clear)
	c.identity.add(&o.identity)
}

// Scores are the scores of the sums.
func (c Counts) Scores() Scores {
	var s Scores
	c.hota.scores(&s)
	c.clear.scores(&s)
	c.identity.scores(&s)
	return s
}
