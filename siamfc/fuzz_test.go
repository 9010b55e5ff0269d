package siamfc

import (
	"encoding/binary"
	"errors"
	"image"
	"math"
	"testing"

	"siamtrack/tracker"
)

// said is a network that says what the fuzzer likes.
type said struct{ maps Maps }

// Exemplar implements Network.
func (s *said) Exemplar([]float32, tracker.Box) error { return nil }

// Search implements Network.
func (s *said) Search([]float32, int) (Maps, error) { return s.maps, nil }

// floats reads n numbers, over and over from the begin of raw where it has fewer.
func floats(raw []byte, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		if len(raw) >= 4 {
			at := 4 * i % (len(raw) &^ 3)
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[at:]))
		}
	}
	return out
}

// FuzzNetworkSays has a network of each kind say anything. The tracker refuses it, or gives a box that is one, in or at
// the frame, and a score in [0, 1].
func FuzzNetworkSays(f *testing.F) {
	number := func(values ...float32) (raw []byte) {
		for _, v := range values {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
		return raw
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	f.Add(number(0.5, 0.9, 0.1), number(10, 12, 14))
	f.Add(number(nan), number(1))
	f.Add(number(0), number(nan, inf, -inf))
	f.Add(number(1), number(0, -5, math.MaxFloat32, 1e-45))
	f.Add(number(-100, 100, 88.7), number(inf))
	f.Add([]byte{1, 2}, []byte{})
	peak := Manifest{
		Format: Format, Name: "said", Kind: Peak, Layout: LayoutSiamtrack, Exemplar: ExemplarSpec{Size: 16, Context: 0.5},
		Search: SearchSpec{Size: 32}, Grid: GridSpec{Size: 5, Stride: 4, Origin: -8}, Upsample: 4,
		Correlation: CorrelationSpec{Scale: 1},
		Loop:        LoopSpec{Scales: 3, ScaleStep: 1.04, ScalePenalty: 0.97, ScaleRate: 0.6, WindowInfluence: 0.2},
		State:       StateSpec{Uncertain: 0.4, Lost: 0.2, Redetect: true},
	}
	box := peak
	box.Kind, box.Upsample = Box, 0
	box.Loop = LoopSpec{WindowInfluence: 0.4, PenaltyK: 0.1, SizeRate: 0.3, Vote: 2, Calibration: 0.5}
	img := image.NewRGBA(image.Rect(0, 0, 160, 120))
	f.Fuzz(func(t *testing.T, response, sides []byte) {
		for _, m := range []Manifest{peak, box} {
			net := &said{}
			tr, err := New(net, m)
			if err != nil {
				t.Fatal(err)
			}
			cells := m.Grid.Size * m.Grid.Size
			net.maps = Maps{Response: floats(response, len(tr.scales)*cells)}
			if m.Kind == Box {
				net.maps.Sides = floats(sides, 4*cells)
			}
			if err := tr.Init(img, tracker.Box{X: 50, Y: 40, W: 30, H: 20}); err != nil {
				if !errors.Is(err, ErrResponse) {
					t.Error(err)
				}
				continue
			}
			for range 3 {
				r, err := tr.Update(img)
				if err != nil {
					if !errors.Is(err, ErrResponse) {
						t.Error(err)
					}
					break
				}
				sum := r.Box.X + r.Box.Y + r.Box.W + r.Box.H
				if math.IsNaN(sum) || math.IsInf(sum, 0) || r.Box.W <= 0 || r.Box.H <= 0 ||
					r.Box.W > 160 || r.Box.H > 120 || !(r.Score >= 0 && r.Score <= 1) {
					t.Fatalf("%s: box %v, score %v", m.Kind, r.Box, r.Score)
				}
			}
		}
	})
}

// FuzzOverrides: what a user overrides gives a manifest that is valid, or is refused.
func FuzzOverrides(f *testing.F) {
	f.Add(1.5, 0.2, 0.1, 0.3, 0.5, true)
	f.Add(math.NaN(), math.Inf(1), -1.0, 0.0, 1e300, false)
	f.Add(16.0, 1.0, 1.0, 1.0, 1.0, false)
	f.Add(0.0625, 0.0, 0.0, 0.0, 0.0, true)
	peak := PixelsManifest()
	box := peak
	box.Kind, box.Layout, box.Upsample = Box, LayoutSiamtrack, 0
	box.Loop = LoopSpec{WindowInfluence: 0.4, PenaltyK: 0.1, SizeRate: 0.3, Vote: 2, Calibration: 0.5}
	f.Fuzz(func(t *testing.T, scale, window, penalty, rate, motion float64, no bool) {
		for _, m := range []Manifest{peak, box} {
			for _, s := range []*float64{nil, &scale} {
				o := Overrides{SearchScale: s, Window: &window, Penalty: &penalty, Rate: &rate, Motion: &motion, NoRedetect: no}
				got, err := o.Apply(m)
				switch {
				case err != nil && !errors.Is(err, ErrOverride):
					t.Error(err)
				case err == nil && got.problems() != nil:
					t.Errorf("%v gives %v", o.Named(), got.problems())
				case err == nil && (got.Search.Size < 1 || got.Grid.Size < 1 || !within(window, 0, 1)):
					t.Errorf("%v gives %+v, %+v", o.Named(), got.Search, got.Grid)
				}
			}
		}
	})
}
