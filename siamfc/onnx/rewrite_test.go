package onnx

import (
	"errors"
	"os"
	"testing"
)

// FuzzRewrite: a model's bytes that are rewritten for several crops are a message again, or are refused; so is what
// stands at the end of a path.
func FuzzRewrite(f *testing.F) {
	for _, name := range []string{"box", "peak"} {
		model, err := os.ReadFile("testdata/" + name + ".onnx")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(model, uint8(2))
	}
	f.Add([]byte{0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f}, uint8(3))
	f.Fuzz(func(t *testing.T, model []byte, n uint8) {
		out, err := batched(model, int(n%16)+1, []string{"kernel", "exemplar"}, []string{"response", "sides"})
		if err == nil {
			if _, err := fields(out); err != nil {
				t.Errorf("what was made of %x: %v", model, err)
			}
		}
		if _, err := fields(unsigned(model)); err != nil {
			if _, before := fields(model); before == nil {
				t.Errorf("what was made of %x without signs: %v", model, err)
			}
		}
		if _, err := fields(blocked(model, func() int { return 4 })); err != nil {
			if _, before := fields(model); before == nil {
				t.Errorf("what was made of %x in blocks: %v", model, err)
			}
		}
		declared(model)
		metadataIn(model, exemplarKey)
		same, err := edit(model, func(v []byte) []byte { return v }, modelGraph, graphNode)
		if err != nil && !errors.Is(err, errMessage) {
			t.Error(err)
		}
		if err == nil {
			if again, err := edit(same, func(v []byte) []byte { return v }, modelGraph, graphNode); err != nil ||
				string(again) != string(same) {
				t.Errorf("edited twice: %x, then %x, %v", same, again, err)
			}
		}
	})
}
