package siamtrack_test

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"siamtrack/internal/synth"
	"siamtrack/siamfc"
	"siamtrack/siamfc/onnx"
	"siamtrack/tracker"
)

// people are others in the sample's first frame, and places of its lawn, where nothing is to be followed for long.
var people = []tracker.Box{
	walker[0], {X: 528, Y: 285, W: 62, H: 120}, {X: 5, Y: 175, W: 45, H: 80}, {X: 505, Y: 185, W: 40, H: 90},
	{X: 715, Y: 228, W: 50, H: 100}, {X: 100, Y: 400, W: 60, H: 60}, {X: 200, Y: 300, W: 40, H: 80},
	{X: 600, Y: 420, W: 90, H: 50}, {X: 60, Y: 60, W: 30, H: 30}, {X: 640, Y: 90, W: 80, H: 60},
}

// grouped is a Batch that notes how many crops of which size it was given at once.
type grouped struct {
	siamfc.Batch
	met map[[2]int]int
}

func (g *grouped) Search(nets []siamfc.Network, crops [][]float32, size int, results []siamfc.Maps) error {
	g.met[[2]int{len(nets), size}]++
	return g.Batch.Search(nets, crops, size, results)
}

// TestTogetherSaysTheSame follows targets of a real clip, a cut to another scene and one back: searched together they
// are said to be where they are searched one after the other, to the last bit, tracked, lost and found again, while
// targets come and go; and an update allocates nothing.
func TestTogetherSaysTheSame(t *testing.T) {
	frames := clipWithCut(t)
	type of struct {
		model   string
		targets []int
	}
	cases := []of{{"siamtrack-s", []int{3}}, {"siamtrack-s", []int{1, 2, 10}}, {"siamtrack", []int{3}},
		{"siamtrack-s-fp32", []int{2}}}
	if testing.Short() {
		cases = cases[:1]
	}
	for _, c := range cases {
		rt, err := onnx.Start(onnx.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { rt.Close() })
		model, err := rt.Open("models/" + c.model + ".onnx")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { model.Close() })
		batch, err := model.Batch()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { batch.Close() })
		for n := 2; n <= 5; n++ {
			if err := batch.Prepare(n); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range c.targets {
			t.Run(fmt.Sprintf("%s/%d", c.model, n), func(t *testing.T) {
				alone, _ := followed(t, model, nil, frames, n)
				group := &grouped{batch, map[[2]int]int{}}
				together, m := followed(t, model, siamfc.NewTeam(group), frames, n)
				for i := range alone {
					if !slices.EqualFunc(alone[i], together[i], same) {
						t.Fatalf("frame %d: %+v together, %+v one by one", i, together[i], alone[i])
					}
				}
				size := model.Manifest().Search.Size
				if n == 1 && len(group.met) > 0 || n > 1 && group.met[[2]int{n, size}] < 5 {
					t.Errorf("crops that were searched together: %v", group.met)
				}
				update := func() {
					if _, err := m.Update(frames[len(frames)-1]); err != nil {
						t.Error(err)
					}
				}
				for range 30 { // by then the targets are calm, and as many crops of a size were searched together before
					update()
				}
				if allocated := testing.AllocsPerRun(5, update); allocated > 0 {
					t.Errorf("%v allocations an update", allocated)
				}
			})
		}
	}
}

// clipWithCut is part of the sample clip, another scene, and a later part of the clip.
func clipWithCut(t *testing.T) []*image.RGBA {
	t.Helper()
	indices := []int{0}
	for i := range 24 {
		indices = append(indices, i+1+i/10*10)
	}
	shown := walk(t, indices...)
	other, err := synth.New(synth.Scene{Width: shown[0].Rect.Dx(), Height: shown[0].Rect.Dy(), Frames: 16, Seed: 12})
	if err != nil {
		t.Fatal(err)
	}
	frames := shown[:12:12]
	for range 16 {
		var f tracker.Frame
		if err := other.Next(&f); err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f.Image)
	}
	return append(frames, shown[12:]...)
}

// followed follows n targets through frames, the last of which comes two frames later than the others, and one of which
// is given up for another at the end. It returns what was said.
func followed(t *testing.T, model *onnx.Model, team tracker.Team, frames []*image.RGBA, n int) ([][]tracker.Target,
	*tracker.Multi) {
	t.Helper()
	m := tracker.NewMulti(func() (tracker.Tracker, error) {
		net, err := model.Network()
		if err != nil {
			return nil, err
		}
		t.Cleanup(func() { net.Close() })
		return siamfc.New(net, model.Manifest())
	})
	if team != nil {
		m.SearchAs(team)
	}
	add := func(img *image.RGBA, boxes ...tracker.Box) {
		for _, b := range boxes {
			if _, err := m.Add(img, tracker.Start{Box: b}); err != nil {
				t.Fatal(err)
			}
		}
	}
	var said [][]tracker.Target
	memory := make([]tracker.Memory, len(frames))
	for i, img := range frames {
		if i > 0 {
			if _, err := m.Update(img); err != nil {
				t.Fatal(err)
			}
		}
		switch {
		case i == 0:
			add(img, people[:max(1, n-1)]...)
		case i == 2 && n > 1:
			add(img, people[n-1])
		case i == len(frames)-3:
			m.Remove(1)
			add(img, people[0])
		}
		said = append(said, memory[i].Keep(nil, m.Targets()))
	}
	return said, m
}

// same reports whether two targets are the same and the same was said of them, but for the times.
func same(a, b tracker.Target) bool {
	ra, rb := a.Result, b.Result
	if (ra.Response == nil) != (rb.Response == nil) || ra.Response != nil &&
		!slices.Equal(ra.Response.Values, rb.Response.Values) {
		return false
	}
	ra.Response, rb.Response = nil, nil
	return a.ID == b.ID && a.Initial == b.Initial && ra == rb
}
