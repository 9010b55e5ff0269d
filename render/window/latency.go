package window

import (
	"math"
	"time"
)

// Latencies counts how long things took, in steps of 5 %, from a tenth of a millisecond to 10 s. It never grows.
type Latencies struct {
	counts [240]int
	total  int
}

const (
	shortest = 100 * time.Microsecond
	step     = 1.05
)

// Add counts d.
func (l *Latencies) Add(d time.Duration) {
	i := 0
	if d > shortest {
		i = int(math.Log(float64(d)/float64(shortest)) / math.Log(step))
	}
	l.counts[min(i, len(l.counts)-1)]++
	l.total++
}

// Quantile returns the value that the share q of what was counted does not exceed, up to 5 % too long; 0 where nothing
// was counted.
func (l *Latencies) Quantile(q float64) time.Duration {
	if l.total == 0 {
		return 0
	}
	want, seen := int(math.Ceil(q*float64(l.total))), 0
	for i, n := range l.counts {
		if seen += n; seen >= want && n > 0 {
			return time.Duration(float64(shortest) * math.Pow(step, float64(i+1)))
		}
	}
	return 0
}
