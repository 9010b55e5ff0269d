package tune

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
)

// scores are those of candidates on sequences, each found when it is first asked for.
type scores struct {
	score func(ctx context.Context, candidate, sequence int) (float64, error)
	jobs  int
	told  func(runs int)

	mu    sync.Mutex
	known map[[2]int]float64
}

// need finds what is not known of candidates on sequences.
func (s *scores) need(ctx context.Context, candidates, sequences []int) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(s.jobs)
	for _, q := range sequences {
		for _, c := range candidates {
			s.mu.Lock()
			_, ok := s.known[[2]int{c, q}]
			s.mu.Unlock()
			if ok {
				continue
			}
			g.Go(func() error {
				if err := ctx.Err(); err != nil {
					return err
				}
				v, err := s.score(ctx, c, q)
				if err != nil {
					return err
				}
				s.mu.Lock()
				defer s.mu.Unlock()
				s.known[[2]int{c, q}] = v
				if s.told != nil {
					s.told(len(s.known))
				}
				return nil
			})
		}
	}
	return g.Wait()
}

// mean is a candidate's mean score on sequences, which are known.
func (s *scores) mean(candidate int, sequences []int) float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	sum := 0.0
	for _, q := range sequences {
		sum += s.known[[2]int{candidate, q}]
	}
	return sum / float64(len(sequences))
}
