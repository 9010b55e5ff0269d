package siamtrack_test

import (
	"image"
	"testing"

	"siamtrack/siamfc"
	"siamtrack/siamfc/onnx"
	"siamtrack/tracker"
)

// counting counts the crops that a real network is shown.
type counting struct {
	siamfc.Refresher
	net   siamfc.Network
	crops int
}

func (c *counting) Exemplar(crop []float32, target tracker.Box) error {
	return c.net.Exemplar(crop, target)
}

func (c *counting) Search(crops []float32, size int) (siamfc.Maps, error) {
	c.crops++
	return c.net.Search(crops, size)
}

func (c *counting) Recognise(crop []float32, target tracker.Box) ([]float32, error) {
	c.crops++
	return c.Refresher.Recognise(crop, target)
}

// TestALostUpdateCostsOneCropMore: whatever happens while the target is lost, is perhaps found, and is found, an update
// shows the network two crops at most, where an ordinary one is one, allocates nothing, and says the same each time.
func TestALostUpdateCostsOneCropMore(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing for the race detector")
	}
	rt, err := onnx.Start(onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	model, err := rt.Open("models/siamtrack.onnx")
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	scene := lawn(t)
	left, right := image.Pt(150, 520), image.Pt(1050, 490)
	first, still, gone, back := scene(left), scene(left), scene(), scene(right)
	var runs [2][]tracker.Result
	for run := range runs {
		net, err := model.Network()
		if err != nil {
			t.Fatal(err)
		}
		counted := &counting{Refresher: net.(siamfc.Refresher), net: net}
		tr, err := siamfc.New(counted, model.Manifest())
		if err != nil {
			t.Fatal(err)
		}
		if err := tr.Init(first, at(left)); err != nil {
			t.Fatal(err)
		}
		said := make([]tracker.Result, 0, 100)
		step := func(img *image.RGBA) func() {
			return func() {
				counted.crops = 0
				r := update(t, tr, img)
				if r.Response = nil; counted.crops > 2 {
					t.Errorf("frame %d, %v: %d crops", len(said), r.State, counted.crops)
				}
				said = append(said, r)
			}
		}
		for i := range 25 {
			if i < 10 {
				step(still)()
			} else {
				step(gone)()
			}
		}
		if n := testing.AllocsPerRun(30, step(gone)); n > 0 {
			t.Errorf("%v allocations an update while she is gone", n)
		}
		if n := testing.AllocsPerRun(39, step(back)); n > 0 {
			t.Errorf("%v allocations an update until she is found", n)
		}
		runs[run] = said
		if err := net.Close(); err != nil {
			t.Fatal(err)
		}
	}
	met := map[tracker.State]int{}
	for i, r := range runs[0] {
		met[r.State]++
		if r != runs[1][i] {
			t.Errorf("frame %d: %+v, and then %+v", i, r, runs[1][i])
		}
	}
	last := runs[0][len(runs[0])-1].State
	if t.Log(met); met[tracker.Lost] < 20 || met[tracker.Uncertain] < 2 || last != tracker.Tracking {
		t.Errorf("states %v: not lost, perhaps found and found", met)
	}
}
