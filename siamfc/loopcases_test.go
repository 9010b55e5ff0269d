package siamfc

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"os"
	"slices"
	"testing"

	"siamtrack/tracker"
)

// loopCases is testdata/loop-cases.json, which `python -m siamtrain loopcases` in models/training writes: the constants
// of the loop's twin there, and what a network said over clips, with the boxes that the twin made of it.
type loopCases struct {
	Format    int
	Constants struct {
		LeastSide  float64      `json:"least_side"`
		Views      [][3]float64 `json:"views"`
		MostShift  float64      `json:"most_shift"`
		MostChange float64      `json:"most_change"`
		Small      float64      `json:"small_change"`
		Agreeing   float64      `json:"agreeing"`
		NearBest   float64      `json:"near_best"`
		PaceDecay  float64      `json:"pace_decay"`
	}
	Clips []loopClip
}

type loopClip struct {
	Name     string
	Manifest json.RawMessage
	Frame    [2]int
	Init     [4]float64
	Looks    []look
	Boxes    [][4]float64
	Scores   []float64
}

// look is one call of the network: the square of the frame, by centre and side, that was cropped to Size pixels, and
// what the network said of it, base64 of little-endian uint16: responses in 1/65535, sides in 1/64 of a crop pixel.
type look struct {
	Size            int
	Square          [3]float64
	Response, Sides string
}

func readLoopCases(t *testing.T) loopCases {
	t.Helper()
	data, err := os.ReadFile("testdata/loop-cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var c loopCases
	if err := json.Unmarshal(data, &c); err != nil || c.Format != 1 || len(c.Clips) == 0 {
		t.Fatalf("format %d with %d clips, %v", c.Format, len(c.Clips), err)
	}
	return c
}

// TestTheTwinHasTheSameConstants compares with Python's.
func TestTheTwinHasTheSameConstants(t *testing.T) {
	c := readLoopCases(t).Constants
	var ours [][3]float64
	for _, v := range calibrationViews {
		ours = append(ours, [3]float64{v.dx, v.dy, v.factor})
	}
	if c.LeastSide != tracker.MinSide || c.MostShift != mostShift || c.MostChange != mostChange ||
		c.Small != smallChange || c.Agreeing != agreeing || c.NearBest != nearBest || c.PaceDecay != paceDecay ||
		!slices.Equal(c.Views, ours) {
		t.Errorf("Python has %+v; here the views are %v", c, ours)
	}
}

// replay is a network that says what was recorded. A search at another size, or of another square, is an error.
type replay struct {
	looks []look
	at    int
}

func (r *replay) Exemplar([]float32, tracker.Box) error { return nil }

func (r *replay) Search(_ []float32, size int) (Maps, error) {
	l := r.looks[r.at]
	r.at++
	if size != l.Size {
		return Maps{}, fmt.Errorf("look %d: a crop of %d pixels, Python looked at %d", r.at-1, size, l.Size)
	}
	response, err := recorded(l.Response, 65535)
	if err != nil {
		return Maps{}, err
	}
	sides, err := recorded(l.Sides, 64)
	return Maps{Response: response, Sides: sides}, err
}

func recorded(text string, scale float32) ([]float32, error) {
	data, err := base64.StdEncoding.DecodeString(text)
	out := make([]float32, len(data)/2)
	for i := range out {
		out[i] = float32(binary.LittleEndian.Uint16(data[2*i:])) / scale
	}
	return out, err
}

// TestTheTwinMakesTheSameBoxes replays the clips: the same squares are looked at, the boxes are the same to a millionth
// of a pixel.
func TestTheTwinMakesTheSameBoxes(t *testing.T) {
	const close = 1e-6
	for _, c := range readLoopCases(t).Clips {
		t.Run(c.Name, func(t *testing.T) {
			m, err := ParseManifest(c.Manifest)
			if err != nil {
				t.Fatal(err)
			}
			if m, err = (Overrides{NoRedetect: true}).Apply(m); err != nil { // of which Python has nothing
				t.Fatal(err)
			}
			net := &replay{looks: c.Looks}
			tr, err := New(net, m)
			if err != nil {
				t.Fatal(err)
			}
			frame := image.NewRGBA(image.Rect(0, 0, c.Frame[0], c.Frame[1]))
			if err := tr.Init(frame, tracker.Box{X: c.Init[0], Y: c.Init[1], W: c.Init[2], H: c.Init[3]}); err != nil {
				t.Fatal(err)
			}
			if len(c.Boxes) == 0 || net.at+len(c.Boxes) != len(c.Looks) {
				t.Fatalf("%d looks at the first frame, %d recorded in all, for %d boxes", net.at, len(c.Looks), len(c.Boxes))
			}
			for i, want := range c.Boxes {
				square := c.Looks[net.at].Square
				r, err := tr.Update(frame)
				if err != nil {
					t.Fatal(err)
				}
				x, y := r.Search.Center()
				got := []float64{r.Box.X, r.Box.Y, r.Box.W, r.Box.H, r.Score, x, y, r.Search.W}
				for k, w := range []float64{want[0], want[1], want[2], want[3], c.Scores[i], square[0], square[1], square[2]} {
					if !(math.Abs(got[k]-w) <= close) {
						t.Fatalf("frame %d: box %v, score %v, looked at %v; Python has %v, %v, %v", i+1, r.Box, r.Score, r.Search, want,
							c.Scores[i], square)
					}
				}
			}
		})
	}
}
