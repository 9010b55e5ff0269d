package tracker

import (
	"errors"
	"math"
	"testing"
)

func TestIoUClosedForms(t *testing.T) {
	for name, c := range map[string]struct {
		a, b Box
		want float64
	}{
		"itself":         {Box{3, 4, 10, 20}, Box{3, 4, 10, 20}, 1},
		"half beside":    {Box{0, 0, 10, 10}, Box{5, 0, 10, 10}, 1. / 3},
		"inside":         {Box{0, 0, 10, 10}, Box{2, 2, 5, 5}, 0.25},
		"touching":       {Box{0, 0, 10, 10}, Box{10, 0, 10, 10}, 0},
		"apart":          {Box{0, 0, 10, 10}, Box{50, 50, 10, 10}, 0},
		"empty":          {Box{0, 0, 10, 10}, Box{5, 5, 0, 3}, 0},
		"not a number":   {Box{0, 0, 10, 10}, Box{math.NaN(), 5, 3, 3}, 0},
		"fractions":      {Box{0.5, 0.5, 1, 1}, Box{1, 0.5, 1, 1}, 1. / 3},
		"negative width": {Box{0, 0, 10, 10}, Box{5, 5, -3, 3}, 0},
	} {
		if got := c.a.IoU(c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if c.a.IoU(c.b) != c.b.IoU(c.a) {
			t.Errorf("%s: not symmetric", name)
		}
	}
}

func TestTrackable(t *testing.T) {
	for name, c := range map[string]struct{ give, want Box }{
		"as it is":        {Box{10, 10, 20, 20}, Box{10, 10, 20, 20}},
		"backwards":       {Box{30, 30, -20, -20}, Box{10, 10, 20, 20}},
		"partly outside":  {Box{-10, 90, 20, 20}, Box{0, 90, 10, 10}},
		"not integer":     {Box{1.5, 2.25, 3.125, 4}, Box{1.5, 2.25, 3.125, 4}},
		"larger than all": {Box{-100, -100, 1000, 1000}, Box{0, 0, 100, 100}},
	} {
		got, err := c.give.Trackable(100, 100)
		if err != nil || got != c.want {
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
	for name, b := range map[string]Box{
		"empty": {10, 10, 0, 5}, "outside": {200, 10, 5, 5}, "NaN": {math.NaN(), 1, 2, 3},
		"infinite": {1, 1, math.Inf(1), 3}, "tiny": {10, 10, 1, 30}, "tiny after clipping": {99, 10, 30, 30},
	} {
		if got, err := b.Trackable(100, 100); !errors.Is(err, ErrBox) {
			t.Errorf("%s: %v, %v; an ErrBox expected", name, got, err)
		}
	}
}

// TestBoxText: a box is short, whatever its numbers, and can be read again.
func TestBoxText(t *testing.T) {
	for want, b := range map[string]Box{
		"1.000,-2.500,30.000,0.125":         {1, -2.5, 30, 0.125},
		"1e+300,-1e+09,999999999.000,0.000": {1e300, -1e9, 999999999, 0},
	} {
		got := b.String()
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if again, err := ParseBox(got); err != nil || again != b {
			t.Errorf("%s is read as %v, %v", got, again, err)
		}
	}
}

func FuzzParseBox(f *testing.F) {
	for _, s := range []string{
		"1,2,3,4", " 1.5 , -2 , 3e1 ,4", "1,2,3", "a,b,c,d", "NaN,1,1,1", "1e400,1,1,1", ",,,", "",
		"1e300,-123456789012.5,1,1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b, err := ParseBox(s)
		if err != nil {
			if !errors.Is(err, ErrBox) {
				t.Errorf("%q: error %v does not wrap ErrBox", s, err)
			}
			return
		}
		if !b.Finite() {
			t.Errorf("%q gave %v", s, b)
		}
		if again, err := ParseBox(b.String()); err != nil || math.Abs(again.X-b.X) > 0.0005+math.Abs(b.X)*1e-12 {
			t.Errorf("%q: %v read back as %v, %v", s, b, again, err)
		}
	})
}

func TestStateText(t *testing.T) {
	for _, s := range []State{Tracking, Uncertain, Lost} {
		text, err := s.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back State
		if err := back.UnmarshalText(text); err != nil || back != s {
			t.Errorf("%v became %v: %v", s, back, err)
		}
	}
	if _, err := State(7).MarshalText(); err == nil {
		t.Error("a state that is none was written")
	}
	var s State
	if err := s.UnmarshalText([]byte("gone")); err == nil {
		t.Error("a state that is none was read")
	}
}
