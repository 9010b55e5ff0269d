package siamfc

import (
	"errors"
	"math"
	"slices"
	"testing"

	"siamtrack/tracker"
)

// TestACalmTargetIsSearchedForInSmallerCrops: a target of 64x64 pixels is 64 pixels in a crop, so a step in the frame
// is as long there. What was found 128 pixels off, the edge of the usual crop, is forgotten to 24 in 16 frames:
// 128*0.9^15 = 26.4, 128*0.9^16 = 23.7.
func TestACalmTargetIsSearchedForInSmallerCrops(t *testing.T) {
	for name, c := range map[string]struct {
		x     []float64 // where the target is, frame by frame; below 0 there is none
		sizes []int
	}{
		"first the usual crop": {[]float64{100, 100, 100}, []int{256, 192, 192}},
		"steps of 20 pixels":   {[]float64{100, 120, 140, 160}, []int{256, 192, 192, 192}},
		"a step of 30": {[]float64{100, 100, 130, 130, 130, 130, 130}, // 30 from the middle, then 27, 24.3, 21.9
			[]int{256, 192, 192, 256, 256, 256, 192}},
		"gone for a frame": {append([]float64{100, -1}, slices.Repeat([]float64{100}, 18)...),
			slices.Concat([]int{256, 192}, slices.Repeat([]int{256}, 16), []int{192, 192})},
	} {
		m := boxManifest(LoopSpec{CalmShift: 24, SizeRate: 1}) // a size that scores 0 is not taken
		m.Search.Calm = 192
		net := &squares{m: m, factor: 1, score: 1}
		tr := begun(t, net, tracker.Box{X: 100, Y: 80, W: 64, H: 64})
		for i, x := range c.x {
			shown := tracker.Box{X: x, Y: 80, W: 64, H: 64}
			if x < 0 {
				shown = tracker.Box{}
			}
			r, err := tr.Update(white(shown))
			if err != nil {
				t.Fatal(err)
			}
			if n := net.sizes[i]; r.Response.Width != n/16 || math.Abs(r.Search.W-float64(n)) > 0.05*float64(n) {
				t.Errorf("%s: frame %d: a response of %d cells, a square of %v", name, i+1, r.Response.Width, r.Search.W)
			}
		}
		if !slices.Equal(net.sizes, c.sizes) {
			t.Errorf("%s: crops of %v, want %v", name, net.sizes, c.sizes)
		}
	}
}

// TestAnUnsureTargetIsSearchedForInTheUsualCrop: after it was found again, and while it may be another.
func TestAnUnsureTargetIsSearchedForInTheUsualCrop(t *testing.T) {
	m := boxManifest(LoopSpec{CalmShift: 24})
	m.Search.Calm = 192
	target := tracker.Box{X: 100, Y: 80, W: 64, H: 64}
	tr := begun(t, &squares{m: m, factor: 1, score: 1}, target)
	if _, err := tr.Update(white(target)); err != nil || tr.nextView() != tr.calm {
		t.Fatalf("a crop of %d pixels, %v", tr.nextView().size, err)
	}
	tr.known.doubt = true
	if tr.nextView() != tr.near {
		t.Error("a smaller crop while the target is in doubt")
	}
	tr.settle(tr.spot)
	if tr.nextView() != tr.near {
		t.Error("a smaller crop for a target that was found again just now")
	}
}

// TestATeamSearchesCropsOfOneSizeTogether: of three targets the second is unsure, so its crop is larger. Each is found
// where it is found alone.
func TestATeamSearchesCropsOfOneSizeTogether(t *testing.T) {
	m := boxManifest(LoopSpec{CalmShift: 24})
	m.Search.Calm = 192
	target := tracker.Box{X: 100, Y: 80, W: 64, H: 64}
	var members []tracker.TeamMember
	var alone, together []*Tracker
	for range 3 {
		a, b := begun(t, &squares{m: m, factor: 1, score: 1}, target), begun(t, &squares{m: m, factor: 1, score: 1}, target)
		alone, together, members = append(alone, a), append(together, b), append(members, b)
	}
	batch := &inTurn{}
	team := NewTeam(batch)
	for i := range 3 {
		img := white(tracker.Box{X: 100 + 4*float64(i), Y: 80, W: 64, H: 64})
		for _, tr := range [][]*Tracker{alone, together} {
			if i > 0 {
				tr[1].pace = 30
			}
		}
		if err := team.Search(img, members); err != nil {
			t.Fatal(err)
		}
		for k := range members {
			want, e1 := alone[k].Update(img)
			got, e2 := members[k].Locate(img)
			if err := errors.Join(e1, e2); err != nil || got.Box != want.Box || got.Search != want.Search {
				t.Errorf("frame %d: target %d is at %v, searched in %v; alone %v, %v; %v", i+1, k, got.Box, got.Search, want.Box,
					want.Search, err)
			}
		}
	}
	want := [][2]int{{3, 256}, {2, 192}, {1, 256}, {2, 192}, {1, 256}}
	if !slices.Equal(batch.calls, want) {
		t.Errorf("batches of %v, want %v", batch.calls, want)
	}
}
