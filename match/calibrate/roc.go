package calibrate

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// ErrLabels is wrapped by the error of a sample in which no same or no different pair is.
var ErrLabels = errors.New("pairs of both kinds are needed")

// Measured is one pair's distance and label.
type Measured struct {
	Distance float64
	Same     bool
}

// Point is one operating point: pairs at Distance or nearer are accepted. FAR is the share of different pairs that it
// accepts (false accept rate), TAR the share of same pairs (true accept rate); the false reject rate is 1 - TAR.
type Point struct{ Distance, FAR, TAR float64 }

// ROC is the receiver operating characteristic of a sample: from (0, 0), which accepts nothing, to (1, 1), a point for
// each distinct distance.
type ROC struct {
	Points          []Point
	Same, Different int // pairs of each kind
}

// NewROC returns the ROC of a sample, whose distances are finite. Its error wraps ErrLabels.
func NewROC(sample []Measured) (ROC, error) {
	sorted := slices.Clone(sample)
	slices.SortFunc(sorted, func(a, b Measured) int { return cmp.Compare(a.Distance, b.Distance) })
	r := ROC{Points: []Point{{Distance: math.Inf(-1)}}}
	for _, m := range sorted {
		if m.Same {
			r.Same++
		} else {
			r.Different++
		}
	}
	if r.Same == 0 || r.Different == 0 {
		return ROC{}, fmt.Errorf("calibrate: %w: %d same and %d different found", ErrLabels, r.Same, r.Different)
	}
	same, different := 0, 0
	for i, m := range sorted {
		if m.Same {
			same++
		} else {
			different++
		}
		if i+1 < len(sorted) && sorted[i+1].Distance == m.Distance {
			continue // pairs at one distance are accepted together
		}
		r.Points = append(r.Points, Point{m.Distance, float64(different) / float64(r.Different),
			float64(same) / float64(r.Same)})
	}
	return r, nil
}

// AUC is the area under the ROC by the trapezoid rule: the probability that a same pair is nearer than a different one,
// ties counted half (Hanley and McNeil, "The Meaning and Use of the Area under a ROC Curve", 1982).
func (r ROC) AUC() float64 {
	var area float64
	for i := 1; i < len(r.Points); i++ {
		p, q := r.Points[i-1], r.Points[i]
		area += (q.FAR - p.FAR) * (p.TAR + q.TAR) / 2
	}
	return area
}

// EER is the equal error rate: where FAR and 1 - TAR meet on the ROC, its points joined by straight lines.
func (r ROC) EER() float64 {
	for i := 1; i < len(r.Points); i++ {
		p, q := r.Points[i-1], r.Points[i]
		before, after := p.FAR-(1-p.TAR), q.FAR-(1-q.TAR)
		if after < 0 {
			continue
		}
		return p.FAR + (q.FAR-p.FAR)*before/(before-after)
	}
	return 1 // not reached: the last point is (1, 1)
}

// AtFAR returns the operating point with the most accepted pairs whose FAR is at most far. Its Distance lies half way
// to the next pair of the sample, so that rounding does not turn verdicts; -Inf becomes half the nearest distance.
func (r ROC) AtFAR(far float64) Point {
	at := 0
	for i, p := range r.Points {
		if p.FAR <= far {
			at = i
		}
	}
	return r.between(at)
}

// best returns the operating point with the highest accuracy over the sample, the nearest of several.
func (r ROC) best() Point {
	at, most := 0, -1.0
	for i, p := range r.Points {
		if right := p.TAR*float64(r.Same) + (1-p.FAR)*float64(r.Different); right > most {
			at, most = i, right
		}
	}
	return r.between(at)
}

// between returns point i with its distance moved half way to the next.
func (r ROC) between(i int) Point {
	p := r.Points[i]
	switch {
	case i+1 == len(r.Points):
		return p
	case i == 0:
		p.Distance = r.Points[1].Distance / 2
	default:
		p.Distance = (p.Distance + r.Points[i+1].Distance) / 2
	}
	return p
}

// Accuracy is a share of right verdicts and the ends of its confidence interval.
type Accuracy struct {
	Right int     `json:"right"`
	Of    int     `json:"of"`
	Share float64 `json:"share"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// NewAccuracy returns the share with its 95 % confidence interval by Wilson's score (Wilson, "Probable Inference, the
// Law of Succession, and Statistical Inference", 1927). It takes verdicts as independent; pairs that share pictures are
// not quite, and the true interval is then wider.
func NewAccuracy(right, of int) Accuracy {
	const z = 1.959963984540054 // the normal distribution's 97.5 % quantile
	n, p := float64(of), float64(right)/float64(of)
	centre := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Accuracy{Right: right, Of: of, Share: p, Low: max(centre-half, 0), High: min(centre+half, 1)}
}

// folds is the number of parts of CrossValidate, as in Labeled Faces in the Wild (Huang et al., 2007).
const folds = 10

// CrossValidate returns the accuracy of verdicts on pairs that had no part in choosing the threshold: the sample is cut
// into ten parts, each kind of pair dealt out in turn, and each part is judged at the threshold that is most accurate
// on the other nine. Samples with fewer than ten pairs of a kind are cut into fewer parts; with one pair of a kind
// there is nothing to hold back, which is an error that wraps ErrLabels.
func CrossValidate(sample []Measured) (Accuracy, error) {
	var count [2]int
	part := make([]int, len(sample))
	for i, m := range sample {
		k := kind(m.Same)
		part[i] = count[k]
		count[k]++
	}
	n := min(folds, count[0], count[1])
	if n < 2 {
		return Accuracy{}, fmt.Errorf("calibrate: %w: two of each at least, to judge pairs that the threshold was not "+
			"chosen on", ErrLabels)
	}
	right := 0
	rest := make([]Measured, 0, len(sample))
	for fold := range n {
		rest = rest[:0]
		for i, m := range sample {
			if part[i]%n != fold {
				rest = append(rest, m)
			}
		}
		r, err := NewROC(rest)
		if err != nil {
			return Accuracy{}, err
		}
		threshold := r.best().Distance
		for i, m := range sample {
			if part[i]%n == fold && (m.Distance <= threshold) == m.Same {
				right++
			}
		}
	}
	return NewAccuracy(right, len(sample)), nil
}

func kind(same bool) int {
	if same {
		return 1
	}
	return 0
}
