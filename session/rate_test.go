package session

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r Rate
		tick := func(n int, every time.Duration) {
			for range n {
				time.Sleep(every)
				r.Tick(time.Now())
			}
		}
		near := func(want float64) {
			t.Helper()
			if got := r.PerSecond(); math.Abs(got-want) > 0.02*want {
				t.Errorf("%v a second, want %v", got, want)
			}
		}
		tick(1, 0)
		if r.PerSecond() != 0 {
			t.Error("a rate of one event")
		}
		tick(30, 40*time.Millisecond)
		near(25)
		tick(60, 20*time.Millisecond)
		near(50)
		time.Sleep(4 * time.Second) // silence shows, and is forgotten when events come again
		near(0.25)
		tick(2, 20*time.Millisecond)
		near(50)
		tick(80, 2*time.Second)
		near(0.5)
	})
}
