package plural

import "testing"

func TestOf(t *testing.T) {
	for n, want := range map[int]string{0: "0 frames", 1: "1 frame", 2: "2 frames", -1: "-1 frames"} {
		if got := Of(n, "frame"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
