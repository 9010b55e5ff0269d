package match

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind says what pictures show. A threshold holds for one kind: two faces differ far less than two objects do.
type Kind string

// The kinds that have a name here; any other name of small letters, digits and hyphens may be calibrated as well.
const (
	KindObject    Kind = "object"
	KindFace      Kind = "face"
	KindSignature Kind = "signature"
	// KindAny is that of pictures of which nobody says what they show.
	KindAny Kind = "any"
)

// ErrKind is wrapped by the error of a name that is none of a kind.
var ErrKind = errors.New("not a kind of picture")

// ParseKind reads a kind's name.
func ParseKind(s string) (Kind, error) {
	wrong := strings.IndexFunc(s, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-') })
	if s == "" || wrong >= 0 {
		return "", fmt.Errorf("%w: %q: small letters, digits and hyphens expected, as in object, face or signature", ErrKind,
			s)
	}
	return Kind(s), nil
}

// Verdict is what is said of two pictures.
type Verdict string

// The verdicts.
const (
	Same      Verdict = "same"
	Different Verdict = "different"
	// NotCalibrated is said where no threshold tells: the kind has none, or it is not known which kind's to take.
	NotCalibrated Verdict = "not calibrated"
)

// Judge gives verdicts on distances, for one kind of picture. It is read-only.
type Judge struct {
	kind Kind
	by   []Threshold // rising; pictures are the same by the first, different by the last
}

// JudgeBy returns a Judge by one threshold, whoever chose it.
func JudgeBy(t Threshold) Judge { return Judge{KindAny, []Threshold{t}} }

// Judge returns the judge of a kind and a distance. Of KindAny, without a threshold of its own, it is one by all kinds'
// thresholds: the same is what all of them accept, different what none of them does. One that is only a Bound serves
// there and nowhere else.
func (t Thresholds) Judge(k Kind, d Distance) Judge {
	j := Judge{kind: k}
	if own, ok := t.Kinds[k][d]; ok {
		if !own.Bound {
			j.by = []Threshold{own}
		}
		return j
	}
	if k != KindAny {
		return j
	}
	for _, of := range t.Kinds {
		if v, ok := of[d]; ok {
			j.by = append(j.by, v)
		}
	}
	slices.SortFunc(j.by, func(a, b Threshold) int {
		switch {
		case a.Distance < b.Distance:
			return -1
		case a.Distance > b.Distance:
			return 1
		}
		return strings.Compare(a.Pairs, b.Pairs)
	})
	return j
}

// Kind returns the kind of picture that is judged.
func (j Judge) Kind() Kind { return j.kind }

// Calibrated reports whether the judge has anything to judge by.
func (j Judge) Calibrated() bool { return len(j.by) > 0 }

// Of returns the verdict on a distance, and the threshold that it was made by, the zero Threshold where none tells.
func (j Judge) Of(distance float64) (Verdict, Threshold) {
	if len(j.by) == 0 {
		return NotCalibrated, Threshold{}
	}
	first, last := j.by[0], j.by[len(j.by)-1]
	switch {
	case first.Accepts(distance):
		return Same, first
	case !last.Accepts(distance):
		return Different, last
	}
	return NotCalibrated, Threshold{}
}
