package memory

import (
	"errors"
	"runtime"
	"testing"
)

func TestRoom(t *testing.T) {
	for _, n := range []int64{-1, 0, 1, Large - 1, Large} {
		if err := Room(n); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux is asked")
	}
	for _, n := range []int64{1 << 50, 1<<63 - 1} {
		if err := Room(n); !errors.Is(err, Err) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if left, known := available(); !known || left <= 0 {
		t.Errorf("%d bytes are left, known %v", left, known)
	}
}
