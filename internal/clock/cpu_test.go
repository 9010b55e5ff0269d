package clock

import (
	"runtime"
	"testing"
	"time"
)

// TestCPU: work costs processor time, no more than the processors can give; waiting costs next to none.
func TestCPU(t *testing.T) {
	begin, from := time.Now(), CPU()
	for x := 1; time.Since(begin) < 50*time.Millisecond; x++ {
		runtime.KeepAlive(x)
	}
	used, wall := CPU()-from, time.Since(begin)
	if used <= 0 {
		t.Skip("this system does not tell")
	}
	if most := time.Duration(runtime.NumCPU())*wall + 20*time.Millisecond; used > most {
		t.Errorf("%v of processor time in %v on %d processors", used, wall, runtime.NumCPU())
	}
	from = CPU()
	time.Sleep(50 * time.Millisecond)
	if waited := CPU() - from; waited > 40*time.Millisecond {
		t.Errorf("%v of processor time for waiting 50 ms", waited)
	}
}
