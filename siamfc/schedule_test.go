package siamfc

import (
	"image"
	"math"
	"testing"
)

// TestTheWholeFrameIsSeenWithinASecond: in 30 frames each place of a frame of 1280x720 where the whole target could be
// lies in a square that was looked at, at a size of the target that networks find, for targets of 20 pixels and more.
func TestTheWholeFrameIsSeenWithinASecond(t *testing.T) {
	size := image.Pt(1280, 720)
	for _, target := range [][2]float64{{20, 20}, {50, 148}, {300, 40}, {40, 40}, {120, 90}, {400, 500}} {
		w, h := target[0], target[1]
		near := 2 * ExemplarSpec{Size: 128, Context: 0.5}.Side(w, h)
		s := newSchedule()
		var seen [][3]float64
		for range 30 {
			cx, cy, q := s.next(size, 900, 200, w, h, near, 1.5*near)
			if q.w == w && q.side <= 2*near || q.large && q.side <= 3*near {
				seen = append(seen, [3]float64{cx, cy, q.side / 2})
			}
		}
		for y := h / 2; y <= 720-h/2; y += 5 {
			for x := w / 2; x <= 1280-w/2; x += 5 {
				inside := false
				for _, q := range seen {
					inside = inside || max(math.Abs(x-q[0])+w/2, math.Abs(y-q[1])+h/2) < q[2]+1e-6
				}
				if !inside {
					t.Fatalf("%v about %v, %v: not in %d squares", target, x, y, len(seen))
				}
			}
		}
	}
}

// TestAPassVisitsEachPlaceOnceNearestFirst, and then again.
func TestAPassVisitsEachPlaceOnceNearestFirst(t *testing.T) {
	size, q := image.Pt(640, 480), tiling{side: 100, w: 20, h: 20}
	columns, rows := q.cells(size)
	p := newSchedule().passes[0]
	var first []int
	for round := range 2 {
		seen, far := map[int]bool{}, 0.0
		for i := range columns * rows {
			cx, cy := p.next(size, 100, 100, q)
			d := math.Hypot(cx-100, cy-100)
			if seen[p.at] || d < far-1e-9 {
				t.Fatalf("place %d again, or nearer than the one before", p.at)
			}
			seen[p.at], far = true, d
			if round == 0 {
				first = append(first, p.at)
			} else if first[i] != p.at {
				t.Fatalf("round 2, place %d: %d, want %d", i, p.at, first[i])
			}
		}
	}
	if got, _ := p.next(image.Pt(0, 0), math.NaN(), 0, q); math.IsNaN(got) {
		t.Error("a frame without pixels, a place that is none")
	}
}
