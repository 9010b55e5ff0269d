package onnx

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	ort "github.com/yalue/onnxruntime_go"

	"siamtrack/siamfc"
)

const channels, side, kernelSide = 32, 9, 3

// correlation is a model that pads x [1,channels,side,side] by 2 above, 1 on the left, 0 below, 1 on the right, and
// correlates it with k, a kernel a channel, plus a constant of 0.25 a channel where it has one.
func correlation(t *testing.T, constant bool) []byte {
	t.Helper()
	pads := wholeNumbers("pads", []int64{0, 0, 2, 1, 0, 0, 0, 1})
	graph := appendField(appendText(nil, graphName, "g"), graphInitializer, pads)
	conv := node{operator: "Conv", inputs: []string{"p", "k"}, outputs: []string{"y"},
		rest: append(integer("group", channels), integers("kernel_shape", kernelSide, kernelSide)...)}
	if constant {
		conv.inputs = append(conv.inputs, "c")
		raw := bytes.Repeat([]byte{0, 0, 0x80, 0x3e}, channels)
		c := appendNumber(appendNumber(nil, tensorDims, channels), tensorType, typeFloat)
		graph = appendField(graph, graphInitializer, appendField(appendText(c, tensorName, "c"), tensorRaw, raw))
	}
	pad := node{operator: "Pad", inputs: []string{"x", "pads"}, outputs: []string{"p"}}
	for _, n := range []node{pad, conv} {
		graph = appendField(graph, graphNode, n.bytes())
	}
	graph = appendField(graph, graphInput, floats("x", 1, channels, side, side))
	graph = appendField(graph, graphInput, floats("k", channels, 1, kernelSide, kernelSide))
	return whole(appendField(graph, graphOutput, floats("y", 1, channels, side, side)), "", 13)
}

// TestCorrelationInBlocks: what runs on blocks of channels is the correlation by its definition.
func TestCorrelationInBlocks(t *testing.T) {
	r := started(t)
	if r.block() < 2 {
		t.Skip("SKIPPED: ONNX Runtime has no code for blocks of channels on this processor")
	}
	for _, constant := range []bool{false, true} {
		plain := correlation(t, constant)
		model := blocked(plain, r.block)
		if bytes.Equal(model, plain) {
			t.Fatal("nothing was rewritten")
		}
		rng := rand.New(rand.NewPCG(1, 2))
		x, k, y := values(t, rng, 1, channels, side, side), values(t, rng, channels, 1, kernelSide, kernelSide),
			values(t, rng, 1, channels, side, side)
		s, err := ort.NewDynamicAdvancedSessionWithONNXData(model, []string{"x", "k"}, []string{"y"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Run([]ort.Value{x.value, k.value}, []ort.Value{y.value})
		if err := errors.Join(err, s.Destroy()); err != nil {
			t.Fatal(err)
		}
		for i, got := range y.data {
			c, row, column := i/(side*side), i/side%side, i%side
			want := 0.0
			if constant {
				want = 0.25
			}
			for j := range kernelSide * kernelSide {
				if v, u := row+j/kernelSide-2, column+j%kernelSide-1; v >= 0 && u >= 0 && v < side && u < side {
					want += float64(x.data[(c*side+v)*side+u]) * float64(k.data[c*kernelSide*kernelSide+j])
				}
			}
			if math.Abs(float64(got)-want) > 1e-6*kernelSide*kernelSide {
				t.Fatalf("channel %d at %d,%d: %g, by definition %g", c, row, column, got, want)
			}
		}
	}
}

// started is ONNX Runtime, until the test ends.
func started(t testing.TB) *Runtime {
	t.Helper()
	r, err := Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// values is a tensor of numbers from -1 to 1.
func values(t *testing.T, rng *rand.Rand, shape ...int64) *tensor {
	t.Helper()
	v, err := newTensor(shape...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.close() })
	for i := range v.data {
		v.data[i] = 2*rng.Float32() - 1
	}
	return v
}

// TestModelsInBlocks: the models that are shipped say the same on blocks of channels, but for the rounding of sums,
// which may move a number that is made whole by one.
func TestModelsInBlocks(t *testing.T) {
	for _, name := range []string{"siamtrack", "siamtrack-s", "siamtrack-l", "siamtrack-fp32"} {
		t.Run(name, func(t *testing.T) {
			var said []siamfc.Maps
			for _, block := range []int{0, started(t).block()} {
				r := started(t)
				r.block = func() int { return block }
				said = append(said, searched(t, r, filepath.Join("../../models", name+".onnx")))
			}
			for i, v := range said[0].Response {
				if d := math.Abs(float64(v - said[1].Response[i])); !(d < 0.01) {
					t.Fatalf("response %d: %g, in blocks %g", i, v, said[1].Response[i])
				}
			}
			for i, v := range said[0].Sides {
				if d := math.Abs(float64(v - said[1].Sides[i])); !(d < 0.5) {
					t.Fatalf("side %d: %g pixels, in blocks %g", i, v, said[1].Sides[i])
				}
			}
		})
	}
}

// TestBlockOf: ONNX Runtime tells how many channels are a block.
func TestBlockOf(t *testing.T) {
	block := started(t).block()
	switch {
	case runtime.GOARCH == "amd64" && block != 8 && block != 16: // MlasNchwcGetBlockSize
		t.Errorf("blocks of %d channels", block)
	case block&(block-1) != 0:
		t.Errorf("blocks of %d channels are no power of two", block)
	}
}

// TestInBlocksLeavesOthersAlone: what has no depthwise correlation, or one of channels that do not fill blocks, or is
// no model, stays as it is, and nobody asks for blocks where there is none.
func TestInBlocksLeavesOthersAlone(t *testing.T) {
	data, err := os.ReadFile("testdata/marked.onnx")
	if err != nil {
		t.Fatal(err)
	}
	asked := func() int { t.Error("asked for blocks"); return 0 }
	plain := correlation(t, true)
	constant := edited(t, plain, func(graph []byte) []byte { // the kernel is a constant
		k := appendNumber(nil, tensorType, typeFloat)
		return appendField(graph, graphInitializer, appendText(k, tensorName, "k"))
	})
	of := func(n int) func() int { return func() int { return n } }
	for i, c := range []struct {
		model []byte
		block func() int
	}{{data, asked}, {nil, asked}, {[]byte("no model"), asked}, {plain[:len(plain)/2], asked}, {constant, asked},
		{plain, of(0)}, {plain, of(1)}, {plain, of(2 * channels)}} {
		if !bytes.Equal(blocked(c.model, c.block), c.model) {
			t.Errorf("model %d was changed", i)
		}
	}
}

func edited(t *testing.T, model []byte, f func([]byte) []byte) []byte {
	t.Helper()
	out, err := edit(model, f, modelGraph)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
