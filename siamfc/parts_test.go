package siamfc

import (
	"fmt"
	"math"
	"testing"

	"siamtrack/tracker"
)

func TestJudge(t *testing.T) {
	j := judge{spec: StateSpec{Uncertain: 0.6, Lost: 0.3, Patience: 2, APCE: 5}}
	sharp, blunt := &tracker.Response{APCE: 20}, &tracker.Response{APCE: 1}
	for i, step := range []struct {
		score float64
		r     *tracker.Response
		want  tracker.State
	}{
		{0.9, sharp, tracker.Tracking}, {0.9, blunt, tracker.Uncertain}, {0.5, sharp, tracker.Uncertain},
		{0.2, sharp, tracker.Uncertain}, {0.2, sharp, tracker.Lost}, {0.5, sharp, tracker.Lost},
		{0.7, sharp, tracker.Uncertain}, {0.7, sharp, tracker.Tracking},
	} {
		if got := j.judge(step.score, step.r); got != step.want {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
}

func TestMeasureAgainstClosedForm(t *testing.T) {
	r := tracker.Response{Values: make([]float32, 81), Width: 9, Height: 9}
	for i := range r.Values { // side lobes of 0.1 and 0.3, half each: mean 0.2, deviation 0.1
		r.Values[i] = 0.1 + 0.2*float32(i%2)
	}
	r.Values[40] = 1
	measure(&r)
	// 72 cells lie outside the square of 3x3 about the middle: 36 of each value. APCE = 0.9^2 / mean((v-0.1)^2).
	apce := 0.81 / ((40*0.04 + 0.81) / 81)
	if math.Abs(r.PSR-8) > 1e-4 || math.Abs(r.APCE-apce) > 1e-3 || r.Peak != 1 {
		t.Errorf("peak %v, PSR %v (8), APCE %v (%v)", r.Peak, r.PSR, r.APCE, apce)
	}
	flat := tracker.Response{Values: make([]float32, 81), Width: 9, Height: 9}
	measure(&flat)
	if flat.PSR != 0 || flat.APCE != 0 {
		t.Errorf("of a flat map: PSR %v, APCE %v", flat.PSR, flat.APCE)
	}
}

// BenchmarkCorrelate meets 64 and 256 channels of 22x22 cells with an exemplar of 6x6, beside the plain loops of
// the definition.
func BenchmarkCorrelate(b *testing.B) {
	const hx, hz = 22, 6
	h := hx - hz + 1
	for _, channels := range []int{64, 256} {
		search, kernel := Features{make([]float32, channels*hx*hx), 1, channels, hx,
			hx}, Features{make([]float32, channels*hz*hz), 1, channels, hz, hz}
		dst, k, x := make([]float32, h*h), channelsLast(nil, kernel, 0), channelsLast(nil, search, 0)
		b.Run(fmt.Sprintf("%d channels", channels), func(b *testing.B) {
			for b.Loop() {
				x = channelsLast(x, search, 0)
				correlate(dst, x, hx, k, hz, hz, channels, h, h)
			}
		})
		b.Run(fmt.Sprintf("%d channels, plain", channels), func(b *testing.B) {
			for b.Loop() {
				plainCorrelate(dst, search, kernel)
			}
		})
	}
}

// plainCorrelate is the definition of the valid cross-correlation, channels first.
func plainCorrelate(dst []float32, search, kernel Features) {
	h, w := search.H-kernel.H+1, search.W-kernel.W+1
	for y := range h {
		for x := range w {
			var sum float32
			for c := range kernel.C {
				for dy := range kernel.H {
					for dx := range kernel.W {
						sum += search.Data[(c*search.H+y+dy)*search.W+x+dx] * kernel.Data[(c*kernel.H+dy)*kernel.W+dx]
					}
				}
			}
			dst[y*w+x] = sum
		}
	}
}

// TestCutAtTheBorder: of a box that leaves the frame the part inside remains, and never less than MinSide.
func TestCutAtTheBorder(t *testing.T) {
	tr := &Tracker{m: Manifest{Loop: LoopSpec{MinSide: 10}}}
	for _, c := range []struct{ centre, length, limit, wantCentre, wantLength float64 }{
		{50, 20, 100, 50, 20},  // inside
		{2, 20, 100, 6, 12},    // -8..12 becomes 0..12
		{98, 20, 100, 94, 12},  // 88..108 becomes 88..100
		{-30, 20, 100, 5, 10},  // gone to the left: the least at the border
		{130, 20, 100, 95, 10}, // gone to the right
		{4, 40, 8, 4, 8},       // a frame smaller than MinSide
	} {
		if centre, length := tr.clip(c.centre, c.length, c.limit); centre != c.wantCentre || length != c.wantLength {
			t.Errorf("%v: centre %v, length %v", c, centre, length)
		}
	}
}
