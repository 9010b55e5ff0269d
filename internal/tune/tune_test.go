package tune

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"siamtrack/siamfc"
)

// groups are n sequences of which the first two are of one video.
func groups(n int) [][]int {
	out := [][]int{{0, 1}}
	for i := 2; i < n; i++ {
		out = append(out, []int{i})
	}
	return out
}

// window is a search of the window's weight.
func window(candidates, halving int, score func(l siamfc.LoopSpec, sequence int) float64) Options {
	return Options{
		Base: siamfc.LoopSpec{WindowInfluence: 0.65}, Parameters: Parameters(siamfc.Peak)[:1], Candidates: candidates,
		Folds: 4, Halving: halving, Seed: 3, Jobs: 3,
		Score: func(_ context.Context, l siamfc.LoopSpec, q int) (float64, error) { return score(l, q), nil },
	}
}

// planted is best at a weight of 0.3 on every sequence.
func planted(l siamfc.LoopSpec, sequence int) float64 {
	return 0.8 - math.Abs(l.WindowInfluence-0.3) - float64(sequence)/100
}

// TestSearchFinds: an optimum that all sequences share is found, gains in every fold, and halving finds it with fewer
// runs.
func TestSearchFinds(t *testing.T) {
	full, err := Search(context.Background(), groups(13), window(40, 1, planted))
	if err != nil {
		t.Fatal(err)
	}
	if w := full.Best.Loop.WindowInfluence; math.Abs(w-0.3) > 0.03 || !full.Everywhere() || full.Runs != 40*13 {
		t.Errorf("%+v", full)
	}
	mean, spread := full.Gain()
	if math.Abs(mean-0.35) > 0.03 || spread > 1e-9 {
		t.Errorf("gain %v, spread %v", mean, spread)
	}
	halved, err := Search(context.Background(), groups(13), window(40, 3, planted))
	if err != nil || halved.Best.Loop != full.Best.Loop || halved.Runs >= full.Runs/2 {
		t.Errorf("halving: %+v %v", halved, err)
	}
}

// TestSearchOfNoise: where loops differ by chance alone, the best one seems to gain on what it was chosen on, and does
// not on what was held out.
func TestSearchOfNoise(t *testing.T) {
	noise := func(l siamfc.LoopSpec, q int) float64 {
		rng := rand.New(rand.NewPCG(uint64(l.WindowInfluence*1000), uint64(q)))
		return 0.5 + 0.1*rng.NormFloat64()
	}
	r, err := Search(context.Background(), groups(13), window(60, 1, noise))
	if err != nil {
		t.Fatal(err)
	}
	mean, spread := r.Gain()
	if r.Best.Gain() < 0.03 || r.Everywhere() || mean > r.Best.Gain()/2 || spread < 0.01 {
		t.Errorf("best %+.3f, held out %+.3f, spread %.3f", r.Best.Gain(), mean, spread)
	}
}

// TestSearchKeepsTheBase: where nothing is better the loop as it is stays, and a fold never parts a video.
func TestSearchKeepsTheBase(t *testing.T) {
	base := func(l siamfc.LoopSpec, _ int) float64 { return l.WindowInfluence / 10 }
	o := window(10, 3, base)
	o.Base.WindowInfluence = 1
	r, err := Search(context.Background(), groups(9), o)
	if err != nil || r.Best.Loop != o.Base || r.Best.Gain() != 0 || r.Everywhere() {
		t.Errorf("%+v %v", r, err)
	}
	held := map[int]bool{}
	for _, f := range r.Folds {
		if n := len(f.Sequences); n > 0 && f.Sequences[0] == 0 && (n < 2 || f.Sequences[1] != 1) {
			t.Errorf("a video is on both sides of a fold: %v", f.Sequences)
		}
		for _, q := range f.Sequences {
			held[q] = true
		}
	}
	if len(held) != 9 {
		t.Errorf("held out: %v, want each once", held)
	}
}

// TestSearchAgain: the same seed gives the same, whatever the order in which scores come.
func TestSearchAgain(t *testing.T) {
	var mu sync.Mutex
	most := 0
	o := window(12, 2, planted)
	o.Progress = func(runs int) {
		mu.Lock()
		defer mu.Unlock()
		most = max(most, runs)
	}
	a, errA := Search(context.Background(), groups(8), o)
	o.Jobs = 1
	b, errB := Search(context.Background(), groups(8), o)
	if errA != nil || errB != nil || a.Best != b.Best || a.Runs != b.Runs || most != a.Runs {
		t.Errorf("%+v %v, %+v %v, %d told", a, errA, b, errB, most)
	}
	o.Seed = 4
	if c, err := Search(context.Background(), groups(8), o); err != nil || c.Best == a.Best {
		t.Errorf("another seed: %+v %v", c, err)
	}
}

func TestSearchRefuses(t *testing.T) {
	for what, change := range map[string]func(*Options){
		"one candidate":  func(o *Options) { o.Candidates = 1 },
		"one fold":       func(o *Options) { o.Folds = 1 },
		"too many folds": func(o *Options) { o.Folds = 9 },
		"nothing":        func(o *Options) { o.Parameters = nil },
	} {
		o := window(4, 1, planted)
		change(&o)
		if _, err := Search(context.Background(), groups(8), o); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", what, err)
		}
	}
	broken := errors.New("broken")
	o := window(4, 1, planted)
	o.Score = func(context.Context, siamfc.LoopSpec, int) (float64, error) { return 0, broken }
	if _, err := Search(context.Background(), groups(8), o); !errors.Is(err, broken) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Search(ctx, groups(8), window(4, 1, planted)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestParameters: every range is one that a manifest may have.
func TestParameters(t *testing.T) {
	peak, box := siamfc.PixelsManifest(), siamfc.PixelsManifest()
	if peak.Kind != siamfc.Peak {
		t.Fatalf("the manifest for tests is of kind %s", peak.Kind)
	}
	box.Kind = siamfc.Box
	for _, m := range []siamfc.Manifest{peak, box} {
		all := Parameters(m.Kind)
		if len(all) < 4 {
			t.Errorf("%s: %s", m.Kind, Names(all))
		}
		for _, p := range all {
			for _, v := range []float64{p.Low, p.High} {
				tried := m
				*p.field(&tried.Loop) = v
				if err := tried.Validate(); err != nil || p.Value(tried.Loop) != v {
					t.Errorf("%s=%v: %v", p.Name, v, err)
				}
			}
		}
		if some, err := Pick(all, []string{"window_influence"}); err != nil || len(some) != 1 {
			t.Errorf("%v %v", some, err)
		}
		if _, err := Pick(all, []string{"nothing"}); err == nil {
			t.Error("a parameter that is none was found")
		}
	}
	if Parameters(siamfc.Embedding) != nil {
		t.Error("a model that cannot track has a loop")
	}
}
