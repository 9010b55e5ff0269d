package folder

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"siamtrack/bench/dataset"
)

// Shard is one share of a benchmark that is run on several machines: share Index, counted from 0, of Count. The zero
// value is the whole.
type Shard struct {
	Index int `json:"index"`
	Count int `json:"count"`
}

// ParseShard reads "i/n", i counted from 0 as Slurm and Kubernetes count.
func ParseShard(s string) (Shard, error) {
	a, b, ok := strings.Cut(s, "/")
	i, errI := strconv.Atoi(a)
	n, errN := strconv.Atoi(b)
	if !ok || errI != nil || errN != nil || n < 1 || i < 0 || i >= n {
		return Shard{}, fmt.Errorf("folder: shard %q: i/n with i from 0 to n-1 is expected: %w", s, ErrUse)
	}
	return Shard{i, n}, nil
}

// String returns "i/n", empty for the whole.
func (s Shard) String() string {
	if s.Count == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Count)
}

// Share returns the sequences of one share, in the dataset's order. Shares are even by frames: the longest sequence
// first, each to the share that has the fewest (Graham's rule); equal ones in the order of names, so that every machine
// comes to the same.
func (s Shard) Share(seqs []dataset.Sequence) []int {
	order := make([]int, len(seqs))
	for i := range order {
		order[i] = i
	}
	if s.Count <= 1 {
		return order
	}
	slices.SortFunc(order, func(a, b int) int {
		if d := seqs[b].Len() - seqs[a].Len(); d != 0 {
			return d
		}
		return strings.Compare(seqs[a].Name, seqs[b].Name)
	})
	load := make([]int, s.Count)
	var mine []int
	for _, i := range order {
		least := 0
		for j := range load {
			if load[j] < load[least] {
				least = j
			}
		}
		load[least] += seqs[i].Len()
		if least == s.Index {
			mine = append(mine, i)
		}
	}
	slices.Sort(mine)
	return mine
}
