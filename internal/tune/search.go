package tune

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"siamtrack/siamfc"
)

// ErrOptions is wrapped by the error of a search that cannot be.
var ErrOptions = errors.New("no such search")

// Options say what is searched and how.
type Options struct {
	// Base is the loop as it is, which every other is compared with.
	Base       siamfc.LoopSpec
	Parameters []Parameter
	// Candidates is the number of loops, Base among them, at least 2.
	Candidates int
	// Folds is the number of parts of the sequences, at least 2; each is held out once.
	Folds int
	// Halving, above 1, scores all candidates on few sequences first and lets one in so many go on to so many times
	// more sequences (successive halving: Jamieson and Talwalkar, AISTATS 2016). Else all are scored on all of them.
	Halving int
	Seed    uint64
	// Jobs is the number of scores that are found at a time.
	Jobs int
	// Score runs a loop on a sequence and returns its score, in [0, 1]; more is better.
	Score func(ctx context.Context, l siamfc.LoopSpec, sequence int) (float64, error)
	// Progress is told how many scores have been found; nil for nobody.
	Progress func(runs int)
}

// Choice is the loop that was best on some sequences.
type Choice struct {
	Loop siamfc.LoopSpec
	// Score is its mean on those sequences, Base that of the loop as it is.
	Score, Base float64
}

// Gain is how much better than the loop as it is.
func (c Choice) Gain() float64 { return c.Score - c.Base }

// Fold is one part held out: what was chosen on the others, and what that is worth on the part.
type Fold struct {
	Choice
	// Held is the chosen loop's mean score on the part, HeldBase that of the loop as it is.
	Held, HeldBase float64
	// Sequences are those of the part.
	Sequences []int
}

// HeldGain is how much better the chosen loop is on sequences that it was not chosen on.
func (f Fold) HeldGain() float64 { return f.Held - f.HeldBase }

// Result is what a search found.
type Result struct {
	// Best is the choice on all sequences: its score is that of the sequences it was chosen on, and flatters.
	Best  Choice
	Folds []Fold
	// Runs is the number of runs of a loop on a sequence.
	Runs int
}

// Gain is the mean over folds of what the choice gains on what was held out, and Spread its standard deviation.
func (r Result) Gain() (mean, spread float64) {
	n := float64(len(r.Folds))
	for _, f := range r.Folds {
		mean += f.HeldGain() / n
	}
	for _, f := range r.Folds {
		d := f.HeldGain() - mean
		spread += d * d / (n - 1)
	}
	return mean, math.Sqrt(spread)
}

// Everywhere reports whether the choice gained in every fold.
func (r Result) Everywhere() bool {
	return !slices.ContainsFunc(r.Folds, func(f Fold) bool { return f.HeldGain() <= 0 })
}

// Search looks for the best loop. groups has the sequences that belong together (targets of one video), which are
// never on both sides of a fold: group i's are the numbers that Score is given.
func Search(ctx context.Context, groups [][]int, o Options) (Result, error) {
	switch {
	case o.Candidates < 2 || len(o.Parameters) == 0:
		return Result{}, fmt.Errorf("tune: nothing to choose from: %w", ErrOptions)
	case o.Folds < 2 || o.Folds > len(groups):
		return Result{}, fmt.Errorf("tune: %d folds of %d videos: 2 at least, and no more than there are: %w", o.Folds,
			len(groups), ErrOptions)
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0))
	loops := candidates(o.Base, o.Parameters, o.Candidates, rng)
	groups = slices.Clone(groups)
	rng.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
	s := &scores{jobs: max(1, o.Jobs), told: o.Progress, known: map[[2]int]float64{},
		score: func(ctx context.Context, c, q int) (float64, error) { return o.Score(ctx, loops[c], q) }}
	var r Result
	for f := range o.Folds {
		var inside, outside []int
		for i, g := range groups {
			if i%o.Folds == f {
				outside = append(outside, g...)
			} else {
				inside = append(inside, g...)
			}
		}
		best, err := s.choose(ctx, len(loops), inside, o.Halving)
		if err == nil {
			err = s.need(ctx, []int{0, best}, outside)
		}
		if err != nil {
			return r, err
		}
		slices.Sort(outside)
		r.Folds = append(r.Folds, Fold{s.choice(loops, best, inside), s.mean(best, outside), s.mean(0, outside), outside})
	}
	all := slices.Concat(groups...)
	best, err := s.choose(ctx, len(loops), all, o.Halving)
	if err != nil {
		return r, err
	}
	r.Best, r.Runs = s.choice(loops, best, all), len(s.known)
	return r, nil
}

// choice is a candidate with its score on sequences.
func (s *scores) choice(loops []siamfc.LoopSpec, candidate int, sequences []int) Choice {
	return Choice{loops[candidate], s.mean(candidate, sequences), s.mean(0, sequences)}
}

// choose returns the best of n candidates on sequences. The first one, the loop as it is, is never dropped, and stays
// where no other is better.
func (s *scores) choose(ctx context.Context, n int, sequences []int, halving int) (int, error) {
	left := make([]int, n)
	for i := range left {
		left[i] = i
	}
	for _, some := range rungs(n, len(sequences), halving) {
		on := sequences[:some]
		if err := s.need(ctx, left, on); err != nil {
			return 0, err
		}
		slices.SortStableFunc(left, func(a, b int) int { return cmp.Compare(s.mean(b, on), s.mean(a, on)) })
		if some == len(sequences) {
			break
		}
		left = left[:max(2, (len(left)+halving-1)/halving)]
		if !slices.Contains(left, 0) {
			left[len(left)-1] = 0
		}
		slices.Sort(left)
	}
	return left[0], nil
}

// rungs are the numbers of sequences on which candidates are compared, the last one all.
func rungs(candidates, sequences, halving int) []int {
	out := []int{sequences}
	if halving < 2 {
		return out
	}
	for n := candidates; n > halving; n /= halving {
		fewer := out[0] / halving
		if fewer < 1 {
			break
		}
		out = slices.Insert(out, 0, fewer)
	}
	return out
}
