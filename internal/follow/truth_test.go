package follow

import (
	"image"
	"math"
	"testing"

	"siamtrack/tracker"
)

// TestTruthByHand checks the figures of a track of four frames that were worked out on paper.
func TestTruthByHand(t *testing.T) {
	at := func(x float64) tracker.Box { return tracker.Box{X: x, Y: 0, W: 40, H: 40} }
	nan := tracker.Box{X: math.NaN()}
	truth := NewTruth(0, map[int]tracker.Box{0: at(99), 2: at(0), 4: at(0), 5: nan, 7: at(0)})
	frame := tracker.Frame{Image: image.NewRGBA(image.Rect(0, 0, 1, 1))}
	for i, x := range []float64{0, 50, 20, 50, 21, 0, 0} {
		frame.Index = i
		target := tracker.Target{ID: 1, Initial: i == 0, Result: tracker.Result{Box: at(x)}}
		if err := truth.Put(tracker.Step{Frame: frame, Targets: []tracker.Target{target}}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := truth.Score()
	if err != nil {
		t.Fatal(err)
	}
	// Frames 0 (as given), 2 and 4 count: frame 5 has no target, frame 7 was not reached.
	iou2, iou4 := 20.0/60, 19.0/61
	if got.Frames != 3 || math.Abs(got.MeanIoU-(1+iou2+iou4)/3) > 1e-12 || math.Abs(got.Precision20-2.0/3) > 1e-12 {
		t.Errorf("%+v", got)
	}
	// Overlaps above 0, 0.05 ... 1: the perfect frame passes 20 thresholds, the two others the 7 up to 0.3.
	if want := (20.0 + 7 + 7) / 3 / 21; math.Abs(got.AUC-want) > 1e-12 {
		t.Errorf("AUC %v, want %v", got.AUC, want)
	}
}

// A track that is compared with nothing but the box that it was given would always be perfect.
func TestTruthOfNothing(t *testing.T) {
	given := NewTruth(0, map[int]tracker.Box{0: {W: 9, H: 9}, 7: {W: 9, H: 9}})
	target := tracker.Target{ID: 1, Initial: true, Result: tracker.Result{Box: tracker.Box{W: 9, H: 9}}}
	if err := given.Put(tracker.Step{Targets: []tracker.Target{target}}); err != nil {
		t.Fatal(err)
	}
	if s, err := given.Score(); err == nil {
		t.Errorf("scored the given box: %+v", s)
	}
	if s, err := NewTruth(0, nil).Score(); err == nil {
		t.Errorf("scored nothing: %+v", s)
	}
}
