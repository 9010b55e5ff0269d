package score

import (
	"math"
	"slices"

	"siamtrack/bench/dataset"
	"siamtrack/bench/metric"
)

// tagNames lists the attributes that a dataset's frames carry, with the number of sequences that have each.
func tagNames(d *dataset.Dataset) map[string]int {
	out := map[string]int{}
	for i := range d.Sequences {
		for tag, flags := range d.Sequences[i].Tags {
			if slices.Contains(flags, true) {
				out[tag]++
			}
		}
	}
	return out
}

// byTag scores the frames that carry each attribute: by VOT's accuracy and failures where parts have trajectories, by
// the mean overlap elsewhere. Sequences' own attributes are byAttribute's.
func byTag(parts []part) map[string]*Measures {
	tags := map[string]bool{}
	for _, p := range parts {
		for tag := range p.seq.Tags {
			tags[tag] = true
		}
	}
	out := map[string]*Measures{}
	for tag := range tags {
		var m Measures
		if parts[0].vot.reset {
			var all []metric.Supervised
			var flags [][]bool
			for _, p := range parts {
				all, flags = append(all, p.vot.supervised), append(flags, p.seq.Tags[tag])
			}
			accuracy, lost := metric.ByTag(all, flags)
			m = Measures{Accuracy: ptr(accuracy), Lost: ptr(lost)}
		} else if o := taggedOverlaps(parts, tag); len(o) > 0 {
			m = Measures{AO: ptr(metric.Mean(o))}
		}
		if m != (Measures{}) {
			out[tag] = &m
		}
	}
	return out
}

// taggedOverlaps are the overlaps of the frames with an attribute, the first frame left out as in GOT-10k's protocol.
func taggedOverlaps(parts []part, tag string) []float64 {
	var out []float64
	for _, p := range parts {
		for i, on := range p.seq.Tags[tag] {
			if on && i > 0 && i < len(p.Overlaps) && !math.IsNaN(p.Overlaps[i]) {
				out = append(out, p.Overlaps[i])
			}
		}
	}
	return out
}
