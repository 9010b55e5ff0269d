package window

import (
	"testing"
	"time"
)

func TestLatencies(t *testing.T) {
	var l Latencies
	if l.Quantile(0.5) != 0 {
		t.Error("a quantile of nothing")
	}
	for ms := 1; ms <= 1000; ms++ {
		l.Add(time.Duration(ms) * time.Millisecond)
	}
	for q, want := range map[float64]time.Duration{
		0.5: 500 * time.Millisecond, 0.95: 950 * time.Millisecond, 0.99: 990 * time.Millisecond, 1: time.Second,
	} {
		if got := l.Quantile(q); got < want || float64(got) > 1.06*float64(want) {
			t.Errorf("quantile %v is %v, want %v or up to 5 %% more", q, got, want)
		}
	}
	var far Latencies
	far.Add(-time.Second)
	far.Add(time.Hour) // what cannot be told apart counts as the longest
	if low, high := far.Quantile(0.5), far.Quantile(1); low > time.Millisecond || high < 10*time.Second {
		t.Errorf("quantiles %v, %v", low, high)
	}
}

// TestKeysAreUnique: each key that is promised is there, and none twice.
func TestKeysAreUnique(t *testing.T) {
	seen := map[rune]bool{}
	for _, b := range bindings() {
		if seen[b.char] || b.do == nil || b.Name == "" || b.Does == "" {
			t.Errorf("key %q: twice, or without a line of help", b.char)
		}
		seen[b.char] = true
	}
	for _, char := range " .rcmpsvhfq" {
		if !seen[char] {
			t.Errorf("no key %q", char)
		}
	}
}
